import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Priority } from '../model/follow-up.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import type { Measure } from './measure/measure.js';
import {
  type FollowUpReason,
  type FollowUpRecord,
  isOpenFollowUp,
  isWaitingForPeople,
  levelOf,
} from './record.js';
import { onGuardedPoint, onWatchedPoint } from './watch.js';
import { linked, type Reasoned, reasoned, written } from './work.js';

/** What can happen to a follow-up. `dueAt` is the date that it gets when it is opened anew. */
export type FollowUpInput =
  | { kind: 'acknowledge' }
  | { kind: 'start' }
  /** `pointsNeeded` evaluable points in band will verify the fix, which went out at `shippedAt`, now unless told. */
  | { kind: 'ship_fix'; pointsNeeded: number; shippedAt?: Instant | undefined }
  | { kind: 'wont_do'; note: string }
  | { kind: 'reopen'; dueAt: Instant }
  | ({ kind: 'assign'; owner: string } & Reasoned)
  | ({ kind: 'set_due'; dueAt: Instant } & Reasoned)
  | ({ kind: 'set_priority'; priority: Priority } & Reasoned)
  | { kind: 'note'; text: string; actor: string }
  | { kind: 'link'; url: string; title: string; actor: string }
  | { kind: 'set_action'; action: string }
  | { kind: 'attach_alert'; alert: Alert }
  /** `measure` knows the past; without it the alert's own band is all there is. `guard` is for verified ones. */
  | { kind: 'point'; point: Point; verdict: Verdict; measure?: Measure; guard?: Guard }
  | { kind: 'recurrence'; alert: Alert; reopenWindow: number; dueAt: Instant }
  | { kind: 'remind'; reason: FollowUpReason }
  | { kind: 'climb'; to: string };

/** How long a verified metric is watched on, and the due date of one that relapses. */
export interface Guard {
  window: number;
  dueAt: Instant;
}

/** Why a person's command does not apply. */
export type FollowUpRefusal =
  | 'already_done'
  | 'already_closed'
  | 'not_closed'
  | 'reason_required'
  | 'due_in_past'
  /** A fix cannot have gone out in the future, nor before what it is for. */
  | 'shipped_at_wrong';

export type FollowUpTransition =
  | { outcome: 'changed'; followUp: FollowUpRecord; reason: FollowUpReason }
  | { outcome: 'unchanged' }
  | { outcome: 'refused'; reason: FollowUpRefusal };

/** What people decide without changing the state; whoever decides as well must have seen it. */
const DECISIONS: ReadonlySet<FollowUpReason> = new Set([
  'assigned',
  'due_changed',
  'priority_changed',
  'action_set',
]);

const UNCHANGED: FollowUpTransition = { outcome: 'unchanged' };

/**
 * The follow-up state machine. People may skip states forwards, because whoever ships a fix has started on
 * it; they never go back and never enter `verifying` or `verified`, which only points can do.
 */
