import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import { Judging } from '../../src/detection/judging.js';
import { SECOND } from '../../src/model/clock.js';
import { type MetricDefinition, nominalSeconds } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { metric } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { printTable } from './measure.js';

const BUDGET = 2;
const START = Date.UTC(2026, 0, 5);
/** Slices whose rate is three times as high in the last week. */
const INCIDENTS = 5;
const ODDS = 3;

interface Trial {
  slices: number;
  unit: 'hour' | 'day';
  use: string;
  learned: number;
  weeks: number;
  /** Standard deviation, as a share of the rate, of what all slices have in common in a bucket. */
  common: number;
  /** The same of each slice by itself. */
  own: number;
}

const TRIALS: readonly Trial[] = [
  { slices: 5_000, unit: 'hour', use: 'auto', learned: 2, weeks: 4, common: 0, own: 0 },
  { slices: 1_000, unit: 'hour', use: 'auto', learned: 2, weeks: 8, common: 0, own: 0.3 },
  { slices: 1_000, unit: 'hour', use: 'auto', learned: 2, weeks: 8, common: 0.3, own: 0 },
  { slices: 1_000, unit: 'hour', use: 'z-score', learned: 2, weeks: 8, common: 0, own: 0 },
  { slices: 1_000, unit: 'hour', use: 'z-score', learned: 2, weeks: 8, common: 0.3, own: 0 },
  { slices: 1_000, unit: 'day', use: 'auto', learned: 8, weeks: 40, common: 0, own: 0 },
];

/** Alerts that chance alone gives among many slices, held against the budget, and whether what is true is found. */
export async function budget(): Promise<void> {
  const rows = TRIALS.map((trial) => {
    const { alerts, buckets, found } = run(trial);
    const scatter = [
      trial.common > 0 ? `common ${trial.common}` : '',
      trial.own > 0 ? `own ${trial.own}` : '',
    ];
    return [
      `${trial.slices} slices, buckets of a ${trial.unit}, ${trial.use}`,
      scatter.filter(Boolean).join(', ') || 'chance alone',
      `${trial.weeks}`,
      (alerts / trial.weeks).toFixed(2),
      (buckets / trial.weeks).toFixed(2),
      `${found} of ${INCIDENTS}`,
    ];
  });
  printTable([
    ['', 'scatter', 'weeks', 'false alerts a week', 'buckets with any', 'true ones found'],
    ...rows,
  ]);
}

/** Slices of 40 to 1,000 orders a bucket, of which 0.5 to 5.5 % go wrong. */
function run({ slices, unit, use, learned, weeks, common, own }: Trial) {
  const random = seededRandom(11);
  const definition = metric({
    bucket: { count: 1, unit },
    slices: [['merchant']],
    minDenominator: 30,
    detect: [{ use, params: {} }],
    falseAlertsPerWeek: BUDGET,
    alert: { for: 1, recover: 3, mergeGap: 0, criticalScore: 3 },
  });
  const series = Array.from({ length: slices }, () => ({
    orders: 40 * 25 ** random(),
    rate: 0.005 + 0.05 * random(),
  }));
  const judging = new Judging({
    detectors: builtinDetectors,
    calendar: new Calendar([]),
    saved: [],
    reportFault: ({ error }) => {
      throw error;
    },
  });
  const aWeek = 604_800 / nominalSeconds(definition.bucket);
  const end = (learned + weeks) * aWeek;
  const wander = (deviation: number) =>
    deviation === 0 ? 1 : Math.exp(deviation * normal(random) - deviation ** 2 / 2);
  let [alerts, buckets] = [0, 0];
  /** Alerts that are open, with the points in band since their last one out of it. */
  const open = new Map<string, number>();
  const found = new Set<string>();
  for (let bucket = 0; bucket < end; bucket += 1) {
    const isIll = (index: number) => index < INCIDENTS && bucket >= end - aWeek;
    const shared = wander(common);
    const points = series.map(({ orders, rate }, index) => {
      const size = poisson(random, orders);
      const cases = poisson(random, size * rate * shared * wander(own) * (isIll(index) ? ODDS : 1));
      return pointOf(definition, bucket, index, Math.min(size, cases), size);
    });
    const out = judging
      .judgeBucket(definition, points)
      .filter(({ combined }) => combined.status === 'anomalous')
      .map(({ point }) => point.slice);
    const ill = new Set(
      series.slice(0, INCIDENTS).flatMap((_, index) => (isIll(index) ? [sliceOf(index)] : [])),
    );
    const begun = out.filter((slice) => !open.has(slice) && !ill.has(slice)).length;
    if (bucket >= learned * aWeek && begun > 0) [alerts, buckets] = [alerts + begun, buckets + 1];
    for (const slice of out) if (ill.has(slice)) found.add(slice);
    for (const [slice, calm] of open)
      if (calm + 1 < definition.alert.recover) open.set(slice, calm + 1);
      else open.delete(slice);
    for (const slice of out) open.set(slice, 0);
  }
  return { alerts, buckets, found: found.size };
}

const sliceOf = (index: number): string => `merchant=m${index}`;

function pointOf(
  { id, bucket }: MetricDefinition,
  at: number,
  index: number,
  cases: number,
  orders: number,
): Point {
  const bucketSeconds = nominalSeconds(bucket);
  return {
    metric: id,
    slice: sliceOf(index),
    bucketStart: START + at * bucketSeconds * SECOND,
    bucketSeconds,
    value: orders === 0 ? 0 : cases / orders,
    numerator: cases,
    denominator: orders,
    amount: 0,
    revision: 1,
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Poisson's law: exact for small means (D. Knuth, 1969), by the normal one for great ones. */
function poisson(random: () => number, mean: number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const least = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > least || count < 0; product *= random()) count += 1;
  return count;
}
