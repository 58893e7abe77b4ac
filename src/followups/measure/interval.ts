/** An estimate with the interval around it. */
export interface Estimate {
  estimate: number;
  lower: number;
  upper: number;
}

/** Two-sided confidence of the intervals that are kept and shown. */
export const SHOWN_CONFIDENCE = 0.9;

/**
 * Student's quantile from the normal one by its first two expansion terms (Fisher and Cornish, 1960); within a
 * hundredth from five degrees of freedom on for the confidences in use here.
 */
export function studentQuantile(confidence: number, degreesOfFreedom: number): number {
  const z = normalQuantile((1 + confidence) / 2);
  const nu = Math.max(3, degreesOfFreedom);
  return z + (z ** 3 + z) / (4 * nu) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * nu * nu);
}

/** The standard normal quantile of p in (0.5, 1), to 5 parts in 10,000 (Abramowitz and Stegun, 1964, 26.2.23). */
function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p));
  const above = 2.515517 + 0.802853 * t + 0.010328 * t * t;
  const below = 1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3;
  return t - above / below;
}

/**
 * The score interval of a share over `size` cases (Wilson, 1927), which stays inside 0 and 1 and is not empty for
 * no cases. `size` is the effective one: the cases over the dispersion.
 */
export function shareInterval(share: number, size: number, quantile: number): Estimate {
  const z2 = (quantile * quantile) / size;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (Math.sqrt(share * (1 - share) * z2 + (z2 * z2) / 4) || 0) / (1 + z2);
  return {
    estimate: share,
    lower: share === 0 ? 0 : Math.max(0, centre - half),
    upper: share === 1 ? 1 : Math.min(1, centre + half),
  };
}

/** The score interval of a mean count per unit of exposure (Poisson's law; Garwood's alternative by score). */
export function meanInterval(mean: number, size: number, quantile: number): Estimate {
  const z2 = (quantile * quantile) / size;
  const half = Math.sqrt(mean * z2 + (z2 * z2) / 4);
  return {
    estimate: mean,
    lower: mean === 0 ? 0 : Math.max(0, mean + z2 / 2 - half),
    upper: mean + z2 / 2 + half,
  };
}

/**
 * The interval of `a − b` for independent estimates, from the limits of their own intervals: each side takes the
 * variance that its own limit shows, so that it is right for skewed ones (MOVER; Newcombe, 1998, method 10; Zou and
 * Donner, 2008).
 */
export function difference(a: Estimate, b: Estimate): Estimate {
  const estimate = a.estimate - b.estimate;
  return {
    estimate,
    lower: estimate - Math.hypot(a.estimate - a.lower, b.upper - b.estimate),
    upper: estimate + Math.hypot(a.upper - a.estimate, b.estimate - b.lower),
  };
}

/** The interval of `a · b / c` for independent positive estimates: a difference on the scale of logarithms. */
export function scaled(a: Estimate, b: Estimate, c: Estimate): Estimate {
  const estimate = (a.estimate * b.estimate) / c.estimate;
  if (estimate <= 0) return { estimate: 0, lower: 0, upper: (a.upper * b.upper) / c.lower };
  const fall = Math.hypot(
    ratioLog(a.estimate, a.lower),
    ratioLog(b.estimate, b.lower),
    ratioLog(c.upper, c.estimate),
  );
  const rise = Math.hypot(
    ratioLog(a.upper, a.estimate),
    ratioLog(b.upper, b.estimate),
    ratioLog(c.estimate, c.lower),
  );
  return { estimate, lower: estimate * Math.exp(-fall), upper: estimate * Math.exp(rise) };
}

/** An estimate times a number that is taken as known. */
export function times(value: Estimate, factor: number): Estimate {
  const ends = [value.lower * factor, value.upper * factor];
  return { estimate: value.estimate * factor, lower: Math.min(...ends), upper: Math.max(...ends) };
}

function ratioLog(greater: number, smaller: number): number {
  return smaller <= 0 ? Number.POSITIVE_INFINITY : Math.log(greater / smaller);
}
