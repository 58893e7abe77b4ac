/**
 * The log-likelihood ratio CUSUM on single orders, of which each is a case or not: a case adds
 * `up` = ln(p1/p0), any other order takes `down` = −ln((1 − p1)/(1 − p0)) away.
 */
export interface BernoulliSteps {
  up: number;
  down: number;
}

/** @param p0 rate when all is well. @param p1 rate that should be found; above `p0`, both between 0 and 1. */
export function bernoulliSteps(p0: number, p1: number): BernoulliSteps {
  return { up: Math.log(p1 / p0), down: -Math.log((1 - p1) / (1 - p0)) };
}

/**
 * Mean number of orders until the sum, started at 0, reaches the limit, when the rate is `p`. The sum is taken as
 * a Markov chain (Brook and Evans, 1972) on multiples of `down`, which it moves by but for the rounding of `up`
 * and of the limit; between the whole numbers on both sides of those the logarithm of the run length is
 * interpolated.
 */
export function bernoulliRunLength({ up, down }: BernoulliSteps, limit: number, p: number): number {
  const logAt = (height: number): number =>
    between(up / down, (rise) => Math.log(latticeRunLength(Math.max(1, rise), height, p)));
  return Math.exp(between(limit / down, logAt));
}

/**
 * The limit at which false alarms come once in `runLength` orders at the rate `p0`.
 *
 * @returns the limit in units of the log-likelihood ratio.
 */
export function limitForRunLength(steps: BernoulliSteps, p0: number, runLength: number): number {
  let below = 0;
  let above = steps.up;
  while (bernoulliRunLength(steps, above, p0) < runLength) {
    below = above;
    above *= 1.5;
  }
  while (above - below > 1e-4 * above) {
    const middle = (below + above) / 2;
    if (bernoulliRunLength(steps, middle, p0) < runLength) below = middle;
    else above = middle;
  }
  return above;
}

/** Linear interpolation of a function of whole numbers. */
function between(x: number, of: (whole: number) => number): number {
  const low = Math.floor(x);
  const share = x - low;
  return share === 0 ? of(low) : (1 - share) * of(low) + share * of(low + 1);
}

/**
 * The run length from 0 of a chain that goes `rise` up with probability p and 1 down otherwise, not below 0, and
 * ends at `height` or above. Its equations L(i) = 1 + (1 − p)·L(i − 1) + p·L(i + rise) are solved from the top:
 * there each L(i) is an affine function of L(i − 1), and so L(i + rise) is one of L(i).
 */
function latticeRunLength(rise: number, height: number, p: number): number {
  const constant = new Float64Array(height);
  const factor = new Float64Array(height);
  const climb = (from: number): { constant: number; factor: number } => {
    if (from + rise >= height) return { constant: 0, factor: 0 };
    let sum = 0;
    let product = 1;
    for (let at = from + rise; at > from; at -= 1) {
      sum += product * (constant[at] as number);
      product *= factor[at] as number;
    }
    return { constant: sum, factor: product };
  };
  for (let at = height - 1; at > 0; at -= 1) {
    const above = climb(at);
    const weight = 1 - p * above.factor;
    constant[at] = (1 + p * above.constant) / weight;
    factor[at] = (1 - p) / weight;
  }
  const above = climb(0);
  // L(0) = 1 + (1 − p)·L(0) + p·(constant + factor·L(0)).
  return (1 + p * above.constant) / (p * (1 - above.factor));
}
