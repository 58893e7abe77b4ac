import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketStart, bucketStarts } from '../../src/metrics/buckets.js';
import { LateEvents, type Unfinished } from '../../src/metrics/late-events.js';
import { PointMaker, type PointStore } from '../../src/metrics/point-maker.js';
import type { Annotation } from '../../src/model/annotation.js';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import type { ArrivedEvent } from '../../src/model/event.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

/** A Saturday; on Sunday the clocks of Berlin go forward. */
const BEGINNING = Date.parse('2026-03-28T00:00:00+01:00');
const LONGEST = 80;
const berlin = { timezone: 'Europe/Berlin', bucket: { count: 1, unit: 'day' } } as const;
const CLOSED: Annotation = {
  annotationId: 'stocktaking',
  kind: 'closure',
  title: 'Stocktaking',
  scope: 'region=GB',
  startsAt: BEGINNING + 20 * HOUR,
  endsAt: BEGINNING + 30 * HOUR,
};

/** Every kind with points in buckets without an event of their own, and one that has none. */
const METRICS: readonly MetricDefinition[] = [
  metric({
    id: 'count',
    measure: { kind: 'count', of: selector('order.delivered') },
    slices: [[], ['region']],
  }),
  metric({
    id: 'sum',
    bucket: { count: 30, unit: 'minute' },
    measure: { kind: 'sum', of: selector('order.delivered', { where: { region: ['GB', 'DE'] } }) },
    slices: [['region', 'category']],
  }),
  metric({
    ...berlin,
    id: 'distinct',
    tradingDays: [1, 2, 6],
    measure: { kind: 'distinct', of: selector(['order.delivered', 'dispute.opened']), by: 'order_id' },
    slices: [[], ['region']],
  }),
  metric({
    id: 'shared',
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered', { ignore: ['scenario'] }),
    },
    slices: [[], ['scenario'], ['region', 'scenario']],
  }),
  metric({
    ...berlin,
    id: 'shared_over_days',
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered', { ignore: ['scenario'] }),
      window: { over: { count: 2, unit: 'day' }, lag: { count: 5, unit: 'hour' } },
    },
    slices: [['region'], ['region', 'scenario']],
  }),
  metric({
    id: 'bounded',
    measure: { kind: 'count', of: selector('dispute.opened') },
    slices: [['region'], ['scenario']],
    maxSeries: 50,
  }),
  metric({
    id: 'mean',
    measure: { kind: 'mean', of: selector('order.delivered'), value: 'amount' },
    slices: [['region']],
  }),
];

type Step =
  | { does: 'arrive'; events: readonly ArrivedEvent[] }
  /** The next so many hours are over. */
  | { does: 'close'; hours: number }
  | { does: 'start again' }
  /** The process dies at the so-manieth write of points from now on, with the write done or not. */
  | { does: 'die'; write: number; isWritten: boolean };

const event = fc
  .record({
    id: fc.nat(7),
    hour: fc.nat(LONGEST),
    type: fc.constantFrom('order.delivered', 'order.delivered', 'dispute.opened'),
    region: fc.constantFrom('GB', 'DE'),
    scenario: fc.constantFrom('late', 'damaged'),
    amount: fc.constantFrom('1', null),
    version: fc.nat(1_000_000),
  })
  .map(({ id, hour, type, region, scenario, amount, version }) =>
    arrived(
      {
        ...{ eventId: `e${id}`, type, region, amount, orderId: `o${id % 3}`, category: 'toys' },
        scenario: type === 'dispute.opened' ? scenario : '',
        occurredAt: BEGINNING + hour * HOUR + id * MINUTE,
      },
      BigInt(version),
    ),
  );
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('arrive' as const),
      events: fc.array(event, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('close' as const), hours: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'start again' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('die' as const),
      write: fc.integer({ min: 1, max: 6 }),
      isWritten: fc.boolean(),
    }),
  },
);

/** A live service as far as points go, which may end at any write of them. */
class Live {
  readonly #table: PointTable;
  readonly #log: EventLog;
  readonly #closed = new Map<string, number>();
  #parts: { maker: PointMaker; late: LateEvents } | null = null;
  /** What the store knows of how far it has come. */
  #lookedUntil = 0;
  #unfinished: Unfinished = new Map();
  #death: { write: number; isWritten: boolean } | null = null;

  constructor(store: Store) {
    this.#table = new PointTable(store);
    this.#log = new EventLog(store);
  }

  startAgain(): void {
    this.#parts = null;
  }

  die(death: { write: number; isWritten: boolean }): void {
    this.#death = { ...death };
  }

  /** Does what there is to do by now, and begins anew when it dies of it. */
  async look(now: number): Promise<void> {
    try {
      const { maker, late } = this.#begun();
      await late.refresh(this.#closed);
      const first = await this.#log.first();
      if (first !== null)
        for (const definition of METRICS) {
          const from = this.#closed.get(definition.id) ?? bucketStart(first, definition);
          const starts = bucketStarts(from, bucketStart(now, definition), definition);
          await maker.make(definition, starts);
          if (starts.length > 0) this.#closed.set(definition.id, bucketStart(now, definition));
        }
      late.finished();
      this.#lookedUntil = late.lookedUntil;
      this.#unfinished = new Map();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.#parts = null;
      await this.look(now);
    }
  }

  #begun() {
    const { stored, measure, newest, seriesWeights, firstSeenSlices } = PointTable.prototype;
    const of = this.#table;
    const table: PointStore = {
      stored: stored.bind(of),
      measure: measure.bind(of),
      newest: newest.bind(of),
      seriesWeights: seriesWeights.bind(of),
      firstSeenSlices: firstSeenSlices.bind(of),
      write: async (points, removed) => {
        const death = this.#death;
        const isNow = death !== null && --death.write === 0;
        if (!isNow || death.isWritten) await of.write(points, removed);
        if (!isNow) return;
        this.#death = null;
        throw new Died();
      },
    };
    this.#parts ??= this.#create(new PointMaker(table, { annotations: [CLOSED] }));
    return this.#parts;
  }

