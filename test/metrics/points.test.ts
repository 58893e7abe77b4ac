import { DateTime } from 'luxon';
import { beforeAll, describe, expect, it } from 'vitest';
import { bucketEnd, bucketStart, bucketStarts } from '../../src/metrics/buckets.js';
import { LateEvents } from '../../src/metrics/late-events.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import type { ArrivedEvent, MarketplaceEvent } from '../../src/model/event.js';
import {
  type BucketWidth,
  type EventSelector,
  isLevel,
  isRate,
  type MetricDefinition,
  type TrailingWindow,
} from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { formatSlice } from '../../src/model/slice.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { testDatabase } from '../support/store.js';

const START = Date.UTC(2026, 2, 28);
const DAYS = 3;
const REGIONS = ['GB', 'DE', 'a,b=c%', ''];

const METRICS: MetricDefinition[] = [
  metric({
    id: 'ratio',
    slices: [[], ['region'], ['region', 'category'], ['scenario'], ['region', 'scenario']],
  }),
  metric({
    id: 'count',
    timezone: 'Europe/London',
    bucket: { count: 1, unit: 'day' },
    measure: { kind: 'count', of: selector('order.delivered', { where: { region: ['GB', 'DE'] } }) },
    slices: [[], ['region'], ['plan']],
  }),
  metric({
    id: 'sum',
    bucket: { count: 6, unit: 'hour' },
    measure: { kind: 'sum', of: selector(['dispute.opened', 'order.delivered']) },
    slices: [[], ['category']],
    empty: 'absent',
  }),
  metric({ id: 'cohort', date: 'origin_at', slices: [[], ['region']] }),
  metric({
    id: 'breach',
    date: 'due_at',
    measure: { kind: 'breach', opened: selector('ticket.opened'), answered: selector('ticket.responded') },
    slices: [[], ['region']],
  }),
  metric({
    id: 'over_window',
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened', { except: { scenario: ['late'] } }),
      denominator: selector('order.delivered', { ignore: ['scenario'], bounds: { amount: { atLeast: 10 } } }),
      window: { over: { count: 20, unit: 'hour' }, lag: { count: 90, unit: 'minute' } },
    },
    slices: [[], ['region'], ['region', 'scenario']],
  }),
  metric({
    id: 'over_day_before',
    timezone: 'Europe/London',
    bucket: { count: 1, unit: 'day' },
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered'),
      window: { over: { count: 1, unit: 'day' }, lag: { count: 1, unit: 'day' } },
    },
    slices: [[], ['region']],
  }),
  metric({
    id: 'mean',
    measure: {
      kind: 'mean',
      of: selector('order.delivered', {
        except: { region: ['DE'] },
        bounds: { amount: { atLeast: 5, below: 90.5 } },
      }),
      value: 'amount',
    },
    bucket: { count: 6, unit: 'hour' },
    slices: [[], ['region', 'category']],
  }),
  metric({
    id: 'mean_duration',
    measure: {
      kind: 'mean',
      of: selector('ticket.responded', { where: { channel: ['chat'] } }),
      value: 'duration',
    },
    bucket: { count: 6, unit: 'hour' },
    slices: [[], ['region']],
  }),
  metric({
    id: 'quantile',
    measure: {
      kind: 'quantile',
      of: selector(['order.delivered', 'dispute.opened']),
      value: 'amount',
      level: 0.9,
    },
    slices: [[], ['region'], ['plan', 'region']],
  }),
  metric({
    id: 'quantile_of_attribute',
    measure: { kind: 'quantile', of: selector('order.delivered'), value: 'weight', level: 0.25 },
    bucket: { count: 6, unit: 'hour' },
    slices: [[], ['category']],
  }),
  metric({
    id: 'distinct_orders',
    measure: { kind: 'distinct', of: selector(['order.delivered', 'dispute.opened']), by: 'order_id' },
    slices: [[], ['region'], ['category']],
  }),
  metric({
    id: 'distinct_plans',
    measure: {
      kind: 'distinct',
      of: selector('order.delivered', { where: { order_id: ['o1', 'o2', 'o3'] } }),
      by: 'plan',
    },
    bucket: { count: 1, unit: 'day' },
    slices: [[], ['region']],
    empty: 'absent',
  }),
];