export function transition(before: FollowUpRecord, input: FollowUpInput, now: Instant): FollowUpTransition {
  switch (input.kind) {
    case 'acknowledge':
      if (before.state === 'open') return changed(before, 'acknowledged', { state: 'acknowledged' });
      return tooLate(before);
    case 'start':
      if (before.state === 'open' || before.state === 'acknowledged') {
        return changed(before, 'started', { state: 'in_progress' });
      }
      return tooLate(before);
    case 'ship_fix':
      return isWaitingForPeople(before) ? shipFix(before, input, now) : tooLate(before);
    case 'wont_do':
      if (!isOpenFollowUp(before)) return tooLate(before);
      if (input.note.trim() === '') return { outcome: 'refused', reason: 'reason_required' };
      return changed(before, 'wont_do', { state: 'wont_do', closedAt: now, note: input.note, watch: null });
    case 'reopen':
      if (isOpenFollowUp(before)) return { outcome: 'refused', reason: 'not_closed' };
      return changed(before, 'reopened', anew(before, input.dueAt, now));
    case 'assign':
      if (!isOpenFollowUp(before)) return tooLate(before);
      return changed(before, 'assigned', {
        owner: input.owner,
        remindFrom: now,
        climbed: null,
        ...reasoned(before, 'owner', input, now),
      });
    case 'set_due':
      if (!isOpenFollowUp(before)) return tooLate(before);
      if (input.dueAt <= now) return { outcome: 'refused', reason: 'due_in_past' };
      if ((input.reason ?? '').trim() === '') return { outcome: 'refused', reason: 'reason_required' };
      return changed(before, 'due_changed', {
        dueAt: input.dueAt,
        remindFrom: now,
        climbed: null,
        ...reasoned(before, 'due', input, now),
      });
    case 'set_priority':
      if (!isOpenFollowUp(before)) return tooLate(before);
      if (input.priority === before.priority) return { outcome: 'refused', reason: 'already_done' };
      if ((input.reason ?? '').trim() === '') return { outcome: 'refused', reason: 'reason_required' };
      return changed(before, 'priority_changed', {
        priority: input.priority,
        ...reasoned(before, 'priority', input, now),
      });
    case 'note':
      return changed(before, 'noted', written(before, 'note', input.actor, input.text, now));
    case 'link': {
      const work = linked(before, input, now);
      return work === null ? UNCHANGED : changed(before, 'linked', work);
    }
    case 'set_action':
      if (!isOpenFollowUp(before)) return tooLate(before);
      return changed(before, 'action_set', { work: { ...before.work, action: input.action } });
    case 'attach_alert':
      if (before.alertIds.includes(input.alert.alertId))
        return { outcome: 'refused', reason: 'already_done' };
      // The newest stays last, because it is the one in whose thread people are told.
      return changed(before, 'alert_attached', { alertIds: [input.alert.alertId, ...before.alertIds] });
    case 'point':
      return onPoint(before, input, now);
    case 'recurrence':
      return onRecurrence(before, input, now);
    case 'remind':
      if (!isWaitingForPeople(before)) return UNCHANGED;
      return changed(before, input.reason, { remindedAt: now });
    case 'climb':
      if (!isWaitingForPeople(before)) return UNCHANGED;
      return changed(before, 'climbed', { climbed: { to: input.to, at: now } });
  }
}

/** What an alert tells a follow-up of the level before and during its incident. */
export function incidentOf(
  alert: Alert,
): Pick<FollowUpRecord, 'baseline' | 'bandDenominator' | 'during' | 'incident' | 'duringFrom' | 'firedAt'> {
  const { points, numerator, denominator } = alert.episode;
  const { expected, lower, upper } = alert.first;
  const incident = { points, numerator, denominator, lastBucket: alert.last.bucketStart };
  return {
    baseline: { expected, lower, upper },
    bandDenominator: alert.first.denominator,
    during: levelOf(incident),
    incident,
    duringFrom: alert.startedAt,
    firedAt: alert.openedAt ?? alert.startedAt,
  };
}

function tooLate(before: FollowUpRecord): FollowUpTransition {
  return { outcome: 'refused', reason: isOpenFollowUp(before) ? 'already_done' : 'already_closed' };
}

function shipFix(
  before: FollowUpRecord,
  { pointsNeeded, shippedAt: given }: Extract<FollowUpInput, { kind: 'ship_fix' }>,
  now: Instant,
): FollowUpTransition {
  const shippedAt = given ?? now;
  if (shippedAt > now || shippedAt < before.duringFrom) {
    return { outcome: 'refused', reason: 'shipped_at_wrong' };
  }
  const { expected, lower, upper } = before.baseline;
  return changed(before, 'fix_shipped', {
    state: 'fix_shipped',
    fixShippedAt: shippedAt,
    note: '',
    watchedPoints: 0,
    outOfBandRun: 0,
    nextLook: pointsNeeded,
    skipped: [],
    watch: {
      pointsNeeded,
      pointsInBand: 0,
      expected,
      lower,
      upper,
      lastBucket: 0,
      numerator: 0,
      denominator: 0,
    },
  });
}

