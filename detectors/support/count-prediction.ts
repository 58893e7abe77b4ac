import type { Prediction } from './band.js';
import { PRIOR_DEGREES_OF_FREEDOM, skewnessOfCount, varianceOfCase } from './dispersion.js';

/** No spread of a value series is believed below this part of what is expected. */
const LEAST_RELATIVE_DEVIATION = 1e-3;
const LEAST_DEVIATION = 1e-9;

/**
 * What is expected of a rate.
 *
 * @param mean cases expected of a point of this size.
 * @param variance of the cases, before the dispersion.
 * @param weight how many past points stand behind the dispersion.
 */
export function predictRate(
  { mean, variance }: { mean: number; variance: number },
  size: number,
  dispersion: number,
  weight: number,
  isShare: boolean,
): Prediction {
  const expected = mean / size;
  return {
    expected,
    deviation: Math.sqrt(dispersion * variance) / size,
    skewness: skewnessOfCount(dispersion, size * varianceOfCase(expected), 1 - 2 * expected),
    degreesOfFreedom: weight + PRIOR_DEGREES_OF_FREEDOM,
    floor: 0,
    ceiling: isShare ? 1 : Number.POSITIVE_INFINITY,
  };
}

/**
 * What is expected of a value: counts have at least the spread of chance, and its skewness.
 *
 * @param spread variance in parts of `variance`.
 */
export function predictValue(
  { mean, variance }: { mean: number; variance: number },
  spread: number,
  weight: number,
  isCounts: boolean,
): Prediction {
  const count = Math.max(1, mean);
  const deviation = Math.max(
    Math.sqrt(spread * variance),
    LEAST_RELATIVE_DEVIATION * Math.abs(mean),
    LEAST_DEVIATION,
    isCounts ? Math.sqrt(count) : 0,
  );
  return {
    expected: mean,
    deviation,
    skewness: isCounts ? skewnessOfCount(deviation ** 2 / count, count, 1) : 0,
    degreesOfFreedom: weight,
    floor: isCounts ? 0 : Number.NEGATIVE_INFINITY,
    ceiling: Number.POSITIVE_INFINITY,
  };
}
