import type { Counted, JudgedLeaves, Leaves } from './leaves.js';

/** What was counted of each leaf before, bucket by bucket, in any order; a leaf may lack any bucket. */
export interface History {
  leaf: Int32Array;
  bucket: Int32Array;
  numerator: Float64Array;
  denominator: Float64Array;
  /** Buckets are numbered from 0. */
  buckets: number;
}

/** Events of the estimate from above that a leaf's own history is mixed with. */
const BORROWED_EVENTS = 3;
/** No leaf is fitted at a higher share. */
const HIGHEST_SHARE = 0.95;
/** Bounds of the events that the values of a dimension share. */
const LEAST_SHARED = 2;
const MOST_SHARED = 1e6;
/** Rounds of proportional fitting; more change the third digit. */
const FITTING_ROUNDS = 4;
/** A coefficient of variation of 5 % between buckets is taken where the baseline has too few to tell. */
const UNKNOWN_SHARED = 0.05 ** 2;
/** Buckets from which on one that stands out can be told from the others. */
const ENOUGH_BUCKETS = 4;
/** A dimension with more values in more buckets tells nothing of slices that vary together: each is too small. */
const MOST_CELLS = 2_000_000;

/**
 * What a rate leads to expect of each leaf in the span: its denominator there times its rate in the baseline.
 * Most leaves have too few events for a rate of their own, so each borrows from its dimensions' values, whose
 * rates are fitted as if they multiplied (iterative proportional fitting; Deming and Stephan 1940), the more the
 * less it has itself (empirical Bayes).
 */
export function expectRates(
  leaves: Leaves,
  now: Counted,
  history: History,
  { unit = 1, isShare = true }: RateForm = {},
): JudgedLeaves {
  const isBelow = [now, history].every(({ numerator, denominator }) =>
    // What is above its denominator is no share of it, and is judged as a count.
    numerator.every((count, row) => count <= (denominator[row] as number)),
  );
  if (unit === 1) return expectFromHistory(leaves, now, history, isShare && isBelow);
  const judged = expectFromHistory(leaves, scaledBy(now, unit), scaledBy(history, unit), false);
  const before = judged.rates?.before as Counted;
  return {
    ...judged,
    observed: now.numerator,
    expected: judged.expected.map((value) => value * unit),
    noise: { ...judged.noise, perUnit: unit },
    rates: { before: { ...before, numerator: before.numerator.map((value) => value * unit) }, after: now },
  };
}

/** What a rate is of. */
export interface RateForm {
  /** What one event adds to the numerator as far as chance goes: 1 for counts, for a mean its variance over itself. */
  unit?: number;
  /** False where a numerator may be above its denominator. */
  isShare?: boolean;
}

function scaledBy<T extends Counted>(counted: T, unit: number): T {
  return { ...counted, numerator: counted.numerator.map((value) => value / unit) };
}

/** What was counted of each leaf in the span and before, for metrics without a denominator. */
export interface CountHistory {
  now: Float64Array;
  /** One array for each bucket of the baseline. */
  before: readonly Float64Array[];
  /** The length of each such bucket as a share of the span's. */
  lengths: readonly number[];
  /** What one event adds: 1 for a count, an amount of the usual size for a sum. */
  unit: number;
}

/** What counts or sums of the past lead to expect: the same for each time, which is their denominator. */
export function expectCounts(leaves: Leaves, { now, before, lengths, unit }: CountHistory): JudgedLeaves {
  const each = Array.from({ length: leaves.size }, (_, leaf) => leaf);
  const scaled = (values: Float64Array) => values.map((value) => value / unit);
  const judged = expectFromHistory(
    leaves,
    { numerator: scaled(now), denominator: new Float64Array(leaves.size).fill(1) },
    {
      leaf: Int32Array.from(before.flatMap(() => each)),
      bucket: Int32Array.from(before.flatMap((_, bucket) => each.map(() => bucket))),
      numerator: Float64Array.from(before.flatMap((values) => [...scaled(values)])),
      denominator: Float64Array.from(lengths.flatMap((length) => each.map(() => length))),
      buckets: before.length,
    },
    false,
  );
  return {
    ...judged,
    observed: now,
    expected: judged.expected.map((value) => value * unit),
    noise: { ...judged.noise, perUnit: unit },
    rates: null,
  };
}

