import { mean, sampleStandardDeviation } from 'simple-statistics';
import { builtinDetectors } from '../../detectors/index.js';
import type { Detector, Judgement, SeriesPoint } from '../../src/detection/contract.js';
import { HOUR } from '../../src/model/clock.js';
import { seededRandom } from '../support/random.js';
import { type Contestant, interleaved, print, printTable, ratio, whole } from './measure.js';

/** Judged bucket by bucket, each time all of them, as the service does. */
const SERIES = 50;
const BUCKETS = 2_000;
const POINTS = SERIES * BUCKETS;
const START = Date.UTC(2023, 0, 2);
const REPETITIONS = 5;
/** What every builtin detector looks back on by default when buckets are hours: a week. */
const WINDOW = 168;
/** Weeks that a slot of the week is learned from: the default `memory`. */
const WEEKS = 8;

/** The statistic of a detector for the point at an index, from the values before it. */
type Recompute = (values: readonly number[], index: number) => number;

/**
 * Updates through the detector contract against what a detector without a state would do: compute its statistic
 * with simple-statistics over the same window for every point. A detector also makes a band, a score and a
 * decision of whether to learn from the point; the recomputation makes one number.
 */
export async function detect(): Promise<void> {
  const all = Array.from({ length: SERIES }, (_, seed) => series(seed));
  const values = all.map((points) => points.map((point) => point.value));
  const rows: string[][] = [];
  for (const detector of builtinDetectors) {
    const recompute = RECOMPUTED[detector.name];
    if (recompute === undefined) {
      print(`  ${detector.name}: left out, nothing here recomputes it`);
      continue;
    }
    const contestants: Contestant<'observe' | 'recompute'>[] = [
      ['observe', async () => timed(() => sumOfScores(detector, all))],
      ['recompute', async () => timed(() => recomputeAll(recompute, values))],
    ];
    const { observe, recompute: recomputed } = await interleaved(contestants, REPETITIONS);
    const rate = POINTS / (observe.seconds ?? 0);
    const peer = POINTS / (recomputed.seconds ?? 0);
    rows.push([detector.name, whole(rate), whole(peer), ratio(rate / peer)]);
  }
  insistOnSameMean(all, values);
  printTable([['', 'updates/s', 'recomputed/s', 'of the recomputed rate'], ...rows]);
}

/** Hours of a value with a rhythm of the day. Its noise is bounded, so that no point is ever out of band. */
function series(seed: number): SeriesPoint[] {
  const random = seededRandom(seed);
  return Array.from({ length: BUCKETS }, (_, index) => {
    const value = 100 + 30 * Math.sin((2 * Math.PI * index) / 24) + 20 * random();
    return { bucketStart: START + index * HOUR, value, numerator: value, denominator: null, annotations: [] };
  });
}

function judgeAll(
  detector: Detector,
  all: readonly (readonly SeriesPoint[])[],
  take: (judgement: Judgement, series: number, bucket: number) => void,
): void {
  const params = detector.parameters.parse({});
  const context = { kind: 'value', bucketSeconds: 3_600, timezone: 'Europe/London' } as const;
  const judges = all.map(() => detector.create(params, context));
  for (let bucket = 0; bucket < BUCKETS; bucket += 1)
    for (const [series, judge] of judges.entries())
      take(judge.observe(all[series]?.[bucket] as SeriesPoint), series, bucket);
}

/** Both sides answer with a number that depends on all of their work, so that none of it can be left out. */
function sumOfScores(detector: Detector, all: readonly (readonly SeriesPoint[])[]): number {
  let sum = 0;
  judgeAll(detector, all, (judgement) => {
    if (judgement.status === 'judged') sum += judgement.score;
  });
  return sum;
}

function recomputeAll(recompute: Recompute, all: readonly (readonly number[])[]): number {
  let sum = 0;
  for (const values of all) for (const index of values.keys()) sum += recompute(values, index);
  return sum;
}

const RECOMPUTED: Readonly<Record<string, Recompute>> = {
  'z-score': (values, index) => residual(values, index, average(windowBefore(values, index))),
  seasonal: (values, index) => residual(values, index, usualAt(values, index)),
  cusum: (values, index) => {
    const window = windowBefore(values, index);
    if (window.length < 2) return 0;
    const usual = usualAt(values, index);
    const deviation = sampleStandardDeviation(window);
    return window.reduce((sum, value) => Math.max(0, sum + (value - usual) / deviation - 0.75), 0);
  },
};

function windowBefore(values: readonly number[], index: number): number[] {
  return values.slice(Math.max(0, index - WINDOW), index);
}

/** The mean of the same hour of the weeks before, at the level of the last week. */
function usualAt(values: readonly number[], index: number): number {
  const sameHour: number[] = [];
  for (let at = index - WINDOW; at >= 0 && sameHour.length < WEEKS; at -= WINDOW)
    sameHour.push(values[at] as number);
  const past = values.slice(Math.max(0, index - WEEKS * WINDOW), index);
  return (average(sameHour) * average(windowBefore(values, index))) / (average(past) || 1);
}

function residual(values: readonly number[], index: number, usual: number): number {
  const window = windowBefore(values, index);
  return window.length < 2 ? 0 : ((values[index] as number) - usual) / sampleStandardDeviation(window);
}

const average = (values: readonly number[]): number => (values.length === 0 ? 0 : mean([...values]));

function timed(work: () => unknown): { seconds: number } {
  const begun = performance.now();
  work();
  return { seconds: (performance.now() - begun) / 1_000 };
}

/** A race of two that compute different things would say nothing: the rolling mean is the mean of the window. */
function insistOnSameMean(all: readonly SeriesPoint[][], values: readonly number[][]): void {
  const zScore = builtinDetectors.find((detector) => detector.name === 'z-score');
  if (zScore === undefined) return;
  judgeAll(zScore, all, (judgement, series, bucket) => {
    if (judgement.status !== 'judged') return;
    const expected = average(windowBefore(values[series] ?? [], bucket));
    if (Math.abs(judgement.expected - expected) > 1e-9 * expected)
      throw new Error(`point ${bucket}: z-score expects ${judgement.expected}, the mean is ${expected}`);
  });
}