/** A few days of events, with every kind of repetition and correction that an input can have. */
function arrivals(seed: number): ArrivedEvent[] {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const moment = () => START + Math.floor(random() * DAYS * DAY);
  const made: ArrivedEvent[] = [];
  for (let i = 0; i < 3_000; i += 1) {
    const type = pick([
      'order.delivered',
      'order.delivered',
      'dispute.opened',
      'ticket.opened',
      'ticket.responded',
    ]);
    const occurredAt = moment();
    made.push(
      arrived({
        eventId: `e${i}`,
        type,
        occurredAt,
        caseId: type.startsWith('ticket') ? `case${Math.floor(random() * 500)}` : '',
        region: pick(REGIONS),
        category: pick(['toys', 'home']),
        scenario: type === 'dispute.opened' ? pick(['damaged', 'late', '']) : '',
        amount: random() < 0.8 ? (random() * 100).toFixed(2) : null,
        originAt: random() < 0.9 ? Math.max(START, occurredAt - Math.floor(random() * DAY)) : null,
        dueAt: type === 'ticket.opened' ? occurredAt + Math.floor(random() * 12 * HOUR) : null,
        orderId: random() < 0.9 ? `o${Math.floor(random() * 40)}` : '',
        channel: pick(['chat', 'mail']),
        startedAt: random() < 0.8 ? occurredAt - Math.floor(random() * HOUR) : null,
        attributes: {
          ...(random() < 0.5 ? { plan: pick(['gold', 'basic']) } : {}),
          ...(random() < 0.7 ? { weight: pick(['1.25', '0.5', '12', 'heavy', '']) } : {}),
        },
      }),
    );
  }
  const corrections = made.slice(0, 300).map(({ event }, i) =>
    arrived(
      {
        ...event,
        region: pick(REGIONS),
        ...(i % 2 === 0 ? { occurredAt: moment() } : {}),
        ...(i % 5 === 0 ? { type: 'order.cancelled' } : {}),
        ...(event.dueAt === null ? {} : { dueAt: moment() }),
      },
      BigInt(2 + i),
    ),
  );
  const repeated = made.slice(200, 500);
  return [...made, ...corrections, ...repeated];
}

/** What is true: the newest content of each id. */
function distinct(all: readonly ArrivedEvent[]): MarketplaceEvent[] {
  const newest = new Map<string, ArrivedEvent>();
  for (const arrival of all) {
    const known = newest.get(arrival.event.eventId);
    if (known === undefined || arrival.arrival.version > known.arrival.version)
      newest.set(arrival.event.eventId, arrival);
  }
  return [...newest.values()].map(({ event }) => event);
}

const fieldOf = (event: MarketplaceEvent, name: string): string =>
  ({
    region: event.region,
    category: event.category,
    scenario: event.scenario,
    channel: event.channel,
    order_id: event.orderId,
  })[name] ??
  event.attributes[name] ??
  '';
const numberOf = (event: MarketplaceEvent, name: string): number | null => {
  if (name === 'duration')
    return event.startedAt === null ? null : (event.occurredAt - event.startedAt) / 1000;
  const text = name === 'amount' ? event.amount : event.attributes[name];
  return text === undefined || text === null || !/^-?[\d.]+$/.test(text) ? null : Number(text);
};
const dateOf = (event: MarketplaceEvent, definition: MetricDefinition): number | null =>
  ({ occurred_at: event.occurredAt, origin_at: event.originAt, due_at: event.dueAt })[definition.date];
const selected = (event: MarketplaceEvent, of: EventSelector): boolean =>
  of.event.includes(event.type) &&
  Object.entries(of.where).every(([name, allowed]) => allowed.includes(fieldOf(event, name))) &&
  Object.entries(of.except ?? {}).every(([name, values]) => !values.includes(fieldOf(event, name))) &&
  Object.entries(of.bounds ?? {}).every(([name, { atLeast = -Infinity, below = Infinity }]) => {
    const number = numberOf(event, name);
    return number !== null && number >= atLeast && number < below;
  });

interface Tally {
  numerator: number;
  denominator: number;
  amount: number;
  numbers: number[];
  texts: Set<string>;
}

const emptyTally = (): Tally => ({ numerator: 0, denominator: 0, amount: 0, numbers: [], texts: new Set() });

/** What a kind makes of its events: the definition that the store's own arithmetic is held against. */
function expectedValue({ measure }: MetricDefinition, tally: Tally): number {
  switch (measure.kind) {
    case 'count':
      return tally.numerator;
    case 'sum':
      return tally.amount;
    case 'mean':
      return tally.numbers.reduce((sum, number) => sum + number, 0) / tally.numbers.length;
    case 'quantile': {
      const sorted = tally.numbers.toSorted((a, b) => a - b);
      const at = (sorted.length - 1) * measure.level;
      const [lower = 0, upper = lower] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      return lower + (upper - lower) * (at - Math.floor(at));
    }
    case 'distinct':
      return tally.texts.size;
    default:
      return tally.denominator === 0 ? 0 : tally.numerator / tally.denominator;
  }
}

/** What each bucket's denominator is counted over, in elapsed time and local days alike. */
function windowsOf(definition: MetricDefinition, window: TrailingWindow) {
  const back = (end: number, width: BucketWidth | null) =>
    DateTime.fromMillis(end, { zone: definition.timezone })
      .minus(width === null ? {} : { [width.unit]: width.count })
      .toMillis();
  return bucketStarts(bucketStart(START, definition), START + DAYS * DAY, definition).map((start) => {
    const to = back(bucketEnd(start, definition), window.lag);
    return { start, from: back(to, window.over), to };
  });
}