function expectFromHistory(leaves: Leaves, now: Counted, history: History, isShare: boolean): JudgedLeaves {
  const quiet = quietBuckets(history);
  const events = new Float64Array(leaves.size);
  const trials = new Float64Array(leaves.size);
  for (let row = 0; row < history.leaf.length; row++) {
    if (quiet[history.bucket[row] as number] !== true) continue;
    const leaf = history.leaf[row] as number;
    (events[leaf] as number) += history.numerator[row] as number;
    (trials[leaf] as number) += history.denominator[row] as number;
  }
  const rate = proportionalRates(leaves, events, trials, isShare);
  for (let leaf = 0; leaf < leaves.size; leaf++) {
    const above = rate[leaf] as number;
    rate[leaf] =
      ((events[leaf] as number) + BORROWED_EVENTS) / ((trials[leaf] as number) + BORROWED_EVENTS / above);
  }
  return {
    ...leaves,
    observed: now.numerator,
    expected: rate.map((each, leaf) => each * (now.denominator[leaf] as number)),
    trials: isShare ? now.denominator : null,
    backing: rate.map((each, leaf) => each * (trials[leaf] as number)),
    rates: { before: { numerator: events, denominator: trials }, after: now },
    noise: { perUnit: 1, common: 0, shared: sharedVariation(leaves, history, quiet, rate) },
  };
}

/** The smallest variation that a forecast is trusted with: of one leaf 1 %, of a whole slice 2 %. */
const FORECAST_LEAF = 0.01 ** 2;
const FORECAST_SHARED = 0.02 ** 2;
/** Leaves from this size on, in units, show the forecast's own error rather than that of small numbers. */
const LARGE_LEAF = 20;
/** The median of a chi-square of one degree of freedom. */
const CHI_SQUARE_MEDIAN = 0.4549;

/**
 * Counts or sums next to their forecast. How far a leaf strays by chance is read off the leaves themselves, by
 * medians, so that the leaves below a cause do not blur it: the size of a unit from the smaller half, where single
 * events show, and the forecast's relative error from the large ones. What all leaves have in common is no error of
 * single leaves, but what is to be explained.
 */
export function expectForecast(leaves: Leaves, observed: Float64Array, forecast: Float64Array): JudgedLeaves {
  const known = [...forecast.keys()].filter((leaf) => (forecast[leaf] as number) > 0);
  const middle = median(known.map((leaf) => forecast[leaf] as number));
  const small = known.filter((leaf) => (forecast[leaf] as number) <= middle);
  const larger = known.filter((leaf) => (forecast[leaf] as number) >= middle);
  const ratio = median(larger.map((leaf) => (observed[leaf] as number) / (forecast[leaf] as number)));
  const inCommon = ratio > 0 ? ratio : 1;
  const square = (leaf: number) => ((observed[leaf] as number) - inCommon * (forecast[leaf] as number)) ** 2;
  const perUnit = Math.max(
    Math.min(1, middle || 1),
    median(small.map((leaf) => square(leaf) / (forecast[leaf] as number))) / CHI_SQUARE_MEDIAN,
  );
  const large = known.filter((leaf) => (forecast[leaf] as number) >= LARGE_LEAF * perUnit);
  const relative =
    median(large.map((leaf) => square(leaf) / (forecast[leaf] as number) ** 2)) / CHI_SQUARE_MEDIAN;
  return {
    ...leaves,
    observed,
    expected: forecast,
    trials: null,
    backing: null,
    rates: null,
    noise: { perUnit, common: Math.max(FORECAST_LEAF, relative), shared: FORECAST_SHARED },
  };
}

/**
 * The buckets of the baseline that look like most of it. An earlier incident in the baseline would hide this
 * one, so a bucket whose whole rate is far from the median is left out.
 */
