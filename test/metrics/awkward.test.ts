import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { bucketStarts } from '../../src/metrics/buckets.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import type { Annotation } from '../../src/model/annotation.js';
import { DAY } from '../../src/model/clock.js';
import type { ArrivedEvent, MarketplaceEvent } from '../../src/model/event.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { formatSlice } from '../../src/model/slice.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import { arrived } from '../support/event.js';
import { lateEvents } from '../support/late-events.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { testDatabase } from '../support/store.js';
import { distinct } from './brute-force.js';

const ZONE = 'Europe/Berlin';
const local = (text: string) => DateTime.fromISO(text, { zone: ZONE });
/** The clocks go forward on the 29th of March. */
const [BEGINNING, END] = [local('2026-02-01'), local('2026-05-01')];

const disputes = selector('dispute.opened', {
  where: { category: ['toys', 'home'] },
  except: { region: ['FR'] },
});
const sales = selector('order.delivered', {
  bounds: { amount: { atLeast: 10, below: 90 } },
  ignore: ['scenario'],
});

/** Day by day: over the sales of the thirty days until yesterday, on the days on which the shop is open. */
const daily = metric({
  id: 'daily',
  timezone: ZONE,
  bucket: { count: 1, unit: 'day' },
  measure: {
    kind: 'ratio',
    numerator: disputes,
    denominator: sales,
    window: { over: { count: 30, unit: 'day' }, lag: { count: 1, unit: 'day' } },
  },
  slices: [[], ['region'], ['scenario'], ['region', 'scenario']],
  tradingDays: [1, 2, 3, 4, 5, 6],
  maxSeries: 100,
});
/** Disputes of the month over the sales of the month before. */
const monthly = metric({
  ...daily,
  id: 'monthly',
  bucket: { count: 1, unit: 'month' },
  measure: {
    kind: 'ratio',
    numerator: disputes,
    denominator: sales,
    window: { over: { count: 1, unit: 'month' }, lag: { count: 1, unit: 'month' } },
  },
});

const STOCKTAKING: Annotation = {
  annotationId: 'stocktaking',
  kind: 'closure',
  title: 'Stocktaking',
  scope: 'region=GB',
  startsAt: local('2026-03-16').toMillis(),
  endsAt: local('2026-03-20').toMillis(),
};

/** The same in plain words: every point that there should be, from nothing but the events. */
function expected(definition: MetricDefinition, events: readonly MarketplaceEvent[]): Map<string, string> {
  const { unit } = definition.bucket as { unit: 'day' | 'month' };
  const isDispute = ({ type, category, region }: MarketplaceEvent) =>
    type === 'dispute.opened' && (category === 'toys' || category === 'home') && region !== 'FR';
  const isSale = ({ type, amount }: MarketplaceEvent) =>
    type === 'order.delivered' && amount !== null && Number(amount) >= 10 && Number(amount) < 90;
  const isClosed = (day: DateTime, region: string | undefined) =>
    unit === 'day' &&
    (day.weekday === 7 || (region === 'GB' && day >= local('2026-03-16') && day < local('2026-03-20')));
  const points = new Map<string, string>();
  for (const region of [undefined, 'GB', 'DE', 'FR'])
    for (const scenario of [undefined, 'late', 'damaged', '']) {
      const isIn = (event: MarketplaceEvent) => region === undefined || event.region === region;
      const mine = events.filter(
        (event) => isDispute(event) && isIn(event) && (scenario ?? event.scenario) === event.scenario,
      );
      const sold = events.filter((event) => isSale(event) && isIn(event));
      const slice = formatSlice({
        ...(region === undefined ? {} : { region }),
        ...(scenario === undefined ? {} : { scenario }),
      });
      let hasBegun = scenario === undefined;
      for (let start = BEGINNING; start < END; start = start.plus({ [unit]: 1 })) {
        const end = start.plus({ [unit]: 1 });
        const to = end.minus({ [unit]: 1 });
        const from = unit === 'day' ? to.minus({ day: 30 }) : to.minus({ month: 1 });
        const between = (of: MarketplaceEvent[], a: DateTime, b: DateTime) =>
          of.filter(({ occurredAt }) => occurredAt >= a.toMillis() && occurredAt < b.toMillis());
        const numerator = between(mine, start, end).length;
        const denominator = between(sold, from, to).length;
        if (denominator === 0 || isClosed(start, region)) continue;
        hasBegun ||= numerator > 0;
        if (hasBegun) points.set(`${start.toISODate()} ${slice}`, `${numerator} of ${denominator}`);
      }
    }
  return points;
}

/** Arrivals in five portions; later ones correct earlier ones, and any is as old as may be. */
function arrivals(seed: number): ArrivedEvent[][] {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  let version = 1n;
  const any = () => {
    version += 1n;
    const type = pick(['order.delivered', 'order.delivered', 'dispute.opened']);
    const span = END.toMillis() - BEGINNING.toMillis() - 1;
    return arrived(
      {
        eventId: `e${Math.floor(random() * 160)}`,
        type,
        occurredAt: BEGINNING.toMillis() + Math.floor(random() * span),
        region: pick(['GB', 'GB', 'DE', 'FR']),
        category: pick(['toys', 'home', 'books']),
        scenario: type === 'dispute.opened' ? pick(['late', 'damaged', '']) : '',
        amount: pick(['5', '10', '50.5', '90', null]),
      },
      version,
    );
  };
  return [60, 40, 40, 30, 30].map((count) => Array.from({ length: count }, any));
}

it.each([1, 2, 3])(
  'a filtered rate over thirty days, without a dimension of the events, across summer time: seed %i',
  async (seed) => {
    const { store } = await testDatabase();
    const log = new EventLog(store);
    const table = new PointTable(store);
    const maker = new PointMaker(table, { annotations: [STOCKTAKING] });
    const metrics = [daily, monthly];
    const late = lateEvents({ events: log, points: maker, stored: table, metrics, lookedUntil: 0 });
    const portions = arrivals(seed);
    const closed = new Map(metrics.map(({ id }) => [id, BEGINNING.toMillis()]));
    for (const [index, accepted] of portions.entries()) {
      await log.write({ accepted, rejected: [] });
      await late.refresh(closed);
      late.finished();
      // A month is closed with each of the first three portions; all that the others bring comes late.
      const until = BEGINNING.plus({ month: Math.min(index + 1, 3) }).toMillis();
      for (const definition of metrics) {
        const starts = bucketStarts(closed.get(definition.id) ?? until, until, definition);
        await maker.make(definition, starts);
        closed.set(definition.id, until);
      }
    }
    for (const definition of metrics) {
      const points = await table.between(definition.id, 0, END.toMillis() + DAY);
      const made = points.map(({ bucketStart, slice, numerator, denominator }) => [
        `${DateTime.fromMillis(bucketStart, { zone: ZONE }).toISODate()} ${slice}`,
        `${numerator} of ${denominator}`,
      ]);
      const should = expected(definition, distinct(portions.flat()));
      expect(should.size).toBeGreaterThan(10);
      expect(Object.fromEntries(made)).toEqual(Object.fromEntries(should));
      expect(made).toHaveLength(should.size);
      const lengths = new Set(points.map(({ bucketSeconds }) => bucketSeconds / 3600));
      if (definition === daily) expect(lengths).toEqual(new Set([24]));
    }
  },
);
