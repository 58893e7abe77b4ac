import { mean, median, medianAbsoluteDeviation, sampleStandardDeviation } from 'simple-statistics';
import { builtinDetectors } from '../../detectors/index.js';
import type { Detector, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import { HOUR } from '../../src/model/clock.js';
import { seededRandom } from '../support/random.js';
import { backtestSixWeeks } from './detect-backtest.js';
import { tick } from './detect-tick.js';
import { type Contestant, interleaved, print, printTable, ratio, whole } from './measure.js';

/** One series, judged anew so many times: what is measured is judging, and not fetching points from memory. */
const SERIES = 20;
const BUCKETS = 2_500;
const POINTS = SERIES * BUCKETS;
/** The recomputation is so slow that a part of the series is enough. */
const RECOMPUTED_SERIES = 2;
const START = Date.UTC(2023, 0, 2);
const REPETITIONS = 9;
/** Processor time that a measurement takes at least. */
const LEAST_SECONDS = 0.15;
/** What every builtin detector looks back on by default when buckets are hours: a week. */
const WINDOW = 168;
/** Weeks that a slot of the week is learned from: the default `memory`. */
const WEEKS = 8;
/** Orders of an hour, for detectors of rates. */
const ORDERS = 10_000;

/** The statistic of a detector for the point at an index, from the values before it. */
type Recompute = (values: readonly number[], index: number) => number;

interface Entry {
  title: string;
  detector: Detector;
  params: object;
  kind: SeriesContext['kind'];
  /** Absent where there is nothing to recompute. */
  recompute?: Recompute;
}

/** Judging points: through the contract, in a tick of many series, and in a backtest. */
export async function detect(): Promise<void> {
  for (const part of Object.values(detectParts)) await part();
}

/** The parts, each of which can be run alone: `npm run bench detect-tick`. */
export const detectParts: Readonly<Record<string, () => Promise<void>>> = {
  'detect-updates': updates,
  'detect-tick': tick,
  'detect-backtest': backtestSixWeeks,
};

/**
 * Updates through the detector contract, against a bare loop that does the least that anything which learns could do
 * (an exponentially weighted z-score over an array of numbers), and against what a detector without a state would do:
 * compute its statistic with simple-statistics over the same window for every point.
 */
async function updates(): Promise<void> {
  const again = <One>(one: One): One[] => new Array<One>(SERIES).fill(one);
  const one = series(1);
  const values = again(one);
  const points = { value: again(valuePoints(one)), rate: again(ratePoints(one)) };
  const numbers = again(Float64Array.from(one));
  const recomputed = values.slice(0, RECOMPUTED_SERIES);
  const rows: string[][] = [];
  for (const { title, detector, params, kind, recompute } of entries()) {
    const contestants: Contestant<'observe' | 'loop' | 'recompute'>[] = [
      ['observe', async () => timed(() => sumOfScores(detector, params, kind, points[kind]))],
      ['loop', async () => timed(() => bareLoop(numbers))],
    ];
    if (recompute !== undefined)
      contestants.push(['recompute', async () => timed(() => recomputeAll(recompute, recomputed))]);
    const took = await interleaved(contestants, REPETITIONS);
    const rate = POINTS / (took.observe.seconds ?? 0);
    const peer = (RECOMPUTED_SERIES * BUCKETS) / (took.recompute?.seconds ?? 0);
    rows.push([
      title,
      whole(rate),
      (rate / (POINTS / (took.loop.seconds ?? 0))).toFixed(3),
      recompute === undefined ? '' : ratio(rate / peer),
    ]);
  }
  insistOnSameMean(points.value, values);
  printTable([['', 'updates/s', 'of the bare loop', 'of recomputing'], ...rows]);
}

function entries(): Entry[] {
  const named = (name: string): Detector => {
    const found = builtinDetectors.find((detector) => detector.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
    title: name,
    detector: named(name),
    params: {},
    kind: 'value',
    ...more,
  });
  return [
    // The z-scores have floors, and are judged before the compiler has seen every kind of judge at that call.
    entry('z-score', {
      title: 'z-score, exponential',
      params: { weighting: 'exponential' },
      recompute: meanAndDeviation,
    }),
    entry('z-score', { title: 'z-score, rolling', recompute: meanAndDeviation }),
    entry('z-score', { title: 'z-score, robust', params: { robust: true }, recompute: medianAndMad }),
    entry('auto', { title: 'auto, rates', kind: 'rate' }),
    entry('auto', { title: 'auto, values' }),
    entry('seasonal', { recompute: seasonalResidual }),
    entry('cusum', { recompute: sumOfResiduals }),
    entry('ewma', { recompute: sumOfResiduals }),
    entry('level-shift', { recompute: sumOfResiduals }),
    entry('rate', { kind: 'rate', recompute: meanAndDeviation }),
    entry('percent-change'),
    entry('threshold', { params: { above: 1_000 } }),
    entry('burn-rate', { kind: 'rate' }),
    entry('flatline'),
  ];
}

/** Hours of a value with a rhythm of the day. Its noise is bounded, so that no point is ever out of band. */
function series(seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: BUCKETS },
    (_, index) => 100 + 30 * Math.sin((2 * Math.PI * index) / 24) + 20 * random(),
  );
}

