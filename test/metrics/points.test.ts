import { beforeAll, describe, expect, it } from 'vitest';
import { bucketStart, bucketStarts } from '../../src/metrics/buckets.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import { applyRetention } from '../../src/store/retention.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { lateEvents } from '../support/late-events.js';
import { metric, selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';
import { distinct, expectExact } from './brute-force.js';
import { arrivals, DAYS, METRICS, START } from './made-events.js';

describe('points', () => {
  let store: Store;
  let log: EventLog;
  let maker: PointMaker;
  const all = arrivals(1);
  const startsOf = (definition: MetricDefinition) =>
    bucketStarts(bucketStart(START, definition), START + DAYS * DAY, definition);

  beforeAll(async () => {
    ({ store } = await testDatabase());
    log = new EventLog(store);
    maker = new PointMaker(new PointTable(store));
    const half = Math.floor(all.length / 2);
    // The newest content arrives first for some: the version decides, not the order of writing.
    await log.write({ accepted: all.slice(half), rejected: [] });
    await log.write({ accepted: all.slice(0, half), rejected: [] });
    await log.write({ accepted: all.slice(0, 500), rejected: [] });
    await log.settleMovedEvents(0);
  });

  it('count each event once: the store has the newest content of each id', async () => {
    const spans = await log.span();
    expect(spans.reduce((sum, span) => sum + span.events, 0)).toBe(distinct(all).length);
  });

  it.each(METRICS)('equal a brute-force count over the distinct events: $id', async (definition) => {
    const points = await maker.make(definition, startsOf(definition));
    expect(points.length).toBeGreaterThan(10);
    expectExact(definition, points, distinct(all));
  });

  it('are the same made bucket by bucket as made in one go', async () => {
    const { store: other } = await testDatabase();
    const otherLog = new EventLog(other);
    await otherLog.write({ accepted: all, rejected: [] });
    await otherLog.settleMovedEvents(0);
    for (const definition of METRICS) {
      const stepwise = new PointMaker(new PointTable(other));
      const single: Point[] = [];
      const starts = startsOf(definition).slice(0, 8);
      for (const start of starts) single.push(...(await stepwise.make(definition, [start])));
      expect(single, definition.id).toEqual(await maker.make(definition, starts));
    }
  });

  it('made again unchanged keep their revision; a late event and a correction make exactly theirs again', async () => {
    const [definition] = METRICS as [MetricDefinition];
    const overWindow = METRICS.find((it) => it.id === 'over_window') as MetricDefinition;
    await maker.make(overWindow, startsOf(overWindow));
    const starts = startsOf(definition);
    const before = await maker.make(definition, starts);
    expect(new Set(before.map((point) => point.revision))).toEqual(new Set([1]));

    const late = lateEvents({
      events: log,
      points: maker,
      stored: new PointTable(store),
      metrics: [definition, overWindow],
      lookedUntil: await log.now(),
    });
    const closed = new Map([definition, overWindow].map(({ id }) => [id, START + DAYS * DAY]));
    await log.write({
      accepted: [
        arrived({
          eventId: 'late',
          type: 'order.delivered',
          occurredAt: START + 5 * MINUTE,
          region: 'GB',
          category: 'toys',
        }),
      ],
      rejected: [],
    });
    await late.refresh(closed);
    const table = new PointTable(store);
    const stored = () => table.between(definition.id, START, START + DAYS * DAY);
    const changed = (await stored()).filter((point) => point.revision > 1);
    expect(changed.map((point) => point.bucketStart)).toEqual(changed.map(() => START));
    expect(changed.map((point) => point.slice)).toEqual(
      expect.arrayContaining(['all', 'region=GB', 'category=toys,region=GB']),
    );

    // The same event moves to another hour: it leaves one bucket and enters the other.
    const moved = arrived(
      {
        eventId: 'late',
        type: 'order.delivered',
        occurredAt: START + 9 * HOUR,
        region: 'GB',
        category: 'toys',
        amount: '20',
      },
      9_999n,
    );
    await log.write({ accepted: [moved], rejected: [] });
    await late.refresh(closed);
    const after = await stored();
    const whole = (points: readonly Point[], start: number) =>
      points.find((point) => point.slice === 'all' && point.bucketStart === start);
    expect(whole(after, START)).toMatchObject({ ...whole(before, START), revision: 3 });
    expect(whole(after, START + 9 * HOUR)?.denominator).toBe(
      (whole(before, START + 9 * HOUR)?.denominator ?? 0) + 1,
    );
    expect(
      after
        .filter((point) => point.revision > 1)
        .every((point) => [START, START + 9 * HOUR].includes(point.bucketStart)),
    ).toBe(true);
    // Each bucket whose window has the event is made again as well.
    expectExact(
      overWindow,
      await table.between(overWindow.id, START, START + DAYS * DAY),
      distinct([...all, moved]),
    );
  });

  it('are made of a week of minutes at once, with a denominator over the day before', async () => {
    const { store: other } = await testDatabase();
    const minutes = 7 * 24 * 60;
    const orders = Array.from({ length: 2 * minutes }, (_, i) =>
      arrived({ eventId: `e${i}`, type: 'order.delivered', occurredAt: START + (i * MINUTE) / 2 }),
    );
    await new EventLog(other).write({ accepted: orders, rejected: [] });
    const otherMaker = new PointMaker(new PointTable(other));
    const bucket = { count: 1, unit: 'minute' } as const;
    const starts = bucketStarts(START, START + 7 * DAY, { bucket, timezone: 'UTC' });
    const counted = metric({
      id: 'minutes',
      bucket,
      measure: { kind: 'count', of: selector('order.delivered') },
    });
    const points = await otherMaker.make(counted, starts);
    expect(points.map(({ value }) => value)).toEqual(starts.map(() => 2));

    const overDay = metric({
      id: 'over_day',
      bucket,
      measure: {
        kind: 'ratio',
        numerator: selector('order.delivered'),
        denominator: selector('order.delivered'),
        window: { over: { count: 1, unit: 'day' }, lag: null },
      },
    });
    const rates = await otherMaker.make(overDay, starts);
    expect(rates.map(({ denominator }) => denominator)).toEqual(
      starts.map((_, i) => 2 * Math.min(i + 1, 24 * 60)),
    );
  });

  it('come back after corrections had left them without an event', async () => {
    const { store: other } = await testDatabase();
    const otherLog = new EventLog(other);
    const table = new PointTable(other);
    const otherMaker = new PointMaker(table);
    const definition = METRICS.find((it) => it.id === 'cohort') as MetricDefinition;
    const order = (region: string, version: bigint) =>
      arrived(
        { eventId: 'only', type: 'order.delivered', occurredAt: START, originAt: START, region },
        version,
      );
    for (const [region, version] of [
      ['GB', 1n],
      ['DE', 2n],
      ['GB', 3n],
    ] as const) {
      await otherLog.write({ accepted: [order(region, version)], rejected: [] });
      for await (const _ of otherMaker.remake(definition, startsOf(definition), START + DAYS * DAY));
      const slices = (await table.between(definition.id, START, START + DAY)).map(({ slice }) => slice);
      expect(slices.sort()).toEqual(['all', `region=${region}`]);
    }
  });

  it('are left as they are when their events have been forgotten, whatever comes late', async () => {
    const { store: other } = await testDatabase();
    const otherLog = new EventLog(other);
    const table = new PointTable(other);
    const otherMaker = new PointMaker(table);
    const day = Math.floor((await otherLog.now()) / DAY) * DAY;
    const orders = { kind: 'count', of: selector('order.delivered') } as const;
    const daily = metric({ id: 'daily', bucket: { count: 1, unit: 'day' }, measure: orders });
    const order = (eventId: string, occurredAt: number) =>
      arrived({ eventId, type: 'order.delivered', occurredAt });
    const [forgotten, kept] = [day - 40 * DAY, day - 5 * DAY];
    await otherLog.write({
      accepted: [order('a', forgotten), order('b', forgotten + HOUR), order('c', kept)],
      rejected: [],
    });
    await otherMaker.make(daily, bucketStarts(forgotten, day, daily));
    const valuesOf = async () => {
      const points = await table.between(daily.id, forgotten, day);
      return [forgotten, kept].map((start) => points.find((it) => it.bucketStart === start)?.value);
    };
    expect(await valuesOf()).toEqual([2, 1]);

    await applyRetention(other, { events: 30 * DAY });
    await other.statement('OPTIMIZE TABLE events_log FINAL');
    // What comes late would be forgotten at once, or a little later.
    for (const table of ['events_log', 'event_positions'])
      await other.statement(`SYSTEM STOP TTL MERGES ${table}`);
    expect((await otherLog.span()).map(({ events }) => events)).toEqual([1]);
    const late = lateEvents({
      events: otherLog,
      points: otherMaker,
      stored: table,
      metrics: [daily],
      eventsKept: 30 * DAY,
      lookedUntil: 0,
    });
    await otherLog.write({ accepted: [order('d', forgotten), order('e', kept)], rejected: [] });
    await late.refresh(new Map([[daily.id, day]]));
    expect(await valuesOf()).toEqual([2, 2]);
  });

  it('find a case breached when its answer is late or missing, and make the bucket again when the answer arrives', async () => {
    const { store: other } = await testDatabase();
    const otherLog = new EventLog(other);
    const definition = METRICS.find((it) => it.id === 'breach') as MetricDefinition;
    const due = START + 3 * HOUR + 1;
    const ticket = (id: string) =>
      arrived({
        eventId: `open-${id}`,
        type: 'ticket.opened',
        occurredAt: START,
        caseId: id,
        region: 'GB',
        dueAt: due,
      });
    const answer = (id: string, occurredAt: number) =>
      arrived({ eventId: `answer-${id}`, type: 'ticket.responded', occurredAt, caseId: id, region: 'GB' });
    await otherLog.write({
      accepted: [
        ticket('in-time'),
        ticket('late'),
        ticket('never'),
        ticket('unrecorded'),
        answer('in-time', due),
        answer('late', due + 1),
      ],
      rejected: [],
    });
    const otherMaker = new PointMaker(new PointTable(other));
    const starts = startsOf(definition);
    const [first] = await otherMaker.make(definition, starts);
    expect(first).toMatchObject({
      slice: 'all',
      bucketStart: START + 3 * HOUR,
      numerator: 3,
      denominator: 4,
    });

    const late = lateEvents({
      events: otherLog,
      points: otherMaker,
      stored: new PointTable(other),
      metrics: [definition],
      lookedUntil: await otherLog.now(),
    });
    await otherLog.write({ accepted: [answer('unrecorded', START + HOUR)], rejected: [] });
    await late.refresh(new Map([[definition.id, START + DAYS * DAY]]));
    const [again] = await new PointTable(other).between(definition.id, START, START + DAYS * DAY);
    expect(again).toMatchObject({ slice: 'all', numerator: 2, denominator: 4, revision: 2 });
  });
});