function anew(before: FollowUpRecord, dueAt: Instant, now: Instant): Partial<FollowUpRecord> {
  return {
    state: 'open',
    closedAt: null,
    fixShippedAt: null,
    watch: null,
    effect: null,
    note: '',
    timesReopened: before.timesReopened + 1,
    dueAt,
    remindedAt: null,
    remindFrom: now,
    climbed: null,
  };
}

/** What could not be judged counts neither for a fix nor against it. */
function onPoint(
  before: FollowUpRecord,
  input: Extract<FollowUpInput, { kind: 'point' }>,
  now: Instant,
): FollowUpTransition {
  const { point, verdict, guard } = input;
  if (before.state === 'verified') {
    if (guard === undefined || verdict.status === 'not_evaluable') return UNCHANGED;
    if (now - (before.closedAt ?? 0) > guard.window) return UNCHANGED;
    const guarded = onGuardedPoint(before, input);
    if (guarded === null) return UNCHANGED;
    if (guarded.reason !== 'relapsed') return changed(before, guarded.reason, guarded.changes);
    return changed(before, 'relapsed', { ...anew(before, guard.dueAt, now), ...guarded.changes });
  }
  if (!isOpenFollowUp(before)) return UNCHANGED;
  if (isWaitingForPeople(before)) {
    return verdict.status === 'not_evaluable' ? UNCHANGED : onIncidentPoint(before, point, verdict);
  }
  const watched = onWatchedPoint(before, input, now);
  return watched === null ? UNCHANGED : changed(before, watched.reason, watched.changes);
}

/** A follow-up is mostly opened while the incident goes on; what it does from then on belongs to it as well. */
function onIncidentPoint(before: FollowUpRecord, point: Point, verdict: Verdict): FollowUpTransition {
  const { incident, direction } = before;
  const isPart = verdict.status === 'anomalous' && verdict.direction === direction;
  if (!isPart || point.bucketStart <= incident.lastBucket) return UNCHANGED;
  const grown = {
    points: incident.points + 1,
    numerator: incident.numerator + point.numerator,
    denominator: incident.denominator + (point.denominator ?? 0),
    lastBucket: point.bucketStart,
  };
  return changed(before, 'still_anomalous', { incident: grown, during: levelOf(grown) });
}

/**
 * The series has fired again. An open follow-up goes with the new alert; one that was verified within the
 * window is opened again, with what the new incident was measured against. Somebody's decision not to do it
 * stands until somebody else reopens it.
 */
function onRecurrence(
  before: FollowUpRecord,
  { alert, reopenWindow, dueAt }: Extract<FollowUpInput, { kind: 'recurrence' }>,
  now: Instant,
): FollowUpTransition {
  const isKnown = before.alertIds.includes(alert.alertId);
  const alertIds = isKnown ? before.alertIds : [...before.alertIds, alert.alertId];
  if (isOpenFollowUp(before)) {
    return isKnown ? UNCHANGED : changed(before, 'recurred', { alertId: alert.alertId, alertIds });
  }
  const closedAt = before.closedAt ?? Number.NEGATIVE_INFINITY;
  if (before.state !== 'verified' || now - closedAt > reopenWindow) return UNCHANGED;
  return changed(before, 'reopened', {
    ...anew(before, dueAt, now),
    ...(isKnown ? {} : incidentOf(alert)),
    alertId: alert.alertId,
    alertIds,
  });
}

function changed(
  before: FollowUpRecord,
  reason: FollowUpReason,
  changes: Partial<FollowUpRecord>,
): FollowUpTransition {
  const after = { ...before, ...changes, version: before.version + 1 };
  const decided = after.state !== before.state || DECISIONS.has(reason);
  const stateVersion = decided ? after.version : before.stateVersion;
  return { outcome: 'changed', reason, followUp: { ...after, stateVersion } };
}
