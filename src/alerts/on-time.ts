import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { beginEscalation, isRepeat, resumeEscalation, takeStep, tellAlso } from './escalation.js';
import { announced, type GroupPlace } from './groups.js';
import type { AlertInput } from './input.js';
import { changed, type Transition, UNCHANGED } from './outcome.js';
import { type AlertRecord, isMuted, isOpen, isQuiet } from './record.js';

type Due = Extract<AlertInput, { kind: 'due' }>;

/** True when something that the alert waits for has come. */
export function isDue(alert: AlertRecord, now: Instant): boolean {
  const { noticeAt, escalation } = alert;
  if (noticeAt !== null && noticeAt <= now) return true;
  return isOpen(alert) && escalation.nextAt !== null && escalation.nextAt <= now;
}

export function onDue(before: AlertRecord, input: Due, now: Instant): Transition {
  if (!isDue(before, now)) return UNCHANGED;
  if (before.noticeAt !== null && before.noticeAt <= now) return onNotice(before, now);
  if (before.state === 'acknowledged') return onAcknowledged(before, input.inhibitor, now);
  if (before.heldBy !== '') return onHeld(before, input, now);
  if (input.deferUntil > now) {
    const escalation = { ...before.escalation, nextAt: input.deferUntil };
    return changed(before, 'waits_for_work', { escalation });
  }
  return onStep(before, input.targets, now);
}

/** It has calmed down, or its group has changed. */
function onNotice(before: AlertRecord, now: Instant): Transition {
  if (!before.flapping) return changed(before, 'group_changed', { noticeAt: null, noticedAt: now });
  const calm = { ...before, flapping: false };
  const { escalation } = before;
  const goesOn = before.state === 'firing' && !isQuiet(calm);
  return changed(before, 'flapping_ended', {
    flapping: false,
    turns: [],
    noticeAt: null,
    escalation: goesOn ? beginEscalation(escalation, escalation.told, now) : escalation,
  });
}

function onAcknowledged(before: AlertRecord, inhibitor: string, now: Instant): Transition {
  const { escalation } = before;
  const { ackEndsAt } = escalation;
  if (ackEndsAt !== null && now < ackEndsAt)
    return changed(before, 'ack_reminder', { escalation: { ...escalation, nextAt: ackEndsAt } });
  const stillHeld = before.heldBy !== '' && inhibitor !== '';
  const quiet = stillHeld || isMuted(before) || before.flapping;
  return changed(before, 'ack_timed_out', {
    state: 'firing',
    acknowledgedAt: null,
    acknowledgedBy: '',
    heldBy: stillHeld ? inhibitor : '',
    escalation: quiet ? { ...escalation, nextAt: null, ackEndsAt: null } : resumeEscalation(escalation, now),
  });
}

function onHeld(before: AlertRecord, { inhibitor, place }: Due, now: Instant): Transition {
  if (inhibitor === '') return release(before, {}, place, now);
  return changed(before, 'inhibited', {
    heldBy: inhibitor,
    escalation: { ...before.escalation, nextAt: null },
  });
}

/** Nothing holds the alert back any longer, and it is announced. */
export function release(
  before: AlertRecord,
  noted: Partial<AlertRecord>,
  place: GroupPlace | null,
  now: Instant,
): Transition {
  const free = { ...before, ...noted, heldBy: '' };
  return changed(before, 'inhibition_ended', { ...free, ...announced(free, before.escalation, place, now) });
}

function onStep(before: AlertRecord, targets: readonly Target[], now: Instant): Transition {
  const { escalation } = before;
  const noticed = { noticedAt: now, toldScore: before.worst.score };
  if (isRepeat(escalation)) {
    const { told, route } = escalation;
    const nextAt = route.repeatInterval === null ? null : now + route.repeatInterval;
    return changed(before, 'repeat', { ...noticed, escalation: { ...escalation, addressed: told, nextAt } });
  }
  const taken = takeStep(escalation, targets, now);
  if (targets.length === 0) return changed(before, 'nobody_to_tell', { escalation: taken });
  const reason = escalation.told.length === 0 ? 'first_notification' : 'escalated';
  return changed(before, reason, { ...noticed, escalation: taken });
}

/** Others are told in the place of a target that cannot be reached; what is over needs nobody in its place. */
export function onUndeliverable(before: AlertRecord, instead: readonly Target[]): Transition {
  const { escalation } = before;
  const others = instead.filter((target) => !escalation.told.includes(target));
  if (!isOpen(before) || isQuiet(before) || others.length === 0) return UNCHANGED;
  return changed(before, 'fell_back', { escalation: tellAlso(escalation, others) });
}