/** Counts by brute force: every event into every slice of its bucket. */
function bruteForce(definition: MetricDefinition, events: readonly MarketplaceEvent[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const add = (
    event: MarketplaceEvent,
    dimensions: readonly string[],
    change: Partial<Tally>,
    date = dateOf(event, definition),
  ) => {
    if (date === null) return null;
    const labels = Object.fromEntries(dimensions.map((name) => [name, fieldOf(event, name)]));
    const key = `${bucketStart(date, definition)} ${formatSlice(labels)}`;
    const tally = tallies.get(key) ?? emptyTally();
    for (const name of ['numerator', 'denominator', 'amount'] as const) tally[name] += change[name] ?? 0;
    tallies.set(key, tally);
    return tally;
  };
  const { measure } = definition;
  const windows =
    measure.kind === 'ratio' && measure.window !== undefined ? windowsOf(definition, measure.window) : null;
  const countedIn = (event: MarketplaceEvent) => {
    const date = dateOf(event, definition);
    return windows === null || date === null
      ? [date]
      : windows.filter(({ from, to }) => from <= date && date < to).map(({ start }) => start);
  };
  for (const dimensions of definition.slices)
    for (const event of events) {
      const amount = Number(event.amount ?? 0);
      if (measure.kind === 'ratio') {
        if (selected(event, measure.numerator)) add(event, dimensions, { numerator: 1, amount });
        const kept = dimensions.filter((name) => !measure.denominator.ignore.includes(name));
        if (selected(event, measure.denominator) && kept.length === dimensions.length)
          for (const bucket of countedIn(event)) add(event, dimensions, { denominator: 1 }, bucket);
      } else if (measure.kind === 'breach') {
        if (!selected(event, measure.opened)) continue;
        if (event.dueAt === null) continue;
        const due = event.dueAt;
        const openings = events.filter(
          (it) => selected(it, measure.opened) && it.caseId === event.caseId && it.dueAt === due,
        );
        // The same case due at the same time is one case, however many openings say so.
        if (openings.at(-1) !== event) continue;
        const answered = events.some(
          (it) =>
            selected(it, measure.answered) &&
            it.caseId === event.caseId &&
            it.occurredAt >= event.occurredAt &&
            it.occurredAt <= due,
        );
        add(event, dimensions, { denominator: 1, ...(answered ? {} : { numerator: 1, amount }) });
      } else if (measure.kind === 'mean' || measure.kind === 'quantile') {
        const number = numberOf(event, measure.value);
        if (selected(event, measure.of) && number !== null)
          add(event, dimensions, { numerator: 1, amount })?.numbers.push(number);
      } else if (measure.kind === 'distinct') {
        const text = fieldOf(event, measure.by);
        if (selected(event, measure.of) && text !== '')
          add(event, dimensions, { numerator: 1, amount })?.texts.add(text);
      } else if (selected(event, measure.of)) add(event, dimensions, { numerator: 1, amount });
    }
  return tallies;
}

function expectExact(
  definition: MetricDefinition,
  points: readonly Point[],
  events: readonly MarketplaceEvent[],
): void {
  const tallies = bruteForce(definition, events);
  const { measure } = definition;
  for (const point of points) {
    const tally = tallies.get(`${point.bucketStart} ${point.slice}`) ?? emptyTally();
    const place = `${definition.id} ${point.slice} ${new Date(point.bucketStart).toISOString()}`;
    expect(point.amount, place).toBeCloseTo(tally.amount, 6);
    if (isRate(measure.kind)) expect(point.numerator, place).toBe(tally.numerator);
    else expect(point.value, place).toBeCloseTo(expectedValue(definition, tally), 9);
    expect(point.volume, place).toBe(isLevel(measure.kind) ? tally.numerator : undefined);
    if (point.denominator !== null && !point.slice.includes('scenario'))
      expect(point.denominator, place).toBe(tally.denominator);
  }
  // Every tally that can be a point is one.
  const made = new Set(points.map((point) => `${point.bucketStart} ${point.slice}`));
  for (const [key, tally] of tallies)
    if (Number.parseInt(key, 10) < START + DAYS * DAY && (!isRate(measure.kind) || tally.denominator > 0))
      expect(made, `${definition.id} ${key}`).toContain(key);
}

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

    const late = new LateEvents({
      events: log,
      points: maker,
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
      await otherMaker.remake(definition, startsOf(definition));
      const slices = (await table.between(definition.id, START, START + DAY)).map(({ slice }) => slice);
      expect(slices.sort()).toEqual(['all', `region=${region}`]);
    }
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

    const late = new LateEvents({
      events: otherLog,
      points: otherMaker,
      metrics: [definition],
      lookedUntil: await otherLog.now(),
    });
    await otherLog.write({ accepted: [answer('unrecorded', START + HOUR)], rejected: [] });
    await late.refresh(new Map([[definition.id, START + DAYS * DAY]]));
    const [again] = await new PointTable(other).between(definition.id, START, START + DAYS * DAY);
    expect(again).toMatchObject({ slice: 'all', numerator: 2, denominator: 4, revision: 2 });
  });
});
