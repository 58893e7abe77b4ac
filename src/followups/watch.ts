import type { Instant } from '../model/clock.js';
import type { Effect } from '../model/follow-up.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { effectOf, isInBand, isNearerToBefore, levelText } from './band.js';
import { type MeasuredEffect, measureEffect } from './measure/effect.js';
import { bandAt, isWithin, type PointBand } from './measure/in-band.js';
import type { Measure } from './measure/measure.js';
import { type FollowUpReason, type FollowUpRecord, levelOf, type PointTotals } from './record.js';

/** One point out of band can be chance; so many in a row say that the fix does not hold. */
const FAILED_AFTER = 2;
/** A fix that has shown nothing for sure after so many times the points that it needed has shown nothing. */
const GIVEN_UP_AFTER = 4;
/** Buckets that could not be judged are remembered up to here; a watch with more of them has no data. */
const MOST_SKIPPED = 500;

/** What a watched point makes of its follow-up. */
export interface Watched {
  reason: FollowUpReason;
  changes: Partial<FollowUpRecord>;
}

export interface WatchedPoint {
  point: Point;
  verdict: Verdict;
  measure?: Measure;
}

/**
 * Takes in one point of a follow-up whose fix has shipped; null when the point is not part of the watch: its bucket
 * began before the fix, or has been seen.
 *
 * Enough evaluable points in a row in band verify the fix, if what has changed since the incident is beyond chance and
 * beyond what untreated sisters did. As long as that is in doubt the watch goes on, and is given up after four times
 * the points. Two points in a row out of band end it, and one that is worse than the incident ends it at once.
 */
export function onWatchedPoint(
  before: FollowUpRecord,
  { point, verdict, measure }: WatchedPoint,
  now: Instant,
): Watched | null {
  const { watch, fixShippedAt } = before;
  if (watch === null || fixShippedAt === null) return null;
  if (point.bucketStart < fixShippedAt || point.bucketStart <= watch.lastBucket) return null;
  if (verdict.status === 'not_evaluable') return skipped(before, point, verdict);
  const held = holdAgainst(before, { point, verdict, ...(measure === undefined ? {} : { measure }) });
  const pointsInBand = held.inBand ? watch.pointsInBand + 1 : 0;
  const outOfBandRun = held.inBand ? 0 : before.outOfBandRun + 1;
  const after: PointTotals = {
    points: before.watchedPoints + 1,
    numerator: watch.numerator + point.numerator,
    denominator: watch.denominator + (point.denominator ?? 0),
  };
  if (held.worse) return failed(before, after, 'Worse than during the incident since the fix');
  if (outOfBandRun >= FAILED_AFTER) {
    return failed(before, after, `${outOfBandRun} points in a row out of band since the fix`);
  }
  const seen: Partial<FollowUpRecord> = {
    watchedPoints: after.points,
    outOfBandRun,
    watch: {
      ...watch,
      ...held.band,
      pointsInBand,
      lastBucket: point.bucketStart,
      numerator: after.numerator,
      denominator: after.denominator,
    },
  };
  const hasEnough = pointsInBand >= watch.pointsNeeded && after.points >= before.nextLook;
  const isLast = after.points >= GIVEN_UP_AFTER * watch.pointsNeeded;
  if (hasEnough || isLast) {
    const looked = look(before, after, point, measure);
    if (hasEnough && looked.improved) {
      return {
        reason: 'verified',
        changes: { ...seen, state: 'verified', closedAt: now, effect: looked.effect },
      };
    }
    if (isLast || looked.isFinal) return failed(before, after, looked.finding);
    seen.nextLook = after.points * 2;
  }
  const goesOn = held.inBand ? 'point_in_band' : 'point_out_of_band';
  const reason = before.state === 'fix_shipped' ? 'verifying' : goesOn;
  return { reason, changes: { ...seen, state: 'verifying' } };
}

/** Takes in one evaluable point of a verified follow-up that is still guarded; null when it changes nothing. */
export function onGuardedPoint(before: FollowUpRecord, watched: WatchedPoint): Watched | null {
  const { point } = watched;
  if (before.watch === null || point.bucketStart <= before.watch.lastBucket) return null;
  const { inBand } = holdAgainst(before, watched);
  if (inBand && before.outOfBandRun === 0) return null;
  const outOfBandRun = inBand ? 0 : before.outOfBandRun + 1;
  if (outOfBandRun < FAILED_AFTER) {
    const watch = { ...before.watch, lastBucket: point.bucketStart };
    return { reason: inBand ? 'point_in_band' : 'point_out_of_band', changes: { outOfBandRun, watch } };
  }
  const text = (level: number) => levelText(level, point.denominator !== null);
  return {
    reason: 'relapsed',
    changes: {
      duringFrom: point.bucketStart,
      firedAt: point.bucketStart,
      outOfBandRun: 0,
      note: `${outOfBandRun} points in a row out of band after it was verified, the last at ${text(point.value)}, against ${text(before.effect?.after ?? before.baseline.expected)} when it was.`,
    },
  };
}

