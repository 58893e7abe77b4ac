import type { AlertKind, AlertPoint, Carrier, EscalationPolicy, Feedback } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { AlertRule, Severity } from '../model/metric.js';
import type { AlertSilence } from '../model/silence.js';
import {
  beginEscalation,
  pauseEscalation,
  restingEscalation,
  resumeEscalation,
  takeStep,
  targetsOfStep,
} from './escalation.js';
import { alertIdOf, fingerprintOf, type SeriesName } from './fingerprint.js';
import { addToImpact, isGraver, NO_IMPACT } from './impact.js';
import { type AlertReason, type AlertRecord, isMuted, isOpen, isQuiet } from './record.js';
import { anomalousIn, lengthened } from './run.js';

/** When a run of points opens, reopens or ends an alert. */
export type RunRule = Pick<AlertRule, 'for' | 'forOf' | 'recover' | 'mergeGap'>;

/** The series that an alert is about, and what is copied from its definition onto the alert. */
export interface Subject extends SeriesName {
  kind: AlertKind;
  title: string;
  owner: string;
  runbook: string;
  bucketSeconds: number;
  /** The policy as it is now, for the severity with which the alert fires. */
  policyFor(severity: Severity): EscalationPolicy;
}

/**
 * What can happen to an alert. `inhibitor` is the open alert of a parent slice at that moment, empty for none;
 * `silence` what mutes it then, null for none.
 */
export type AlertInput =
  | {
      kind: 'anomalous';
      subject: Subject;
      rule: RunRule;
      point: AlertPoint;
      /** Money of the point's counted events. */
      amount: number;
      severity: Severity;
      carriers: readonly Carrier[];
      inhibitor: string;
      silence: AlertSilence | null;
    }
  | { kind: 'normal'; rule: RunRule; point: AlertPoint }
  | { kind: 'not_evaluable' }
  /** The moment that the escalation waits for: a step, the end of an acknowledgement or of a hold. */
  | { kind: 'due'; inhibitor: string }
  | { kind: 'parent_resolved'; parent: string; releaseAt: Instant }
  | { kind: 'acknowledge'; actor: string }
  | { kind: 'resolve' }
  /** A silence begins to mute it, or another one takes over; `snooze` when a person asked for it on this alert. */
  | { kind: 'silenced'; silence: AlertSilence; snooze: boolean }
  | { kind: 'silence_ended' }
  | { kind: 'feedback'; feedback: Feedback }
  | { kind: 'hand_over'; owner: string };

/** Why a person's command does not apply. */
export type CommandRefusal = 'not_firing' | 'already_acknowledged' | 'already_resolved' | 'already_the_owner';

export type Transition =
  | { outcome: 'changed'; alert: AlertRecord; reason: AlertReason }
  | { outcome: 'unchanged' }
  | { outcome: 'refused'; reason: CommandRefusal };

const UNCHANGED: Transition = { outcome: 'unchanged' };

type Anomalous = Extract<AlertInput, { kind: 'anomalous' }>;

/**
 * The alert state machine: what becomes of a series' latest alert, or of none, by one input. It decides and
 * does nothing else; who is told of it is `audienceOf`'s business.
 */
export function transition(before: AlertRecord | null, input: AlertInput, now: Instant): Transition {
  switch (input.kind) {
    case 'anomalous':
      return onAnomalous(before, input, now);
    case 'normal':
      return before === null ? UNCHANGED : onNormal(before, input, now);
    case 'not_evaluable':
      // Missing data says nothing: it neither resolves an alert nor breaks or lengthens any run.
      return UNCHANGED;
    case 'due':
      return before === null ? UNCHANGED : onDue(before, input.inhibitor, now);
    case 'parent_resolved':
      if (before?.state !== 'firing' || before.heldBy !== input.parent) return UNCHANGED;
      return changed(before, 'parent_resolved', {
        escalation: { ...before.escalation, nextAt: input.releaseAt },
      });
    case 'acknowledge':
      return onAcknowledge(before, input.actor, now);
    case 'resolve':
      if (before === null || before.state === 'pending') return refused('not_firing');
      if (before.state === 'resolved') return refused('already_resolved');
      return resolved(before, 'resolved', now);
    case 'silenced':
      if (before === null || before.state === 'pending') return refused('not_firing');
      if (before.state === 'resolved') return refused('already_resolved');
      return onSilenced(before, input);
    case 'silence_ended':
      return before === null || !isMuted(before) ? UNCHANGED : onSilenceEnded(before, now);
    case 'feedback':
      if (before === null || before.openedAt === null) return refused('not_firing');
      return changed(before, 'feedback', { feedback: input.feedback });
    case 'hand_over':
      if (before === null || before.state === 'pending') return refused('not_firing');
      if (before.state === 'resolved') return refused('already_resolved');
      if (before.owner === input.owner) return refused('already_the_owner');
      return decided(before, 'handed_over', { owner: input.owner });
  }
}

