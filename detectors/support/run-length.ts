/** The rate when all is well, and the one that should be found: 0 < p0 < p1 < 1. */
export interface Rates {
  p0: number;
  p1: number;
}

/**
 * The log-likelihood ratio CUSUM on orders, of which each is a case or not: a case adds `up` = ln(p1/p0), any other
 * order takes `down` = −ln((1 − p1)/(1 − p0)) away.
 */
export function bernoulliSteps({ p0, p1 }: Rates): { up: number; down: number } {
  return { up: Math.log(p1 / p0), down: -Math.log((1 - p1) / (1 - p0)) };
}

/**
 * Fewer expected cases than this make no difference, and neither do more that move the sum by less than this part of the
 * limit: so many orders can be looked at together, unless those without a case take more than that part from the sum.
 */
const HANDFUL_CASES = 0.005;
const HANDFUL_SHARE = 1 / 200;
const HANDFUL_DROP = 1 / 50;
/** Points of the grid within the standard deviation of a bucket, and within the limit: at least. */
const POINTS_A_DEVIATION = 14;
const LEAST_POINTS = 60;
/** Counts rarer than this, in parts of the most probable one, do not come. */
const NEVER = 1e-12;
/** Two limits that differ by less are the same, in units of the log-likelihood ratio. */
const NEAR = 2e-4;
/** Alarms are never asked for more often than once in so many buckets. */
const LEAST_BUCKETS = 10;
/** A limit is at least so great, or what a single case adds: less evidence is none. */
const LEAST_LIMIT = 1;
/** What elimination finds above this many orders, or below none, is the rounding of a run that is longer still. */
const LONGEST_RUN = 1e13;

/** What a bucket may do to the sum: so many points of the grid and a part of one more. */
interface Move {
  whole: number;
  part: number;
  probability: number;
}

/**
 * Mean number of orders until the sum, started at 0, is beyond the limit at the end of a bucket, when buckets have `size`
 * orders and the rate is `p`. The sum is taken as a Markov chain on a grid (Brook and Evans, 1972); what falls between
 * two of its points goes to both, so that its mean stays.
 */
export function binomialRunLength(rates: Rates, limit: number, size: number, p: number): number {
  const { up, down } = bernoulliSteps(rates);
  const ofOrder = Math.sqrt(rates.p0 * (1 - rates.p0)) * (up + down);
  const handful = Math.min(
    Math.max(HANDFUL_CASES / rates.p0, ((HANDFUL_SHARE * limit) / ofOrder) ** 2),
    (HANDFUL_DROP * limit) / down,
  );
  const bucket = Math.max(1, Math.round(size), Math.round(handful));
  const deviation = Math.sqrt(bucket) * ofOrder;
  const points = Math.max(LEAST_POINTS, Math.ceil((POINTS_A_DEVIATION * limit) / deviation));
  // The limit lies between the last point and the first one that is an alarm.
  const grid = limit / (points + 0.5);
  const moves = binomial(bucket, p).map(([cases, probability]): Move => {
    const by = (cases * up - (bucket - cases) * down) / grid;
    return { whole: Math.floor(by), part: by - Math.floor(by), probability };
  });
  return bucket * chainRunLength(moves, points + 1);
}

/**
 * The limit at which false alarms come once in `runLength` orders that are counted in buckets of `size`. It is lower for
 * large buckets, in which the sum is seen only at the end. Where a bucket decides for itself, and the likelier of the two
 * rates is hardly ever the wrong one, false alarms are rarer than that: there the least limit is right, for it still wants
 * evidence for p1, and a higher one would only find it later. A run of less than ten buckets is taken for one of ten.
 *
 * @returns the limit in units of the log-likelihood ratio.
 */
