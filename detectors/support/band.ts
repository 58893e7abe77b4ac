import type { Judgement } from '../../src/detection/contract.js';

/** A judgement that was possible. A score above 1 keeps its point out of the baseline. */
export type Judged = Extract<Judgement, { status: 'judged' }>;

/** What a baseline expects of the next point, in the series' unit. */
export interface Prediction {
  expected: number;
  /** Standard deviation of the next point around `expected`, the baseline's own uncertainty included; above 0. */
  deviation: number;
  /** Third standardised moment of the next point; 0 for a symmetric law. */
  skewness: number;
  /** How many observations stand behind `deviation`. */
  degreesOfFreedom: number;
  /** What the series cannot leave, such as 0 and 1 for a rate: the band is cut there, the score is not. */
  floor: number;
  ceiling: number;
}

/** A score beyond this says no more; it keeps a step away from a constant series finite. */
const GREATEST_SCORE = 1e6;

/**
 * Judges a value against a band of `width` standard deviations.
 *
 * The two sides differ, because counts of rare cases reach further up than down: each side is the quantile of
 * a skewed law by the first Cornish-Fisher term, (w² − 1)·γ/6 (Cornish and Fisher, 1937). The correction is
 * held within half the width downwards and the whole width upwards, where the expansion still is monotonic
 * enough to be of use. A deviation estimated from few observations widens both sides as Student's quantile
 * does, by 1 + (w² + 1)/(4ν) (Fisher and Cornish, 1960).
 *
 * @param smallestHalfWidth no side of the band is narrower than this, in the series' unit.
 */
export function judgeAgainst(
  value: number,
  prediction: Prediction,
  width: number,
  smallestHalfWidth = 0,
): Judged {
  const { expected, deviation, skewness, degreesOfFreedom } = prediction;
  const student = 1 + (width * width + 1) / (4 * Math.max(1, degreesOfFreedom));
  const skew = ((width * width - 1) * skewness) / 6;
  const unit = deviation * student;
  const above = Math.max(unit * clamp(width + skew, width / 2, width * 2), smallestHalfWidth);
  const below = Math.max(unit * clamp(width - skew, width / 2, width * 2), smallestHalfWidth);
  const up = value >= expected;
  // As `judged` does, without an object in between: this is what most judgements come through.
  return {
    status: 'judged',
    expected,
    lower: finite(clamp(expected - below, prediction.floor, expected)),
    upper: finite(clamp(expected + above, expected, Math.max(prediction.ceiling, expected))),
    score: Math.min(up ? (value - expected) / above : (expected - value) / below, GREATEST_SCORE),
    direction: up ? 'up' : 'down',
  };
}

/** Writes a judgement with everything finite and the band cut to what the series can be. */
export function judged(
  { expected, floor, ceiling }: Pick<Prediction, 'expected' | 'floor' | 'ceiling'>,
  found: { lower: number; upper: number; score: number; direction: 'up' | 'down' },
): Judged {
  return {
    status: 'judged',
    expected,
    lower: finite(clamp(found.lower, floor, expected)),
    upper: finite(clamp(found.upper, expected, Math.max(ceiling, expected))),
    score: Math.min(found.score, GREATEST_SCORE),
    direction: found.direction,
  };
}

/** By comparison: `Math.min` and `Math.max` also look for −0 and NaN, and every judgement is clamped several times. */
function clamp(x: number, least: number, greatest: number): number {
  if (x > greatest || least > greatest) return greatest;
  if (x < least) return least;
  return x;
}

function finite(x: number): number {
  return clamp(x, -Number.MAX_VALUE, Number.MAX_VALUE);
}