/** The steps stand still; the end of an acknowledgement still comes. */
function onSilenced(
  before: AlertRecord,
  { silence, snooze }: Extract<AlertInput, { kind: 'silenced' }>,
): Transition {
  const { escalation } = before;
  return decided(before, snooze ? 'snoozed' : 'silenced', {
    silence,
    escalation: before.state === 'acknowledged' ? escalation : { ...escalation, nextAt: null },
  });
}

/** Whoever was told before hears that it is still there; the steps go on where they stood. */
function onSilenceEnded(before: AlertRecord, now: Instant): Transition {
  const after = { ...before, silence: null };
  if (before.state !== 'firing') return decided(before, 'silence_ended', { silence: null });
  const { escalation } = before;
  const waiting = isQuiet(after)
    ? escalation
    : escalation.told.length === 0
      ? beginEscalation(escalation.policy, [], now)
      : resumeEscalation(escalation, now);
  return decided(before, 'silence_ended', { silence: null, escalation: waiting });
}

function onAnomalous(before: AlertRecord | null, input: Anomalous, now: Instant): Transition {
  if (episodeOf(before, input.rule, now) === null || before === null) return onFirstAnomalous(input, now);
  const noted = noteAnomalous(before, input);
  const longEnough = noted.anomalousRun >= input.rule.for;
  switch (before.state) {
    case 'pending':
      return longEnough ? fire(before, noted, input, 'fired', now) : changed(before, 'anomalous', noted);
    case 'resolved':
      return longEnough
        ? fire(before, { ...noted, timesReopened: before.timesReopened + 1 }, input, 'reopened', now)
        : changed(before, 'recurring', noted);
    case 'firing':
      if (before.heldBy !== '') return onAnomalousWhileHeld(before, noted, input.inhibitor, now);
      return changed(before, isGraver(noted.severity, before.severity) ? 'worsened' : 'anomalous', noted);
    case 'acknowledged':
      return changed(before, isGraver(noted.severity, before.severity) ? 'worsened' : 'anomalous', noted);
  }
}

/**
 * The episode that an anomalous point goes on with; null when it begins a new one. A resolved alert comes back when
 * it fires within the merge gap; a run that began within the gap may end after it. One that never fired was no
 * episode to come back to.
 */
export function episodeOf(
  before: AlertRecord | null,
  { mergeGap }: Pick<RunRule, 'mergeGap'>,
  now: Instant,
): AlertRecord | null {
  if (before?.state !== 'resolved') return before;
  if (before.openedAt === null || before.resolvedAt === null) return null;
  return before.anomalousRun === 0 && now - before.resolvedAt > mergeGap ? null : before;
}

function onFirstAnomalous(input: Anomalous, now: Instant): Transition {
  const { subject, point, severity, rule } = input;
  const fingerprint = fingerprintOf(subject);
  const fresh: AlertRecord = {
    alertId: alertIdOf(fingerprint, point.bucketStart),
    kind: subject.kind,
    fingerprint,
    metric: subject.metric,
    slice: subject.slice,
    direction: subject.direction,
    severity,
    state: 'pending',
    title: subject.title,
    startedAt: point.bucketStart,
    openedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: '',
    resolvedAt: null,
    anomalousRun: 1,
    run: lengthened('', true, rule),
    normalRun: 0,
    first: point,
    last: point,
    worst: point,
    ...addToImpact(NO_IMPACT, point, input.amount, subject.direction),
    carriers: input.carriers,
    owner: subject.owner,
    runbook: subject.runbook,
    escalation: restingEscalation(subject.policyFor(severity)),
    timesReopened: 0,
    silence: null,
    feedback: null,
    version: 0,
    stateVersion: 1,
    heldBy: '',
    bucketSeconds: subject.bucketSeconds,
  };
  return rule.for <= 1 ? fire(fresh, fresh, input, 'fired', now) : changed(fresh, 'pending', {});
}

function noteAnomalous(before: AlertRecord, input: Anomalous): AlertRecord {
  const { point } = input;
  const run = lengthened(before.run ?? '', true, input.rule);
  return {
    ...before,
    ...addToImpact(before, point, input.amount, before.direction),
    severity: isGraver(input.severity, before.severity) ? input.severity : before.severity,
    anomalousRun: isOpen(before) ? before.anomalousRun + 1 : anomalousIn(run),
    run,
    normalRun: 0,
    last: point,
    worst: point.score > before.worst.score ? point : before.worst,
    carriers: input.carriers.length > 0 ? input.carriers : before.carriers,
  };
}

/** The policy is copied now and stays through the episode, so that an edit never breaks a running alert. */
function fire(
  before: AlertRecord,
  noted: AlertRecord,
  input: Anomalous,
  reason: 'fired' | 'reopened',
  now: Instant,
): Transition {
  const policy = reason === 'fired' ? input.subject.policyFor(noted.severity) : before.escalation.policy;
  const told = before.escalation.told;
  const held = input.inhibitor !== '';
  const quiet = held || input.silence !== null;
  return changed(before, held ? 'inhibited' : reason, {
    ...noted,
    title: input.subject.title,
    state: 'firing',
    openedAt: before.openedAt ?? now,
    acknowledgedAt: null,
    acknowledgedBy: '',
    resolvedAt: null,
    heldBy: input.inhibitor,
    silence: input.silence,
    escalation: quiet ? restingEscalation(policy, told) : beginEscalation(policy, told, now),
  });
}

