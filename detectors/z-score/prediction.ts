import type { Prediction } from '../support/band.js';
import {
  dispersionOfCounts,
  PRIOR_DEGREES_OF_FREEDOM,
  skewnessOfCount,
  varianceOfCase,
} from '../support/dispersion.js';

/** What a baseline knows of the values before. */
export interface Moments {
  readonly mean: number;
  /** Sum of the weights: for a rate, what was counted over. */
  readonly weight: number;
  /** Weighted sum of squared distances from the mean, and how many values stand behind it. */
  readonly sumOfSquares: number;
  readonly points: number;
  /** How many values of equal weight would know the mean as well. */
  readonly count: number;
  readonly isCounts: boolean;
}

/** No spread of a value series is believed below this part of its mean: a constant series has a thin band. */
const LEAST_RELATIVE_DEVIATION = 1e-3;
const LEAST_DEVIATION = 1e-9;
const HALF_CASE = 0.5;

/**
 * A prediction to be filled in again and again: making one for each point is a third of what a judgement costs. The
 * fractions keep every field a number of double precision from the start.
 */
export function blankPrediction(): Prediction {
  return { expected: 0.5, deviation: 0.5, skewness: 0.5, degreesOfFreedom: 0.5, floor: 0.5, ceiling: 0.5 };
}

/**
 * @param into is filled, and answered.
 * @param size the denominator of the next point.
 * @param exceedsOne true for a ratio of two different counts.
 * @param robust what takes the place of the mean and of the sum of squares.
 */
export function predictRate(
  moments: Moments,
  into: Prediction,
  size: number,
  exceedsOne: boolean,
  robust?: { rate: number | undefined; squares: number },
): Prediction {
  const { weight } = moments;
  const pooled = (moments.mean * weight + HALF_CASE) / (weight + 2 * HALF_CASE);
  const expected = robust?.rate ?? pooled;
  const variance = varianceOfCase(expected);
  const squares = robust?.squares ?? moments.sumOfSquares;
  const dispersion = dispersionOfCounts(squares / variance, moments.points - 1);
  into.expected = expected;
  into.deviation = Math.sqrt(dispersion * variance * (1 / size + 1 / (weight + 1)));
  into.skewness = skewnessOfCount(dispersion, size * variance, 1 - 2 * expected);
  into.degreesOfFreedom = moments.points - 1 + PRIOR_DEGREES_OF_FREEDOM;
  into.floor = 0;
  into.ceiling = exceedsOne ? Number.POSITIVE_INFINITY : 1;
  return into;
}

/**
 * @param into is filled, and answered.
 * @param robust what takes the place of mean and standard deviation.
 */
export function predictValue(
  moments: Moments,
  into: Prediction,
  robust?: { median: number; spread: number },
): Prediction {
  const { count, isCounts } = moments;
  const expected = robust?.median ?? moments.mean;
  const freedom = Math.max(1, count - 1);
  const spread = robust?.spread ?? Math.sqrt((moments.sumOfSquares * count) / (moments.weight * freedom));
  const deviation = Math.max(
    spread,
    LEAST_RELATIVE_DEVIATION * Math.abs(expected),
    LEAST_DEVIATION,
    isCounts ? Math.sqrt(Math.max(1, expected)) : 0,
  );
  const mean = Math.max(1, expected);
  into.expected = expected;
  into.deviation = deviation * Math.sqrt(1 + 1 / count);
  into.skewness = isCounts ? skewnessOfCount(deviation ** 2 / mean, mean, 1) : 0;
  into.degreesOfFreedom = count - 1;
  into.floor = isCounts ? 0 : Number.NEGATIVE_INFINITY;
  into.ceiling = Number.POSITIVE_INFINITY;
  return into;
}
