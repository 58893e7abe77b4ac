import type { Alert, AlertPoint, EpisodeTotals } from '../model/alert.js';
import type { AlertRule, Severity } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Direction, Verdict } from '../model/verdict.js';

/** A point as an alert remembers it; null when nothing was expected of it, so that it cannot be weighed. */
export function alertPointOf(point: Point, verdict: Verdict): AlertPoint | null {
  const { expected, lower, upper, score } = verdict;
  if (expected === null || lower === null || upper === null || score === null) return null;
  const { bucketStart, value, numerator, denominator } = point;
  return { bucketStart, value, numerator, denominator, expected, lower, upper, score };
}

/**
 * How grave an alert is by its newest point and by what its episode has cost so far. Critical is what is far out of
 * its band (a score is the deviation in half-widths of the band) and has cost enough events to matter, and what has
 * cost very many or very much, however far out it is.
 */
export function severityOf(
  score: number,
  { impactCount, impactAmount }: Pick<Impact, 'impactCount' | 'impactAmount'>,
  rule: Pick<AlertRule, 'criticalScore' | 'criticalMinEvents' | 'criticalEvents' | 'criticalAmount'>,
): Severity {
  const farOut = score >= rule.criticalScore && impactCount >= (rule.criticalMinEvents ?? 0);
  const costly =
    impactCount >= (rule.criticalEvents ?? Number.POSITIVE_INFINITY) ||
    impactAmount >= (rule.criticalAmount ?? Number.POSITIVE_INFINITY);
  return farOut || costly ? 'critical' : 'warning';
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

/** True when `a` is graver than `b`. */
export function isGraver(a: Severity, b: Severity): boolean {
  return RANK[a] > RANK[b];
}

/**
 * Events beyond the expected ones in one point, positive when it is worse: for a rate the deviation times the
 * cases that it was counted over, for a count or a sum the deviation itself.
 */
function excessOf(point: AlertPoint, direction: Direction): number {
  const deviation = (point.value - point.expected) * (point.denominator ?? 1);
  return direction === 'up' ? deviation : -deviation;
}

/** What an alert knows of its episode's cost. */
export type Impact = Pick<Alert, 'episode' | 'impactCount' | 'impactAmount'>;

/** The impact of an episode before its first point. */
export const NO_IMPACT: Impact = {
  episode: { points: 0, numerator: 0, denominator: 0, amount: 0 },
  impactCount: 0,
  impactAmount: 0,
};

/**
 * Adds one anomalous point. Money is the excess at the average amount of the episode's counted events, pooled
 * over its points, so that a point without any event still costs what an event usually does.
 */
export function addToImpact(impact: Impact, point: AlertPoint, amount: number, direction: Direction): Impact {
  const episode: EpisodeTotals = {
    points: impact.episode.points + 1,
    numerator: impact.episode.numerator + point.numerator,
    denominator: impact.episode.denominator + (point.denominator ?? 0),
    amount: impact.episode.amount + amount,
  };
  const impactCount = impact.impactCount + excessOf(point, direction);
  const averageAmount = episode.numerator > 0 ? episode.amount / episode.numerator : 0;
  return { episode, impactCount, impactAmount: impactCount * averageAmount };
}