const valuePoints = (values: readonly number[]): SeriesPoint[] =>
  values.map((value, index) => ({
    bucketStart: START + index * HOUR,
    value,
    numerator: value,
    denominator: null,
    annotations: [],
  }));

const ratePoints = (values: readonly number[]): SeriesPoint[] =>
  values.map((value, index) => ({
    bucketStart: START + index * HOUR,
    value: Math.round(value) / ORDERS,
    numerator: Math.round(value),
    denominator: ORDERS,
    annotations: [],
  }));

/** Both sides answer with a number that depends on all of their work, so that none of it can be left out. */
function sumOfScores(
  detector: Detector,
  params: object,
  kind: SeriesContext['kind'],
  all: readonly (readonly SeriesPoint[])[],
): number {
  const read = detector.parameters.parse(params);
  const context = { kind, bucketSeconds: 3_600, timezone: 'Europe/London' } as const;
  let sum = 0;
  for (const points of all) {
    const judge = detector.create(read, context);
    for (const point of points) {
      const judgement = judge.observe(point);
      if (judgement.status === 'judged') sum += judgement.score;
    }
  }
  return sum;
}

function bareLoop(all: readonly Float64Array[]): number {
  const share = 1 / WINDOW;
  let sum = 0;
  for (const values of all) {
    let centre = values[0] as number;
    let variance = 1;
    for (let index = 1; index < values.length; index += 1) {
      const distance = (values[index] as number) - centre;
      sum += Math.abs(distance) / Math.sqrt(variance);
      centre += share * distance;
      variance = (1 - share) * (variance + share * distance * distance);
    }
  }
  return sum;
}

function recomputeAll(recompute: Recompute, all: readonly (readonly number[])[]): number {
  let sum = 0;
  for (const values of all) for (const index of values.keys()) sum += recompute(values, index);
  return sum;
}

const windowBefore = (values: readonly number[], index: number): number[] =>
  values.slice(Math.max(0, index - WINDOW), index);

const average = (values: readonly number[]): number => (values.length === 0 ? 0 : mean([...values]));

function residual(values: readonly number[], index: number, usual: number): number {
  const window = windowBefore(values, index);
  return window.length < 2 ? 0 : ((values[index] as number) - usual) / sampleStandardDeviation(window);
}

const meanAndDeviation: Recompute = (values, index) =>
  residual(values, index, average(windowBefore(values, index)));

const medianAndMad: Recompute = (values, index) => {
  const window = windowBefore(values, index);
  if (window.length < 2) return 0;
  return ((values[index] as number) - median(window)) / (medianAbsoluteDeviation(window) || 1);
};

const seasonalResidual: Recompute = (values, index) => residual(values, index, usualAt(values, index));

const sumOfResiduals: Recompute = (values, index) => {
  const window = windowBefore(values, index);
  if (window.length < 2) return 0;
  const usual = usualAt(values, index);
  const deviation = sampleStandardDeviation(window);
  return window.reduce((sum, value) => Math.max(0, sum + (value - usual) / deviation - 0.75), 0);
};

/** The mean of the same hour of the weeks before, at the level of the last week. */
function usualAt(values: readonly number[], index: number): number {
  const sameHour: number[] = [];
  for (let at = index - WINDOW; at >= 0 && sameHour.length < WEEKS; at -= WINDOW)
    sameHour.push(values[at] as number);
  const past = values.slice(Math.max(0, index - WEEKS * WINDOW), index);
  return (average(sameHour) * average(windowBefore(values, index))) / (average(past) || 1);
}

/**
 * Processor time of one run of the work, which hardly changes with what else the machine does. It is run again until
 * there is enough of it: a service judges for weeks, and in some milliseconds it is the compiler that is measured.
 */
function timed(work: () => unknown): { seconds: number } {
  const begun = process.cpuUsage();
  for (let runs = 1; ; runs += 1) {
    work();
    const { user, system } = process.cpuUsage(begun);
    const seconds = (user + system) / 1e6;
    if (seconds >= LEAST_SECONDS) return { seconds: seconds / runs };
  }
}

/** A race of two that compute different things would say nothing: the rolling mean is the mean of the window. */
function insistOnSameMean(all: readonly SeriesPoint[][], values: readonly number[][]): void {
  const [zScore] = entries().filter(({ title }) => title === 'z-score, rolling');
  const [points = []] = all;
  if (zScore === undefined) return;
  const { detector } = zScore;
  const context = { kind: 'value', bucketSeconds: 3_600, timezone: 'Europe/London' } as const;
  const judge = detector.create(detector.parameters.parse({}), context);
  for (const [index, point] of points.entries()) {
    const judgement = judge.observe(point);
    if (judgement.status !== 'judged') continue;
    const expected = average(windowBefore(values[0] ?? [], index));
    if (Math.abs(judgement.expected - expected) > 1e-9 * expected)
      throw new Error(`point ${index}: z-score expects ${judgement.expected}, the mean is ${expected}`);
  }
  print('  the rolling z-score expects the mean that simple-statistics computes');
}