interface Held {
  inBand: boolean;
  /** Beyond even what the incident's own level would bring. */
  worse: boolean;
  /** Null without a baseline: then the alert's band goes on to be shown. */
  band: PointBand | null;
}

function holdAgainst(before: FollowUpRecord, { point, verdict, measure }: WatchedPoint): Held {
  const baseline = measure?.baseline ?? null;
  if (measure === undefined || baseline === null) {
    return { inBand: isInBand(before, point, verdict), worse: false, band: null };
  }
  const phase = measure.phaseOf(point.bucketStart);
  const band = bandAt(baseline, point, phase);
  const inBand = isWithin(band, point.value, before.direction);
  const asBad = bandAt(baseline, point, phase, before.during);
  return { inBand, worse: !inBand && !isWithin(asBad, point.value, before.direction), band };
}

interface Look {
  improved: boolean;
  /** True when more points would not help. */
  isFinal: boolean;
  effect: Effect;
  finding: string;
}

/** Without enough history the level over all points must at least be nearer to before than to the incident. */
function look(before: FollowUpRecord, after: PointTotals, point: Point, measure: Measure | undefined): Look {
  const measured = measureOf(before, measure);
  if (measured === null) {
    const improved = isNearerToBefore(before, levelOf(after));
    const effect = effectOf(before, after, point.bucketSeconds);
    return { improved, isFinal: !improved, effect, finding: NEARER };
  }
  const { effect, doubt } = measured;
  const returned = Math.abs(effect.after - effect.before) <= Math.abs(effect.after - effect.during);
  const text = (level: number) => levelText(level, point.denominator !== null);
  return {
    improved: measured.improved && returned,
    isFinal: measured.improved && !returned,
    effect,
    finding: measured.improved ? NEARER : doubtText(effect, doubt, text),
  };
}

const NEARER = 'In band since the fix, but nearer to the incident than to before it';

function doubtText(effect: Effect, doubt: MeasuredEffect['doubt'], text: (level: number) => string): string {
  const { net, difference } = effect.evidence ?? { net: null, difference: null };
  if (doubt === 'general_recovery' && net !== null) {
    return `Slices without the fix have changed as well: beyond them it makes ${text(net.estimate)} (90 % interval ${text(net.lower)} to ${text(net.upper)})`;
  }
  const change =
    difference === null
      ? ''
      : ` of ${text(difference.estimate)} (90 % interval ${text(difference.lower)} to ${text(difference.upper)})`;
  return `The change${change} since the fix is not beyond chance`;
}

function measureOf(before: FollowUpRecord, measure: Measure | undefined): MeasuredEffect | null {
  const { direction, incidentFrom, duringFrom, firedAt, fixShippedAt } = before;
  if (measure === undefined || fixShippedAt === null) return null;
  const { baseline, evidence } = measure;
  if (baseline === null || evidence === null) return null;
  const course = { direction, incidentFrom, duringFrom, firedAt, fixShippedAt };
  return measureEffect(baseline, evidence, course, new Set(before.skipped));
}

/** A point of too few cases is known for it by its denominator; every other one has to be remembered. */
function skipped(before: FollowUpRecord, point: Point, verdict: Verdict): Watched | null {
  const isThin = verdict.reason === 'low_volume' && point.denominator !== null;
  if (isThin || before.skipped.includes(point.bucketStart)) return null;
  const remembered = [...before.skipped, point.bucketStart].slice(-MOST_SKIPPED);
  return { reason: 'point_skipped', changes: { skipped: remembered } };
}

/** The numbers go into the note, because they are what the owner needs in order to go on. */
function failed(before: FollowUpRecord, after: PointTotals, finding: string): Watched {
  const text = (level: number) => levelText(level, after.denominator > 0);
  const { baseline, direction, during } = before;
  const edge = direction === 'up' ? `at most ${text(baseline.upper)}` : `at least ${text(baseline.lower)}`;
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
      nextLook: 0,
      skipped: [],
    },
  };
}
