import { SECOND, WEEK } from '../model/clock.js';
import type { Effect } from '../model/follow-up.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { type FollowUpRecord, levelOf, type PointTotals } from './record.js';

/** What a point after the fix is held against. */
type Yardstick = Pick<FollowUpRecord, 'baseline' | 'bandDenominator' | 'during' | 'direction'>;

/**
 * True when the point is not out on the bad side of the band from before the incident. Today's band does not
 * count for it, because a detector that has got used to the incident would call it normal.
 *
 * A rate's band was drawn for so many cases; over fewer of them chance alone moves a rate further, by the
 * square root of the ratio, and the band is that much wider. It is never narrower, since rates vary more
 * between days than a binomial law allows. A count has the rhythm of its day and week, which one band does
 * not know; there a normal verdict counts as well, as long as what it expected is nearer to the level before
 * the incident than to the incident's.
 */
export function isInBand(yardstick: Yardstick, point: Point, verdict: Verdict): boolean {
  const { baseline, bandDenominator, direction } = yardstick;
  const widening =
    bandDenominator === null || point.denominator === null || point.denominator <= 0
      ? 1
      : Math.max(1, Math.sqrt(bandDenominator / point.denominator));
  const margin = direction === 'up' ? baseline.upper - baseline.expected : baseline.expected - baseline.lower;
  const deviation = direction === 'up' ? point.value - baseline.expected : baseline.expected - point.value;
  if (deviation <= margin * widening) return true;
  return (
    point.denominator === null &&
    verdict.status === 'normal' &&
    verdict.expected !== null &&
    isNearerToBefore(yardstick, verdict.expected)
  );
}

/** True when a level is no nearer to what was seen during the incident than to what was before it. */
export function isNearerToBefore({ baseline, during }: Yardstick, level: number): boolean {
  return Math.abs(level - baseline.expected) <= Math.abs(level - during);
}

/** What the fix has changed, over all evaluable points since. */
export function effectOf(yardstick: Yardstick, after: PointTotals, bucketSeconds: number): Effect {
  const level = levelOf(after);
  const bucketsAWeek = WEEK / (bucketSeconds * SECOND);
  // A count is spared once in each bucket, a rate as often as there are cases in it.
  const casesInBucket = after.denominator > 0 ? after.denominator / after.points : 1;
  const fall = yardstick.direction === 'up' ? yardstick.during - level : level - yardstick.during;
  return {
    before: yardstick.baseline.expected,
    during: yardstick.during,
    after: level,
    points: after.points,
    savedPerWeek: fall * casesInBucket * bucketsAWeek,
  };
}

/** A level for a person to read: a rate in per cent, anything else as it is, to three digits. */
export function levelText(level: number, isRate: boolean): string {
  return isRate ? `${Number((level * 100).toPrecision(3))} %` : String(Number(level.toPrecision(3)));
}
