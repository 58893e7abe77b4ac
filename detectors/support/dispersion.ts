/**
 * Over-dispersion: how many times a series of counts varies more than chance alone would make it vary, as the
 * factor φ on the variance (quasi-likelihood; Wedderburn, 1974; McCullagh and Nelder, 1989, section 4.5).
 */

/**
 * Before there is any evidence, counts in a marketplace are taken to have twice the variance of the binomial
 * law; that opinion weighs as much as ten observations.
 */
const PRIOR_DISPERSION = 2;
const PRIOR_WEIGHT = 10;

/** What the prior adds to the observations that stand behind a dispersion of counts. */
export const PRIOR_DEGREES_OF_FREEDOM = PRIOR_WEIGHT;

/**
 * Pearson's χ² over its degrees of freedom, drawn towards the prior, never below 1: less variation than chance
 * gives is itself chance.
 */
export function dispersionOfCounts(chiSquared: number, degreesOfFreedom: number): number {
  return Math.max(
    1,
    (PRIOR_WEIGHT * PRIOR_DISPERSION + chiSquared) / (PRIOR_WEIGHT + Math.max(0, degreesOfFreedom)),
  );
}

/**
 * Variance of a single case around the rate `p`: p(1 − p), the binomial law's. A ratio of two different counts
 * may come near 1 or go above it, where that law ends; there a hundredth of Poisson's variance is left, and φ
 * learns from the data how much it really is.
 */
export function varianceOfCase(p: number): number {
  return p * Math.max(1 - p, 0.01);
}

/**
 * Skewness of a count with mean m and variance φ·m·q. It is that of the negative binomial law, which is what a
 * Poisson count with a gamma-distributed rate follows: (2φ − 1)/√(φ·m), and the binomial's (1 − 2p)/√(m·q) when
 * φ is 1 (Johnson, Kemp and Kotz, 2005, chapters 3 and 5).
 */
export function skewnessOfCount(dispersion: number, variance: number, asymmetry: number): number {
  return ((2 * dispersion - 1) * asymmetry) / Math.sqrt(dispersion * variance);
}
