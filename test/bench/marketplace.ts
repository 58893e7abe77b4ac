import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import { Judging } from '../../src/detection/judging.js';
import { HOUR, type Instant } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { formatSlice, type SliceLabels } from '../../src/model/slice.js';
import type { Incident } from '../../src/simulation/incident.js';
import { metric } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { OptimalCusum } from './marketplace-optimum.js';
import {
  campaignsIn,
  dailyOrders,
  overdispersionFor,
  pointsOf,
  type SlicePoint,
  START,
  slicesOf,
  type World,
} from './marketplace-world.js';
import { printTable } from './measure.js';

const CLEAN_HOURS = 10 * 168;
const WARM_HOURS = 4 * 168;
const INCIDENT_HOURS = 72;
/** What a person accepts of all series of a marketplace together; the optimum is held to the same. */
export const FALSE_ALERTS_PER_WEEK = 2;
/** Other answers to the same question. */
const BUDGETS = [0.5, 1, FALSE_ALERTS_PER_WEEK, 5];
const ODDS_RATIOS = [1.5, 2, 3, 5];
const SHAPES = ['sudden', 'slow'] as const;
const WHERE = ['whole', 'slice', 'pair'] as const;
/** Worlds in which the delay of the optimum is averaged. */
const REHEARSALS = 10;

/** One incident and what was found of it. */
export interface Trial {
  world: World;
  slice: SliceLabels;
  where: (typeof WHERE)[number];
  oddsRatio: number;
  shape: (typeof SHAPES)[number];
  /** Orders until the optimum alarms, in the mean; its misses count as all orders of the incident. */
  optimum: number;
  /** Orders of the slice until an alert fired on the slice itself; null when none did. */
  delay: number | null;
}

/** Worlds differ in size, in what goes wrong, and in how many standard deviations of chance the whole varies by: 1 to 3. */
function worldOf(seed: number, hours: number): World {
  const calm: World = {
    seed,
    ordersPerDay: seed % 2 === 0 ? 12_000 : 30_000,
    trouble: (['disputes', 'refunds', 'late_answers'] as const)[seed % 3] ?? 'disputes',
    overdispersion: 0,
    incidents: [],
    campaigns: campaignsIn(hours),
  };
  return { ...calm, overdispersion: overdispersionFor(calm, [1, 1.5, 2, 3][seed % 4] ?? 1) };
}

/** The metric as the service would have it, with nothing chosen. */
const METRIC: MetricDefinition = metric({
  slices: [[], ['region'], ['category'], ['region', 'category']],
  falseAlertsPerWeek: FALSE_ALERTS_PER_WEEK,
  detect: [{ use: 'auto', params: {} }],
  alert: { for: 1, recover: 3, mergeGap: 3 * HOUR, criticalScore: 3 },
});

/** When alerts fire on a series: after `for` anomalous points in a row, if not within the same episode. */
class AlertsOfSeries {
  readonly #rule: MetricDefinition['alert'];
  #anomalous = 0;
  #normal = 0;
  #isOpen = false;
  #lastEnd: Instant = Number.NEGATIVE_INFINITY;

  constructor(rule: MetricDefinition['alert']) {
    this.#rule = rule;
  }

