import type { EscalationPolicy, SameCause, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { rerouted, tellFromNow } from './escalation.js';
import { changed, decided, type Transition, UNCHANGED } from './outcome.js';
import { type AlertRecord, isOpen, isQuiet } from './record.js';

/** What becomes of alerts whose analyses name the same cause: the first one speaks for the others. */

/** It has spoken for itself alone, and is the first of an incident from now on. */
export function onLeadIncident(before: AlertRecord, groupId: string): Transition {
  if (!isOpen(before) || before.groupId !== '') return UNCHANGED;
  return changed(before, 'leads_incident', { groupId, leadsGroup: true });
}

/** Its escalation stands still; where its message is (`shownAt`), people read where it goes on. */
export function onJoinIncident(
  before: AlertRecord,
  groupId: string,
  sameCause: SameCause,
  shownAt: readonly Target[],
): Transition {
  if (!isOpen(before)) return UNCHANGED;
  const { escalation } = before;
  return decided(before, 'joined_incident', {
    groupId,
    leadsGroup: false,
    sameCause,
    escalation: { ...escalation, addressed: shownAt, nextAt: null, ackEndsAt: null },
    noticeAt: before.flapping ? before.noticeAt : null,
  });
}

/** Whoever heard of an alert that has joined hears of the incident, and from the first step on if it is the gravest. */
export function onTellAlso(
  before: AlertRecord,
  targets: readonly Target[],
  policy: EscalationPolicy | null,
  now: Instant,
): Transition {
  if (!isOpen(before) || isQuiet(before)) return UNCHANGED;
  const { escalation } = before;
  if (policy !== null && before.state === 'firing') {
    const { route, told, nextAt } = escalation;
    const graver = rerouted({ policy, route }, told, now);
    // What waits for others to gather goes on waiting; whoever it was to tell first is among the targets.
    const waiting = tellFromNow({ ...graver, nextAt }, targets);
    return changed(before, 'rerouted', { escalation: told.length === 0 ? waiting : graver });
  }
  const others = targets.filter((target) => !escalation.told.includes(target));
  if (others.length === 0) return UNCHANGED;
  return changed(before, 'tells_also', { escalation: tellFromNow(escalation, others) });
}
