import { isLevel, isRate, type MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { NotEvaluableReason, Verdict } from '../model/verdict.js';
import type { Judgement } from './contract.js';

/** What a detector answered, or why it was not asked. */
export type GuardedJudgement = Judgement | { status: 'not_evaluable'; reason: NotEvaluableReason };

/** True when a point has too few cases to be judged. Counts and sums are bounded by what is expected instead. */
export function lowVolume(metric: MetricDefinition, point: Point): boolean {
  const { kind } = metric.measure;
  if (isLevel(kind)) return (point.volume ?? 0) < metric.minDenominator;
  return isRate(kind) && (point.denominator ?? 0) < Math.max(1, metric.minDenominator);
}

/**
 * Turns a detector's judgement into a verdict. What is the pipeline's business, the same for every detector, is
 * decided here: the direction that is bad, and the smallest deviation that matters.
 */
export function guard(
  metric: MetricDefinition,
  point: Point,
  detector: string,
  judgement: GuardedJudgement,
): Verdict {
  const verdict = {
    metric: metric.id,
    slice: point.slice,
    bucketStart: point.bucketStart,
    detector,
    value: point.value,
  };
  const unjudged = { expected: null, lower: null, upper: null, score: null, direction: null };
  if (judgement.status === 'not_evaluable')
    return { ...verdict, ...unjudged, status: 'not_evaluable', reason: judgement.reason };

  const { expected, lower, upper, score, direction } = judgement;
  const judged = { ...verdict, expected, lower, upper, score, direction };
  const { kind } = metric.measure;
  if (!isRate(kind) && !isLevel(kind) && Math.max(expected, point.value) < metric.minDenominator)
    return { ...judged, status: 'not_evaluable', reason: 'low_volume' };
  if (score <= 1) return { ...judged, status: 'normal', reason: '' };
  if (metric.bad !== 'both' && metric.bad !== direction)
    return { ...judged, status: 'normal', reason: 'good_direction' };
  const matters = Math.max(metric.minDeviation, (metric.minRelativeDeviation ?? 0) * Math.abs(expected));
  if (Math.abs(point.value - expected) < matters)
    return { ...judged, status: 'normal', reason: 'small_deviation' };
  return { ...judged, status: 'anomalous', reason: '' };
}
