import { beforeAll, describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { ArrivedEvent } from '../../src/model/event.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { explainRequest } from '../../src/pipeline/explanation.js';
import { EventLog } from '../../src/store/event-log.js';
import { Journal } from '../../src/store/journal.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { testDatabase } from '../support/store.js';

const START = Date.UTC(2026, 2, 2);
const SPAN = { from: START + 2 * DAY, to: START + 3 * DAY };
const PER_DAY = 6_000;

let store: Store;
beforeAll(async () => {
  ({ store } = await testDatabase());
  await new EventLog(store).write({ accepted: [...marketplace(), ...RULES], rejected: [] });
  await new Journal(store).append([FIX]);
}, 60_000);

const RULES: ArrivedEvent[] = ['toys', 'books'].map((category) =>
  arrived({
    eventId: `rule-${category}`,
    type: 'rule.changed',
    category,
    text: 'no photo needed',
    occurredAt: SPAN.from - 3 * HOUR,
  }),
);

/** A fix that went out shortly before, as the journal has it. */
const FIX: JournalEntry = {
  ...{ stream: 'follow_up', id: 'f', version: 2, at: SPAN.from, actor: 'ann', reason: 'fix_shipped' },
  body: { title: 'another supplier', slice: 'category=toys', fixShippedAt: SPAN.from - HOUR },
};

/** Three days; on the last one, toys in Great Britain are disputed four times as often, for swollen batteries. */
function marketplace(): ArrivedEvent[] {
  const random = seededRandom(8);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return Array.from({ length: 3 * PER_DAY }, (_, index) => {
    const occurredAt = START + Math.floor(index / PER_DAY) * DAY + Math.floor(random() * 23) * HOUR;
    const order = {
      region: pick(['GB', 'DE', 'FR']),
      category: pick(['toys', 'books', 'shoes', 'food']),
      channel: pick(['app', 'web']),
      occurredAt,
      amount: '20',
    };
    const isHit = occurredAt >= SPAN.from && order.region === 'GB' && order.category === 'toys';
    const minutes = Math.round((isHit ? 90 : 60) + 30 * random());
    const merchantId = `m${Math.floor(random() ** 2 * 400)}`;
    const delivered = arrived({
      ...order,
      eventId: `o${index}`,
      orderId: `o${index}`,
      merchantId,
      type: 'order.delivered',
      attributes: { minutes: String(minutes) },
    });
    if (random() > (isHit ? 0.4 : 0.1)) return [delivered];
    const said = isHit
      ? 'the battery swells'
      : pick(['it never came', 'the size is wrong', 'please refund me']);
    return [
      delivered,
      arrived({
        ...order,
        eventId: `d${index}`,
        type: 'dispute.opened',
        scenario: pick(['not_received', 'damaged']),
        merchantId,
        orderId: `o${index}`,
        attributes: { carrier: isHit && random() < 0.9 ? "o'dhl" : pick(['ups', 'gls', 'post']) },
        text: `${said}, write to buyer${index}@example.org`,
      }),
    ];
  }).flat();
}

const ask = (definition: Partial<MetricDefinition>, slice = {}) =>
  explainRequest(
    store,
    {
      metric: metric(definition),
      span: SPAN,
      against: { from: START, to: SPAN.from },
      slice,
      dimensions: null,
    },
    [],
  );

const causes = async (definition: Partial<MetricDefinition>, slice = {}) => {
  const outcome = await ask(definition, slice);
  if (outcome.status === 'refused') throw new Error(outcome.detail);
  return outcome.analysis.explanation.slices.filter(({ cause }) => cause).map((each) => each.slice);
};

describe('a metric is explained from the stored events', () => {
  test.each<[string, Partial<MetricDefinition>]>([
    ['a rate', {}],
    ['a count', { measure: { kind: 'count', of: selector('dispute.opened') } }],
    ['a sum', { measure: { kind: 'sum', of: selector('dispute.opened') } }],
  ])('%s', async (_kind, definition) => {
    expect(await causes(definition)).toEqual([{ region: 'GB', category: 'toys' }]);
  });

  test('within a slice', async () => {
    expect(await causes({}, { region: 'GB' })).toEqual([{ category: 'toys' }]);
    expect(await causes({}, { region: 'DE' })).toEqual([]);
  });

  test('with what people say, and without who they are', async () => {
    const outcome = await ask({});
    expect(outcome).toMatchObject({
      status: 'explained',
      analysis: { says: [{ term: 'battery swells', textsBefore: 0 }] },
    });
    expect(JSON.stringify(outcome)).not.toContain('@example.org');
  });

  test('leaves out a dimension that only the numerator has', async () => {
    const measure = {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered'),
    } as const;
    expect(await causes({ measure })).toEqual([{ region: 'GB', category: 'toys' }]);
  });

  test('a mean, by the values of its events, and a quantile, by the share of them above what it was', async () => {
    const of = selector('order.delivered');
    expect(await causes({ measure: { kind: 'mean', of, value: 'minutes' } })).toEqual([
      { region: 'GB', category: 'toys' },
    ]);
    expect(await causes({ measure: { kind: 'quantile', of, value: 'minutes', level: 0.9 } })).toEqual([
      { region: 'GB', category: 'toys' },
    ]);
  });

  test('a ratio whose denominator is counted over an earlier time', async () => {
    const day = { count: 1, unit: 'day' } as const;
    const measure = {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered', { ignore: ['scenario'] }),
      window: { over: day, lag: null },
    } as const;
    expect(await causes({ measure, bucket: day })).toEqual([{ region: 'GB', category: 'toys' }]);
  });

  test('with what its cases have in common, what changed before, and cases to look at', async () => {
    const outcome = await ask({});
    if (outcome.status === 'refused') throw new Error(outcome.detail);
    const { common, facts, evidence } = outcome.analysis;
    expect(common).toMatchObject([{ dimension: 'carrier', value: "o'dhl", share: expect.closeTo(0.9, 1) }]);
    // A change of a rule for books says nothing of toys.
    expect(facts).toMatchObject([
      { kind: 'fix', title: 'Fix: another supplier', scope: 'category=toys' },
      { kind: 'rule.changed', title: 'no photo needed', scope: 'category=toys' },
    ]);
    expect(evidence.slice).toBe('category=toys,region=GB');
    expect(evidence.costliest.map(({ amount }) => amount)).toEqual([20, 20, 20, 20, 20]);
    const times = evidence.newest.map(({ occurredAt }) => occurredAt);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const listed: unknown[] = [];
    for await (const rows of store.rows(evidence.query)) listed.push(...rows);
    expect(listed).toHaveLength(evidence.cases);
  });

  test('against the week before, and against four weeks, of which a day without data says nothing', async () => {
    const { store: known } = await testDatabase();
    const usual = marketplace().filter(({ event }) => event.occurredAt < START + DAY);
    const moved = (days: number) =>
      usual.map((one) => {
        const { eventId, occurredAt } = one.event;
        return {
          ...one,
          event: { ...one.event, eventId: `${eventId}-${days}`, occurredAt: occurredAt + days * DAY },
        };
      });
    const now = marketplace().filter(({ event }) => event.occurredAt >= SPAN.from);
    // The third week before has no data.
    const accepted = [...now, ...[2 - 7, 2 - 14, 2 - 28].flatMap(moved)];
    await new EventLog(known).write({ accepted, rejected: [] });
    for (const against of ['last-week', 'expected'] as const) {
      const request = { metric: metric(), span: SPAN, against, slice: {}, dimensions: null };
      const outcome = await explainRequest(known, request, []);
      if (outcome.status === 'refused') throw new Error(outcome.detail);
      const { slices, expected } = outcome.analysis.explanation;
      expect(slices.filter(({ cause }) => cause)).toMatchObject([
        { slice: { region: 'GB', category: 'toys' }, explained: expect.closeTo(1, 0) },
      ]);
      // A tenth of the day's orders.
      expect(expected / PER_DAY).toBeCloseTo(0.1, 1);
    }
  });

  test("against the time before, the week before, four weeks, or a span of one's own", async () => {
    for (const against of ['previous', 'last-week', 'expected'] as const) {
      const outcome = await explainRequest(
        store,
        { metric: metric(), span: SPAN, against, slice: {}, dimensions: null },
        [],
      );
      // There are three days of history: only the day before is one to compare with.
      expect(outcome.status).toBe(against === 'previous' ? 'explained' : 'refused');
    }
  });

  test('with the same causes when rare values are put together by the engine', async () => {
    const outcome = await explainRequest(
      store,
      {
        metric: metric(),
        span: SPAN,
        against: { from: START, to: SPAN.from },
        slice: {},
        dimensions: ['region', 'category', 'channel', 'merchant_id', 'order_id'],
      },
      [],
    );
    if (outcome.status === 'refused') throw new Error(outcome.detail);
    const { slices, observed } = outcome.analysis.explanation;
    expect(slices.filter(({ cause }) => cause).map(({ slice }) => slice)).toEqual([
      { region: 'GB', category: 'toys' },
    ]);
    const plain = await ask({});
    expect(plain).toMatchObject({ analysis: { explanation: { observed } } });
  });

  test.each<[string, Partial<Parameters<typeof explainRequest>[1]>, string]>([
    [
      'a span without any event',
      { span: { from: START + 40 * DAY, to: START + 41 * DAY }, against: { from: START, to: SPAN.to } },
      'no_events',
    ],
    ['a slice that does not exist', { slice: { region: "no'where\\" } }, 'no_baseline'],
    [
      'a mean of values that are not there',
      { metric: metric({ measure: { kind: 'mean', of: selector('order.delivered'), value: 'nothing' } }) },
      'no_baseline',
    ],
  ])('refuses %s', async (_what, changes, reason) => {
    const request = {
      metric: metric(),
      span: SPAN,
      against: 'previous' as const,
      slice: {},
      dimensions: null,
    };
    expect(await explainRequest(store, { ...request, ...changes }, [])).toMatchObject({
      status: 'refused',
      reason,
    });
  });

  test('or refused, with a reason', async () => {
    const of = selector('dispute.opened');
    expect(await ask({ measure: { kind: 'distinct', of, by: 'merchant_id' } })).toMatchObject({
      reason: 'not_countable',
    });
    const early = {
      metric: metric(),
      span: { from: START, to: START + DAY },
      slice: {},
      dimensions: null,
    } as const;
    expect(await explainRequest(store, { ...early, against: 'previous' }, [])).toMatchObject({
      reason: 'no_baseline',
    });
    expect(() => explainRequest(store, { ...early, against: early.span }, [])).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
