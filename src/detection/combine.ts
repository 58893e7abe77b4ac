import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { COMBINED, type Verdict } from '../model/verdict.js';

/**
 * The verdict that a metric's detectors give together. Only detectors that could judge have a vote; a point
 * that none could judge is not evaluable, for the reason that the first of them gives.
 *
 * Its band and score are those of the deciding detector: the k-th highest score of those that agree, where k
 * votes are needed, so that the combined score is above 1 exactly when enough detectors are.
 */
export function combine(metric: MetricDefinition, point: Point, verdicts: readonly Verdict[]): Verdict {
  const only = verdicts.length === 1 ? verdicts[0] : undefined;
  // Most metrics have one detector, whose word is the metric's own.
  if (only !== undefined && only.status !== 'not_evaluable' && votesNeeded(metric, 1) === 1)
    return inTheNameOfAll(only, only.status, only.reason);

  const voting = verdicts.filter((verdict) => verdict.status !== 'not_evaluable');
  const first = verdicts[0];
  if (voting.length === 0 || first === undefined)
    return {
      metric: metric.id,
      slice: point.slice,
      bucketStart: point.bucketStart,
      detector: COMBINED,
      status: 'not_evaluable',
      reason: first?.reason ?? 'cold_start',
      value: point.value,
      expected: null,
      lower: null,
      upper: null,
      score: null,
      direction: null,
    };

  const needed = votesNeeded(metric, verdicts.length);
  const anomalous = voting.filter((verdict) => verdict.status === 'anomalous');
  const agreeing = ['up', 'down'].map((direction) =>
    anomalous.filter((verdict) => verdict.direction === direction),
  );
  const majority = agreeing.reduce((a, b) => (b.length > a.length ? b : a));
  if (majority.length >= needed) {
    const deciding = decisive(majority, needed);
    return inTheNameOfAll(deciding, deciding.status, deciding.reason);
  }

  const loudest = decisive(voting, Math.min(needed, voting.length));
  return inTheNameOfAll(loudest, 'normal', anomalous.length > 0 ? 'outvoted' : loudest.reason);
}

/** Field by field in one literal: a spread costs as much as judging the point does. */
function inTheNameOfAll(
  { metric, slice, bucketStart, value, expected, lower, upper, score, direction }: Verdict,
  status: Verdict['status'],
  reason: Verdict['reason'],
): Verdict {
  return {
    metric,
    slice,
    bucketStart,
    detector: COMBINED,
    status,
    reason,
    value,
    expected,
    lower,
    upper,
    score,
    direction,
  };
}

/** `all` means all of the metric's detectors: one that is still warming up withholds its vote. */
function votesNeeded(metric: MetricDefinition, detectors: number): number {
  if (metric.combine === 'any') return 1;
  if (metric.combine === 'all') return detectors;
  return metric.combine.atLeast;
}

function decisive(verdicts: readonly Verdict[], rank: number): Verdict {
  const byScore = [...verdicts].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const chosen = byScore[rank - 1] ?? byScore[0];
  if (chosen === undefined) throw new Error('no verdict to decide by');
  return chosen;
}
