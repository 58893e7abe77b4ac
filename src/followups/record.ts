import type { Instant } from '../model/clock.js';
import type { FollowUp, FollowUpState, FollowUpWork } from '../model/follow-up.js';

/** The word for what happened to a follow-up; the reason of its journal entry. */
export type FollowUpReason =
  | 'opened'
  | 'acknowledged'
  | 'started'
  | 'fix_shipped'
  | 'wont_do'
  | 'reopened'
  | 'assigned'
  | 'due_changed'
  | 'priority_changed'
  | 'noted'
  | 'linked'
  | 'action_set'
  | 'alert_attached'
  /** One more anomalous point before any fix: what was seen during the incident is told more exactly. */
  | 'still_anomalous'
  /** The first point after the fix is there, and the watch has begun. */
  | 'verifying'
  | 'point_in_band'
  | 'point_out_of_band'
  /** A point that could not be judged, and counts neither for the fix nor against it. */
  | 'point_skipped'
  | 'verified'
  | 'fix_failed'
  /** Verified, and out of band again while it was still being guarded. */
  | 'relapsed'
  /** The series fired again while the follow-up was open, which belongs to the new alert from now on. */
  | 'recurred'
  | 'due_soon'
  | 'due_today'
  | 'overdue'
  /** The owner's lead has been told that it is overdue. */
  | 'climbed';

/** Sums over points. */
export interface PointTotals {
  points: number;
  numerator: number;
  /** 0 for counts and sums. */
  denominator: number;
}

/** A follow-up as the journal keeps it: the shared noun and what only this room needs to go on from it. */
export interface FollowUpRecord extends FollowUp {
  /** The version at which the state, or what people have decided, last changed: who saw an older one is late. */
  stateVersion: number;
  alertIds: readonly string[];
  work: FollowUpWork;
  /** No reminder is for a moment before this one. */
  remindFrom: Instant;
  /** The lead who was last told that it is overdue, and when; null before. */
  climbed: { to: string; at: Instant } | null;
  /** The cases over which the baseline's band was drawn; null for counts and sums. */
  bandDenominator: number | null;
  /** The incident's anomalous points, up to the newest that was looked at. */
  incident: PointTotals & { lastBucket: Instant };
  /** Start of the first anomalous bucket of all: the expectation is from before it. */
  incidentFrom: Instant;
  /** Start of what the fix is for, the incident or its relapse, and when that was noticed. */
  duringFrom: Instant;
  firedAt: Instant;
  /** Evaluable points since the fix, and how many of the newest in a row were out of band. */
  watchedPoints: number;
  outOfBandRun: number;
  /** With so many evaluable points the effect is measured for the next time. */
  nextLook: number;
  /** Buckets since the fix that could not be judged. */
  skipped: readonly Instant[];
}

const CLOSED: ReadonlySet<FollowUpState> = new Set(['verified', 'wont_do']);

/** Neither verified nor given up. */
export function isOpenFollowUp({ state }: FollowUp): boolean {
  return !CLOSED.has(state);
}

/** Waiting for people and not for the metric: what reminders are for. */
export function isWaitingForPeople({ state }: FollowUp): boolean {
  return state === 'open' || state === 'acknowledged' || state === 'in_progress';
}

/** In the care of the metric: its fix is being verified, or was. */
export function isWatched({ state, watch }: FollowUp): boolean {
  return watch !== null && (state === 'fix_shipped' || state === 'verifying' || state === 'verified');
}

/** The level that totals amount to: a rate's pooled share, otherwise the mean value of a point. */
export function levelOf({ points, numerator, denominator }: PointTotals): number {
  if (denominator > 0) return numerator / denominator;
  return points > 0 ? numerator / points : 0;
}
