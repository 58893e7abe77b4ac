import { isLevel, isRate, type MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Direction, NotEvaluableReason, Verdict } from '../model/verdict.js';
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
  if (judgement.status === 'not_evaluable')
    return verdictOf(metric, point, detector, null, 'not_evaluable', judgement.reason);

  const { expected, score, direction } = judgement;
  const { kind } = metric.measure;
  if (!isRate(kind) && !isLevel(kind) && Math.max(expected, point.value) < metric.minDenominator)
    return verdictOf(metric, point, detector, judgement, 'not_evaluable', 'low_volume');
  if (score <= 1) return verdictOf(metric, point, detector, judgement, 'normal', '');
  const reason = reasonToBear(metric, point.value, expected, direction);
  return verdictOf(metric, point, detector, judgement, reason === '' ? 'anomalous' : 'normal', reason);
}

/** Why nobody minds a point that is out of band; empty when somebody does. */
function reasonToBear(
  metric: MetricDefinition,
  value: number,
  expected: number,
  direction: Direction,
): Verdict['reason'] {
  if (metric.bad !== 'both' && metric.bad !== direction) return 'good_direction';
  const matters = Math.max(metric.minDeviation, (metric.minRelativeDeviation ?? 0) * Math.abs(expected));
  return Math.abs(value - expected) < matters ? 'small_deviation' : '';
}

/** All of a verdict in one literal: putting objects together field by field costs more than judging the point does. */
function verdictOf(
  metric: MetricDefinition,
  point: Point,
  detector: string,
  judged: Extract<Judgement, { status: 'judged' }> | null,
  status: Verdict['status'],
  reason: Verdict['reason'],
): Verdict {
  return {
    metric: metric.id,
    slice: point.slice,
    bucketStart: point.bucketStart,
    detector,
    status,
    reason,
    value: point.value,
    expected: judged === null ? null : judged.expected,
    lower: judged === null ? null : judged.lower,
    upper: judged === null ? null : judged.upper,
    score: judged === null ? null : judged.score,
    direction: judged === null ? null : judged.direction,
  };
}
