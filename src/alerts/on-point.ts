import type { Instant } from '../model/clock.js';
import { rerouted, restingEscalation } from './escalation.js';
import { alertIdOf, fingerprintOf } from './fingerprint.js';
import { afterTurn } from './flapping.js';
import { announced } from './groups.js';
import { addToImpact, isGraver, NO_IMPACT } from './impact.js';
import type { AlertInput, RunRule } from './input.js';
import { release } from './on-time.js';
import { changed, type Transition, UNCHANGED } from './outcome.js';
import { type AlertRecord, isMember, isOpen, isQuiet } from './record.js';
import { resolved } from './resolving.js';
import { anomalousIn, lengthened } from './run.js';

type Anomalous = Extract<AlertInput, { kind: 'anomalous' }>;
type Normal = Extract<AlertInput, { kind: 'normal' }>;

export function onAnomalous(before: AlertRecord | null, input: Anomalous, now: Instant): Transition {
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
      if (before.heldBy !== '') return onAnomalousWhileHeld(before, noted, input, now);
      return onAnomalousWhileOpen(before, noted, input, now);
    case 'acknowledged':
      return onAnomalousWhileOpen(before, noted, input, now);
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
    escalation: restingEscalation(subject.routingFor(severity)),
    timesReopened: 0,
    silence: null,
    feedback: null,
    groupId: '',
    leadsGroup: false,
    sameCause: null,
    flapping: false,
    version: 0,
    stateVersion: 1,
    heldBy: '',
    bucketSeconds: subject.bucketSeconds,
    noticeAt: null,
    noticedAt: null,
    toldScore: point.score,
    turns: [],
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
  const routing = reason === 'fired' ? input.subject.routingFor(noted.severity) : before.escalation;
  const fired: AlertRecord = {
    ...noted,
    ...afterTurn(before, input.rule.flapping, now),
    title: input.subject.title,
    state: 'firing',
    openedAt: before.openedAt ?? now,
    acknowledgedAt: null,
    acknowledgedBy: '',
    resolvedAt: null,
    heldBy: input.inhibitor,
    silence: input.silence,
    toldScore: noted.worst.score,
  };
  const after = { ...fired, ...announced(fired, routing, input.place, now) };
  const word = input.inhibitor !== '' ? 'inhibited' : isMember(after) ? 'joined_group' : reason;
  return changed(before, word, after);
}

/** An anomalous point is proof that a held alert outlives its parent, so it need not wait any longer. */
function onAnomalousWhileHeld(
  before: AlertRecord,
  noted: AlertRecord,
  { inhibitor, place }: Anomalous,
  now: Instant,
): Transition {
  if (inhibitor === '') return release(before, noted, place, now);
  return changed(before, 'anomalous', {
    ...noted,
    heldBy: inhibitor,
    escalation: { ...before.escalation, nextAt: null },
  });
}

/** Worse by a severity, or by the step that the policy states, is told again; a severity may have a policy of its own. */
function onAnomalousWhileOpen(
  before: AlertRecord,
  noted: AlertRecord,
  { subject }: Anomalous,
  now: Instant,
): Transition {
  const graver = isGraver(noted.severity, before.severity);
  const { policy, route, told } = before.escalation;
  const step = policy.worsenBy;
  const byStep = step !== undefined && noted.worst.score >= before.toldScore * (1 + step);
  if (!graver && !byStep) return changed(before, 'anomalous', noted);
  const worse = { ...noted, toldScore: noted.worst.score };
  const next = subject.routingFor(noted.severity).policy;
  if (!graver || next.id === policy.id || before.state !== 'firing' || isQuiet(before))
    return changed(before, 'worsened', worse);
  return changed(before, 'worsened', { ...worse, escalation: rerouted({ policy: next, route }, told, now) });
}

export function onNormal(
  before: AlertRecord,
  { rule, point, outlived, isNewNormal = false, recovers = true }: Normal,
  now: Instant,
): Transition {
  const noted = { last: point, anomalousRun: 0, normalRun: recovers ? before.normalRun + 1 : 0 };
  if (!isOpen(before)) {
    if (before.anomalousRun === 0) return UNCHANGED;
    const run = lengthened(before.run ?? '', false, rule);
    if (run !== '') return changed(before, 'recovering', { ...noted, anomalousRun: anomalousIn(run), run });
    if (before.state === 'pending') return resolved(before, 'subsided', false, now, noted);
    return changed(before, 'subsided', { ...noted, run });
  }
  if (isNewNormal) return resolved(before, 'new_normal', outlived, now, noted);
  if (noted.normalRun < rule.recover) return changed(before, 'recovering', noted);
  const turn = afterTurn({ ...before, noticeAt: null }, rule.flapping, now);
  return resolved(before, 'resolved', outlived, now, { ...noted, ...turn });
}
