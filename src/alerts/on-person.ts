import type { Feedback, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { pauseEscalation, tellAlso } from './escalation.js';
import type { AlertInput } from './input.js';
import { changed, decided, notOpen, refused, type Transition } from './outcome.js';
import { type AlertRecord, isMember } from './record.js';
import { resolved } from './resolving.js';

/** The group's acknowledgement is timed by the alert that leads it. */
export function onAcknowledge(
  before: AlertRecord | null,
  { actor, personId }: Extract<AlertInput, { kind: 'acknowledge' }>,
  now: Instant,
): Transition {
  const impossible = notOpen(before);
  if (before === null || impossible !== null) return refused(impossible ?? 'not_firing');
  if (before.state === 'acknowledged') return refused('already_acknowledged');
  const { escalation } = before;
  return changed(before, 'acknowledged', {
    state: 'acknowledged',
    acknowledgedAt: now,
    acknowledgedBy: actor,
    acknowledgedById: personId,
    escalation: isMember(before) ? escalation : pauseEscalation(escalation, before.severity, now),
  });
}

export function onResolve(
  before: AlertRecord | null,
  { actor, outlived }: Extract<AlertInput, { kind: 'resolve' }>,
  now: Instant,
): Transition {
  const impossible = notOpen(before);
  if (before === null || impossible !== null) return refused(impossible ?? 'not_firing');
  return resolved(before, 'resolved', outlived, now, { resolvedBy: actor });
}

export function onFeedback(before: AlertRecord | null, feedback: Feedback): Transition {
  if (before === null || before.openedAt === null) return refused('not_firing');
  return changed(before, 'feedback', { feedback });
}

export function onHandOver(
  before: AlertRecord | null,
  owner: string,
  targets: readonly Target[],
): Transition {
  const impossible = notOpen(before);
  if (before === null || impossible !== null) return refused(impossible ?? 'not_firing');
  if (before.owner === owner) return refused('already_the_owner');
  const escalation = isMember(before) ? before.escalation : tellAlso(before.escalation, targets);
  return decided(before, 'handed_over', { owner, escalation });
}
