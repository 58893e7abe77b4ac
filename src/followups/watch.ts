import type { Instant } from '../model/clock.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { effectOf, isInBand, isNearerToBefore, levelText } from './band.js';
import { type FollowUpReason, type FollowUpRecord, levelOf, type PointTotals } from './record.js';

/** One point out of band can be chance; so many in a row say that the fix does not hold. */
const FAILED_AFTER = 2;

/** What a watched point makes of its follow-up. */
export interface Watched {
  reason: FollowUpReason;
  changes: Partial<FollowUpRecord>;
}

/**
 * Takes in one evaluable point of a follow-up whose fix has shipped; null when the point is not part of the
 * watch: its bucket began before the fix, or has been seen. Enough points in a row in band verify the fix, if
 * the level over all points since is also nearer to before the incident than to the incident; otherwise, and
 * after two points in a row out of band, the work goes on.
 */
export function onWatchedPoint(
  before: FollowUpRecord,
  point: Point,
  verdict: Verdict,
  now: Instant,
): Watched | null {
  const { watch, fixShippedAt } = before;
  if (watch === null || fixShippedAt === null) return null;
  if (point.bucketStart < fixShippedAt || point.bucketStart <= watch.lastBucket) return null;
  const inBand = isInBand(before, point, verdict);
  const pointsInBand = inBand ? watch.pointsInBand + 1 : 0;
  const outOfBandRun = inBand ? 0 : before.outOfBandRun + 1;
  const after: PointTotals = {
    points: before.watchedPoints + 1,
    numerator: watch.numerator + point.numerator,
    denominator: watch.denominator + (point.denominator ?? 0),
  };
  const enough = pointsInBand >= watch.pointsNeeded;
  if (outOfBandRun >= FAILED_AFTER || (enough && !isNearerToBefore(before, levelOf(after)))) {
    return failed(before, after, outOfBandRun);
  }
  const seen: Partial<FollowUpRecord> = {
    watchedPoints: after.points,
    outOfBandRun,
    watch: {
      ...watch,
      pointsInBand,
      lastBucket: point.bucketStart,
      numerator: after.numerator,
      denominator: after.denominator,
    },
  };
  if (enough) {
    const effect = effectOf(before, after, point.bucketSeconds);
    return { reason: 'verified', changes: { ...seen, state: 'verified', closedAt: now, effect } };
  }
  const goesOn = inBand ? 'point_in_band' : 'point_out_of_band';
  const reason = before.state === 'fix_shipped' ? 'verifying' : goesOn;
  return { reason, changes: { ...seen, state: 'verifying' } };
}

/** The numbers go into the note, because they are what the owner needs in order to go on. */
function failed(before: FollowUpRecord, after: PointTotals, outOfBandRun: number): Watched {
  const text = (level: number) => levelText(level, after.denominator > 0);
  const { baseline, direction, during } = before;
  const edge = direction === 'up' ? `at most ${text(baseline.upper)}` : `at least ${text(baseline.lower)}`;
  const finding =
    outOfBandRun >= FAILED_AFTER
      ? `${outOfBandRun} points in a row out of band since the fix`
      : 'In band since the fix, but nearer to the incident than to before it';
  const note = `${finding}: ${text(levelOf(after))} over ${after.points} points, against ${text(baseline.expected)} (${edge}) before the incident and ${text(during)} during it.`;
  return {
    reason: 'fix_failed',
    changes: {
      state: 'in_progress',
      note,
      watch: null,
      fixShippedAt: null,
      watchedPoints: 0,
      outOfBandRun: 0,
    },
  };
}