/** An anomalous point is proof that a held alert outlives its parent, so it need not wait any longer. */
function onAnomalousWhileHeld(
  before: AlertRecord,
  noted: AlertRecord,
  inhibitor: string,
  now: Instant,
): Transition {
  if (inhibitor === '') return release(before, noted, now);
  return changed(before, 'anomalous', {
    ...noted,
    heldBy: inhibitor,
    escalation: { ...before.escalation, nextAt: null },
  });
}

function release(before: AlertRecord, noted: Partial<AlertRecord>, now: Instant): Transition {
  const { policy, told } = before.escalation;
  return changed(before, 'inhibition_ended', {
    ...noted,
    heldBy: '',
    escalation: isMuted(before) ? restingEscalation(policy, told) : beginEscalation(policy, told, now),
  });
}

function onNormal(
  before: AlertRecord,
  { rule, point }: Extract<AlertInput, { kind: 'normal' }>,
  now: Instant,
): Transition {
  const noted = { last: point, anomalousRun: 0, normalRun: before.normalRun + 1 };
  if (!isOpen(before)) {
    if (before.anomalousRun === 0) return UNCHANGED;
    const run = lengthened(before.run ?? '', false, rule);
    if (run !== '') return changed(before, 'recovering', { ...noted, anomalousRun: anomalousIn(run), run });
    if (before.state === 'pending') return resolved(before, 'subsided', now, noted);
    return changed(before, 'subsided', { ...noted, run });
  }
  return noted.normalRun >= rule.recover
    ? resolved(before, 'resolved', now, noted)
    : changed(before, 'recovering', noted);
}

function onDue(before: AlertRecord, inhibitor: string, now: Instant): Transition {
  const { nextAt } = before.escalation;
  if (!isOpen(before) || nextAt === null || nextAt > now) return UNCHANGED;
  if (before.state === 'acknowledged') {
    return changed(before, 'ack_timed_out', {
      state: 'firing',
      acknowledgedAt: null,
      acknowledgedBy: '',
      ...afterAcknowledgement(before, inhibitor, now),
    });
  }
  if (before.heldBy !== '') {
    if (inhibitor === '') return release(before, {}, now);
    return changed(before, 'inhibited', {
      heldBy: inhibitor,
      escalation: { ...before.escalation, nextAt: null },
    });
  }
  const reason =
    targetsOfStep(before.escalation).length === 0
      ? 'nobody_to_tell'
      : before.escalation.told.length === 0
        ? 'first_notification'
        : 'escalated';
  return changed(before, reason, { escalation: takeStep(before.escalation, now) });
}

function afterAcknowledgement(before: AlertRecord, inhibitor: string, now: Instant): Partial<AlertRecord> {
  const stillHeld = before.heldBy !== '' && inhibitor !== '';
  if (isMuted(before)) return { escalation: { ...before.escalation, nextAt: null } };
  if (stillHeld) return { heldBy: inhibitor, escalation: { ...before.escalation, nextAt: null } };
  return { heldBy: '', escalation: resumeEscalation(before.escalation, now) };
}

function onAcknowledge(before: AlertRecord | null, actor: string, now: Instant): Transition {
  if (before === null || before.state === 'pending') return refused('not_firing');
  if (before.state === 'resolved') return refused('already_resolved');
  if (before.state === 'acknowledged') return refused('already_acknowledged');
  return changed(before, 'acknowledged', {
    state: 'acknowledged',
    acknowledgedAt: now,
    acknowledgedBy: actor,
    escalation: pauseEscalation(before.escalation, now),
  });
}

/** The runs start anew, so that only what comes after the end can reopen the alert. */
function resolved(
  before: AlertRecord,
  reason: 'resolved' | 'subsided',
  now: Instant,
  noted: Partial<AlertRecord> = {},
): Transition {
  return changed(before, reason, {
    ...noted,
    anomalousRun: 0,
    run: '',
    state: 'resolved',
    resolvedAt: now,
    heldBy: '',
    silence: null,
    escalation: { ...before.escalation, nextAt: null },
  });
}

function refused(reason: CommandRefusal): Transition {
  return { outcome: 'refused', reason };
}

/** A change of what people decide on: what they saw before it is stale. */
function decided(before: AlertRecord, reason: AlertReason, changes: Partial<AlertRecord>): Transition {
  return changed(before, reason, { ...changes, stateVersion: before.version + 1 });
}

function changed(before: AlertRecord, reason: AlertReason, changes: Partial<AlertRecord>): Transition {
  const after = { ...before, ...changes, version: before.version + 1 };
  const stateVersion = after.state === before.state ? after.stateVersion : after.version;
  return { outcome: 'changed', reason, alert: { ...after, stateVersion } };
}