  #create(maker: PointMaker) {
    const late = new LateEvents({
      events: this.#log,
      points: maker,
      stored: this.#table,
      metrics: METRICS,
      lookedUntil: this.#lookedUntil,
      unfinished: this.#unfinished,
      begin: async (unfinished) => {
        this.#unfinished = unfinished;
      },
    });
    return { maker, late };
  }
}

class Died extends Error {}

async function lived(steps: readonly Step[]): Promise<{ points: string[]; now: number }> {
  const { store } = await testDatabase();
  const live = new Live(store);
  const log = new EventLog(store);
  let now = BEGINNING;
  for (const each of steps) {
    if (each.does === 'arrive') await log.write({ accepted: each.events, rejected: [] });
    else if (each.does === 'start again') live.startAgain();
    else if (each.does === 'die') live.die(each);
    else now += each.hours * HOUR;
    if (each.does === 'close' || each.does === 'start again') await live.look(now);
  }
  await live.look(now);
  const points = await stored(store);
  await store.close();
  return { points, now };
}

async function replayed(steps: readonly Step[], now: number): Promise<string[]> {
  const { store } = await testDatabase();
  const log = new EventLog(store);
  await log.write({
    accepted: steps.flatMap((each) => (each.does === 'arrive' ? each.events : [])),
    rejected: [],
  });
  await log.settleMovedEvents(0);
  const maker = new PointMaker(new PointTable(store), { annotations: [CLOSED] });
  const first = await log.first();
  if (first !== null)
    for (const definition of METRICS)
      await maker.make(
        definition,
        bucketStarts(bucketStart(first, definition), bucketStart(now, definition), definition),
      );
  const points = await stored(store);
  await store.close();
  return points;
}

async function stored(store: Store): Promise<string[]> {
  const shown = ({
    metric: of,
    slice,
    bucketStart: start,
    value,
    numerator,
    denominator,
    amount,
    volume,
  }: Point) =>
    `${of} ${slice} ${new Date(start).toISOString()} ${[value, numerator, denominator, amount, volume].join(' ')}`;
  const table = new PointTable(store);
  const all: string[] = [];
  for (const { id } of METRICS) all.push(...(await table.between(id, 0, BEGINNING + 100 * DAY)).map(shown));
  return all.sort();
}

const asReplayed = async (steps: readonly Step[]) => {
  const { points, now } = await lived(steps);
  expect(points).toEqual(await replayed(steps, now));
};

it('are live what a replay makes of the same events, whatever came late, was corrected or was cut short', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), asReplayed), {
    numRuns: Number(process.env.RUNS ?? 10),
    ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }),
  });
}, 240_000);

const order = (id: number, hour: number, region: string, version = 1n) =>
  arrived(
    {
      eventId: `e${id}`,
      type: 'order.delivered',
      region,
      amount: '1',
      category: 'toys',
      occurredAt: BEGINNING + hour * HOUR,
    },
    version,
  );
const dispute = (id: number, hour: number, version = 1n) =>
  arrived(
    {
      eventId: `e${id}`,
      type: 'dispute.opened',
      region: 'GB',
      scenario: 'late',
      occurredAt: BEGINNING + hour * HOUR,
    },
    version,
  );

it.each<[string, readonly Step[]]>([
  [
    'an event before a series that was the first of it',
    [
      { does: 'arrive', events: [order(1, 0, 'GB'), order(2, 9, 'DE')] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [order(3, 3, 'DE')] },
    ],
  ],
  [
    'the first event of a series, all of whose buckets are closed',
    [
      { does: 'arrive', events: [order(1, 0, 'GB')] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [order(2, 5, 'DE')] },
    ],
  ],
  [
    'a correction that takes the first event of a series away',
    [
      { does: 'arrive', events: [order(1, 0, 'GB'), order(2, 3, 'DE'), order(3, 9, 'DE')] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [order(2, 3, 'GB', 2n)] },
    ],
  ],
  [
    'a correction that takes the only event of a series away',
    [
      { does: 'arrive', events: [order(1, 0, 'GB'), order(2, 3, 'DE')] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [order(2, 3, 'GB', 2n)] },
    ],
  ],
  [
    'an event before the first of a series that shares a denominator',
    [
      { does: 'arrive', events: [0, 2, 4, 6, 8, 10, 12].map((hour) => order(hour, hour, 'GB')) },
      { does: 'arrive', events: [dispute(20, 8)] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [dispute(21, 2)] },
    ],
  ],
  [
    'a correction that takes the first event of such a series away',
    [
      { does: 'arrive', events: [0, 2, 4, 6, 8, 10, 12].map((hour) => order(hour, hour, 'GB')) },
      { does: 'arrive', events: [dispute(20, 8), dispute(21, 2)] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [dispute(21, 10, 2n)] },
    ],
  ],
  [
    'a correction, of which the process dies half-way',
    [
      { does: 'arrive', events: [order(1, 0, 'GB'), order(2, 3, 'DE'), order(3, 19, 'DE')] },
      { does: 'close', hours: 20 },
      { does: 'arrive', events: [order(2, 3, 'GB', 2n)] },
      { does: 'die', write: 3, isWritten: true },
    ],
  ],
])('holds for %s', async (_what, steps) => {
  await asReplayed(steps);
});
