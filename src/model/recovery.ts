import type { AlertRule } from './metric.js';
import type { Direction, Verdict } from './verdict.js';

/**
 * True for a normal point that counts towards the end of an alert in a direction: one that is further within the band
 * than where an alert begins, when that is what the rule asks for. Otherwise a metric that stays just below its edge
 * would end its alert and begin it again with every point on the edge. On the other side, and where the deviation is too
 * small to matter, there is nothing to wait for.
 */
export function countsAsRecovered(
  { recoverBelow }: Pick<AlertRule, 'recoverBelow'>,
  { score, direction: side, reason }: Pick<Verdict, 'score' | 'direction' | 'reason'>,
  direction: Direction,
): boolean {
  if (recoverBelow === undefined || score === null || side !== direction) return true;
  return score < recoverBelow || (reason !== '' && reason !== 'chance');
}