export function limitForRunLength(rates: Rates, runLength: number, size = 1): number {
  const wanted = Math.log(Math.max(runLength, LEAST_BUCKETS * size));
  const at = (limit: number) => {
    const run = binomialRunLength(rates, limit, size, rates.p0);
    const isFound = run > 0 && run < LONGEST_RUN;
    return { limit, excess: isFound ? Math.log(run) - wanted : Number.POSITIVE_INFINITY };
  };
  let low = at(Math.min(LEAST_LIMIT, bernoulliSteps(rates).up));
  if (low.excess >= 0) return low.limit;
  // False alarms thin out by e for every unit of the limit: about so much is missing.
  let high = at(low.limit - low.excess + NEAR);
  while (high.excess < 0) {
    low = high;
    high = at(low.limit - low.excess + NEAR);
  }
  while (high.limit - low.limit > NEAR) {
    // The logarithm of the run grows nearly evenly with the limit: by the secant, but never quite to either end.
    const slope = (high.excess - low.excess) / (high.limit - low.limit);
    const guess =
      high.excess < Number.POSITIVE_INFINITY ? low.limit - low.excess / slope : (low.limit + high.limit) / 2;
    const next = at(Math.min(Math.max(guess, low.limit + NEAR / 2), high.limit - NEAR / 2));
    if (next.excess < 0) low = next;
    else high = next;
  }
  return high.limit;
}

/**
 * Mean number of moves until a chain that starts at 0 and does not fall below it is at `height` or above: the first of
 * L(i) = 1 + Σ P(i → j)·L(j), solved by elimination within the band that the moves reach.
 */
function chainRunLength(moves: readonly Move[], height: number): number {
  const reach = (far: number) => Math.min(height - 1, Math.max(0, far));
  const fall = reach(Math.max(...moves.map(({ whole }) => -whole)));
  const rise = reach(Math.max(...moves.map(({ whole }) => whole + 1)));
  // Row i holds the factors of L(i − fall) to L(i + rise); what is above the height is 0.
  const width = fall + 1 + rise;
  const band = new Float64Array(height * width);
  const sums = new Float64Array(height).fill(1);
  const take = (from: number, to: number, probability: number): void => {
    if (to >= height) return;
    const at = from * width + fall + Math.max(0, to) - from;
    band[at] = (band[at] as number) - probability;
  };
  for (let from = 0; from < height; from += 1) {
    take(from, from, -1);
    for (const { whole, part, probability } of moves) {
      take(from, from + whole, probability * (1 - part));
      take(from, from + whole + (from + whole < 0 ? 0 : 1), probability * part);
    }
  }
  for (let row = 0; row < height; row += 1) {
    const pivot = row * width + fall;
    for (let below = row + 1; below <= Math.min(row + fall, height - 1); below += 1) {
      const start = below * width + fall + row - below;
      const factor = (band[start] as number) / (band[pivot] as number);
      for (let right = 1; right <= rise; right += 1)
        band[start + right] = (band[start + right] as number) - factor * (band[pivot + right] as number);
      sums[below] = (sums[below] as number) - factor * (sums[row] as number);
    }
  }
  for (let row = height - 1; row >= 0; row -= 1) {
    const pivot = row * width + fall;
    let sum = sums[row] as number;
    for (let right = 1; right <= Math.min(rise, height - 1 - row); right += 1)
      sum -= (band[pivot + right] as number) * (sums[row + right] as number);
    sums[row] = sum / (band[pivot] as number);
  }
  return sums[0] as number;
}

/** The counts that a binomial law has, with their probabilities. */
function binomial(size: number, p: number): [count: number, probability: number][] {
  const mode = Math.min(size, Math.floor((size + 1) * p));
  const weights: [number, number][] = [[mode, 1]];
  let weight = 1;
  for (let count = mode; count > 0 && weight > NEVER; count -= 1) {
    weight *= (count * (1 - p)) / ((size - count + 1) * p);
    weights.push([count - 1, weight]);
  }
  weight = 1;
  for (let count = mode; count < size && weight > NEVER; count += 1) {
    weight *= ((size - count) * p) / ((count + 1) * (1 - p));
    weights.push([count + 1, weight]);
  }
  const total = weights.reduce((sum, [, each]) => sum + each, 0);
  return weights.map(([count, each]) => [count, each / total]);
}