  /** True when a new alert fires with this verdict. */
  observe(status: string, at: Instant): boolean {
    if (status === 'not_evaluable') return false;
    this.#anomalous = status === 'anomalous' ? this.#anomalous + 1 : 0;
    this.#normal = status === 'anomalous' ? 0 : this.#normal + 1;
    if (this.#isOpen && this.#normal >= this.#rule.recover) {
      this.#isOpen = false;
      this.#lastEnd = at;
    }
    if (this.#isOpen || this.#anomalous < this.#rule.for) return false;
    this.#isOpen = true;
    return at - this.#lastEnd > this.#rule.mergeGap;
  }
}

/** The service's own judging, which goes on from what was saved. */
const judgingFrom = (saved: readonly SavedJudge[]): Judging =>
  new Judging({
    detectors: builtinDetectors,
    calendar: new Calendar([]),
    saved: structuredClone(saved),
    reportFault: ({ error }) => {
      throw error;
    },
  });

/** Where alerts fire when the points of all series of some hours are judged together. */
function alertsIn(
  hours: Iterable<readonly SlicePoint[]>,
  { saved, budget }: { saved: readonly SavedJudge[]; budget: number },
): SlicePoint[] {
  const judging = judgingFrom(saved);
  const series = new Map<string, AlertsOfSeries>();
  const fired: SlicePoint[] = [];
  for (const points of hours)
    for (const { point, combined } of judging.judgeBucket(
      { ...METRIC, falseAlertsPerWeek: budget },
      points,
    )) {
      const alerts = series.get(point.slice) ?? new AlertsOfSeries(METRIC.alert);
      series.set(point.slice, alerts);
      if (alerts.observe(combined.status, point.bucketStart)) fired.push(point as SlicePoint);
    }
  return fired;
}

/** Alerts of all series of a marketplace in which nothing happens but sales. */
export function cleanAlerts(seed: number, budget: number, hours = CLEAN_HOURS): SlicePoint[] {
  const world = worldOf(seed, hours);
  return alertsIn(pointsOf(world, slicesOf(world), hours), { saved: [], budget });
}

/** A marketplace with the states of the judges of all its series after four weeks without an incident. */
interface Known {
  calm: World;
  saved: readonly SavedJudge[];
}

function afterCalmWeeks(seed: number): Known {
  const calm = worldOf(seed, WARM_HOURS);
  const judging = judgingFrom([]);
  for (const points of pointsOf(calm, slicesOf(calm), WARM_HOURS)) judging.judgeBucket(METRIC, points);
  return { calm, saved: judging.save() };
}

/** Every kind of incident once, in a place that the seed chooses. */
export function trialsOf(seed: number): Trial[] {
  const random = seededRandom(seed);
  const known = afterCalmWeeks(seed);
  return WHERE.flatMap((where) =>
    SHAPES.flatMap((shape) =>
      ODDS_RATIOS.map((oddsRatio) => {
        const places = slicesOf(known.calm).filter(
          (slice) => Object.keys(slice).length === WHERE.indexOf(where),
        );
        const slice = places[Math.floor(random() * places.length)] as SliceLabels;
        const hour = Math.floor(random() * 24);
        const { optimum, delay } = trial(known, { slice, oddsRatio, shape, hour });
        return { world: known.calm, slice, where, oddsRatio, shape, optimum, delay };
      }),
    ),
  );
}

/** An incident that begins at an hour of the day after the calm weeks; all series go on being judged together. */
function trial(
  { calm, saved }: Known,
  { slice, oddsRatio, shape, hour }: Pick<Trial, 'slice' | 'oddsRatio' | 'shape'> & { hour: number },
): Pick<Trial, 'optimum' | 'delay'> {
  const runHours = (slicesOf(calm).length / FALSE_ALERTS_PER_WEEK) * 168;
  const optimal = new OptimalCusum(calm, slice, oddsRatio, runHours);
  const from = WARM_HOURS + hour;
  const startsAt = START + from * HOUR;
  const endsAt = startsAt + INCIDENT_HOURS * HOUR;
  const incident: Incident = {
    id: 'incident',
    title: 'incident',
    kind: calm.trouble,
    slice,
    startsAt,
    endsAt,
    factor: oddsRatio,
    shape,
  };
  const world = { ...calm, incidents: [incident] };
  const rehearsals = Array.from({ length: REHEARSALS }, (_, nth) => {
    const another = { ...world, seed: 1_000 * calm.seed + nth };
    const points = [...pointsOf(another, [slice], from + INCIDENT_HOURS, from)].flat();
    return ordersUntil(points, startsAt, optimal.alarm(points));
  });
  const hours = [...pointsOf(world, slicesOf(world), from + INCIDENT_HOURS, WARM_HOURS)];
  const points = since(hours.flat(), startsAt).filter((point) => point.slice === formatSlice(slice));
  const fired = new Set(alertsIn(hours, { saved, budget: FALSE_ALERTS_PER_WEEK }));
  const found = points.findIndex((point) => fired.has(point));
  return {
    optimum: rehearsals.reduce((sum, orders) => sum + orders, 0) / REHEARSALS,
    delay: found < 0 ? null : ordersUntil(points, startsAt, found),
  };
}

const since = (points: readonly SlicePoint[], from: Instant): SlicePoint[] =>
  points.filter(({ bucketStart }) => bucketStart >= from);

/** Orders of the hours up to and with the one that alarmed; all of them when none did. */
function ordersUntil(points: readonly SlicePoint[], from: Instant, hour: number | null): number {
  return since(points, from)
    .slice(0, hour === null ? undefined : hour + 1)
    .reduce((sum, { denominator }) => sum + (denominator ?? 0), 0);
}

/** The changes that the floors are about: odds at least doubled, and found by the optimum within a day of orders. */
export const isFindable = ({ world, slice, oddsRatio, optimum }: Trial): boolean =>
  oddsRatio >= 2 && optimum < dailyOrders(world, slice);

export function summarise(trials: readonly Trial[]): { recall: number; delayRatio: number } {
  const found = trials.filter(({ delay }) => delay !== null);
  const ratios = found.map(({ delay, optimum }) => (delay as number) / optimum).sort((a, b) => a - b);
  return {
    recall: trials.length === 0 ? Number.NaN : found.length / trials.length,
    delayRatio: ratios[ratios.length >> 1] ?? Number.NaN,
  };
}

/** What `detect: auto` does on twenty simulated marketplaces, beside the CUSUM that knows their laws. */
export async function marketplace(): Promise<void> {
  const seeds = Array.from({ length: 20 }, (_, at) => at + 1);
  const trials = seeds.flatMap(trialsOf);
  const findable = trials.filter(isFindable);
  const rows = (name: string, some: readonly Trial[]) => {
    const { recall, delayRatio } = summarise(some);
    return [name, `${some.length}`, `${(100 * recall).toFixed(0)} %`, delayRatio.toFixed(2)];
  };
  printTable([
    ['found by the optimum within a day of orders', 'incidents', 'recall', 'delay, optimum = 1'],
    ...ODDS_RATIOS.map((ratio) =>
      rows(
        `odds × ${ratio}`,
        trials.filter((it) => it.oddsRatio === ratio && it.optimum < dailyOrders(it.world, it.slice)),
      ),
    ),
    ...SHAPES.map((shape) =>
      rows(
        `${shape}, odds × 2 and more`,
        findable.filter((it) => it.shape === shape),
      ),
    ),
    ...WHERE.map((where) =>
      rows(
        `${where}, odds × 2 and more`,
        findable.filter((it) => it.where === where),
      ),
    ),
    rows('all with odds × 2 and more', findable),
    rows(
      'the others',
      trials.filter((it) => !findable.includes(it)),
    ),
  ]);
  const weeks = CLEAN_HOURS / 168;
  printTable([
    ['nothing but sales: alerts a week over all series', 'budget', 'mean', 'worst marketplace'],
    ...BUDGETS.map((budget) => {
      const counts = seeds.map((seed) => cleanAlerts(seed, budget).length / weeks);
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      return ['', `${budget}`, mean.toFixed(2), Math.max(...counts).toFixed(2)];
    }),
  ]);
}