function quietBuckets(history: History): boolean[] {
  const events = new Float64Array(history.buckets);
  const trials = new Float64Array(history.buckets);
  history.bucket.forEach((bucket, row) => {
    (events[bucket] as number) += history.numerator[row] as number;
    (trials[bucket] as number) += history.denominator[row] as number;
  });
  const rates = [...events].map((count, bucket) => count / Math.max(trials[bucket] as number, 1));
  if (rates.length < ENOUGH_BUCKETS) return rates.map(() => true);
  const middle = median(rates);
  const spread = 1.4826 * median(rates.map((rate) => Math.abs(rate - middle)));
  return rates.map((rate) => Math.abs(rate - middle) <= Math.max(3 * spread, 0.3 * middle));
}

function proportionalRates(
  leaves: Leaves,
  events: Float64Array,
  trials: Float64Array,
  isShare: boolean,
): Float64Array {
  const whole = (sum(events) + 0.5) / (sum(trials) + 1);
  const rate = new Float64Array(leaves.size).fill(whole);
  const most = isShare ? HIGHEST_SHARE : Number.POSITIVE_INFINITY;
  for (let round = 0; round < FITTING_ROUNDS; round++) {
    leaves.codes.forEach((codes, dimension) => {
      const width = leaves.values[dimension]?.length ?? 0;
      const seen = new Float64Array(width);
      const fitted = new Float64Array(width);
      for (let leaf = 0; leaf < leaves.size; leaf++) {
        const code = codes[leaf] as number;
        (seen[code] as number) += events[leaf] as number;
        (fitted[code] as number) += (trials[leaf] as number) * (rate[leaf] as number);
      }
      const own = sharedEvents(seen, fitted);
      for (let leaf = 0; leaf < leaves.size; leaf++) {
        const code = codes[leaf] as number;
        const factor = ((seen[code] as number) + own) / ((fitted[code] as number) + own);
        rate[leaf] = Math.min(most, (rate[leaf] as number) * factor);
      }
    });
  }
  return rate;
}

/**
 * The events of the estimate before that a dimension's values are mixed with: few where they differ much from each
 * other, many where they differ by chance alone, as order numbers do (gamma prior by moments; Clayton and
 * Kaldor 1987).
 */
function sharedEvents(seen: Float64Array, fitted: Float64Array): number {
  let beyond = 0;
  let scale = 0;
  for (let code = 0; code < seen.length; code++) {
    const expected = fitted[code] as number;
    beyond += ((seen[code] as number) - expected) ** 2 - expected;
    scale += expected ** 2;
  }
  return beyond <= 0 ? MOST_SHARED : Math.min(MOST_SHARED, Math.max(LEAST_SHARED, scale / beyond));
}

/**
 * How much slices strayed from bucket to bucket in the baseline beyond chance, as a squared coefficient of
 * variation: the moments of all single-dimension slices (after Williams 1982).
 */
function sharedVariation(
  leaves: Leaves,
  history: History,
  quiet: readonly boolean[],
  rate: Float64Array,
): number {
  const buckets = quiet.filter(Boolean).length;
  if (buckets < 3) return UNKNOWN_SHARED;
  let beyond = 0;
  let scale = 0;
  leaves.codes.forEach((codes, dimension) => {
    const width = leaves.values[dimension]?.length ?? 0;
    if (width * history.buckets > MOST_CELLS) return;
    const seen = new Float64Array(width * history.buckets);
    const fitted = new Float64Array(width * history.buckets);
    for (let row = 0; row < history.leaf.length; row++) {
      const leaf = history.leaf[row] as number;
      const cell = (codes[leaf] as number) * history.buckets + (history.bucket[row] as number);
      (seen[cell] as number) += history.numerator[row] as number;
      (fitted[cell] as number) += (history.denominator[row] as number) * (rate[leaf] as number);
    }
    for (let cell = 0; cell < seen.length; cell++) {
      if (quiet[cell % history.buckets] !== true) continue;
      const e = fitted[cell] as number;
      beyond += (((seen[cell] as number) - e) ** 2 * buckets) / (buckets - 1) - e;
      scale += e ** 2;
    }
  });
  return scale === 0 ? UNKNOWN_SHARED : Math.max(0, beyond / scale);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
