import type { Escalation } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { beginEscalation, resumeEscalation } from './escalation.js';
import { changed, decided, type Transition, UNCHANGED } from './outcome.js';
import { type AlertRecord, isMuted, isOpen } from './record.js';

/** What other alerts' turns do to an alert: its parent's, and those of its group. */

export function onParentResolved(before: AlertRecord, parent: string, releaseAt: Instant): Transition {
  if (before.state !== 'firing' || before.heldBy !== parent) return UNCHANGED;
  return changed(before, 'parent_resolved', { escalation: { ...before.escalation, nextAt: releaseAt } });
}

/** People hear of it at the group's pace, and at once of something graver; before the first message there is no need. */
export function onGroupGrew(before: AlertRecord, urgent: boolean, now: Instant): Transition {
  const { told, route } = before.escalation;
  if (!isOpen(before) || !before.leadsGroup || told.length === 0 || before.flapping) return UNCHANGED;
  const paced = Math.max(now, (before.noticedAt ?? now) + (route.grouping?.interval ?? 0));
  const noticeAt = urgent ? now : Math.min(before.noticeAt ?? paced, paced);
  return noticeAt === before.noticeAt ? UNCHANGED : changed(before, 'group_grew', { noticeAt });
}

/** The group's escalation and its acknowledgement go on with another alert in front. */
export function onLead(before: AlertRecord, from: AlertRecord, now: Instant): Transition {
  if (!isOpen(before) || before.groupId !== from.groupId || before.leadsGroup) return UNCHANGED;
  const acknowledged = from.state === 'acknowledged';
  const paced = Math.max(now, (from.noticedAt ?? now) + (from.escalation.route.grouping?.interval ?? 0));
  return decided(before, 'leads_group', {
    leadsGroup: true,
    state: acknowledged ? 'acknowledged' : 'firing',
    acknowledgedAt: acknowledged ? from.acknowledgedAt : null,
    acknowledgedBy: acknowledged ? from.acknowledgedBy : '',
    acknowledgedById: from.acknowledgedById,
    escalation: acknowledged ? from.escalation : goingOn(from, now),
    noticedAt: from.noticedAt,
    noticeAt: from.escalation.told.length === 0 ? null : ((from.flapping ? null : from.noticeAt) ?? paced),
  });
}

/** Where the steps stood, if they were stopped; one that flaps had begun them anew with each turn. */
function goingOn({ escalation, flapping, ...from }: AlertRecord, now: Instant): Escalation {
  if (flapping) return beginEscalation(escalation, escalation.told, now);
  return isMuted(from) ? resumeEscalation(escalation, now) : escalation;
}

export function onLedByAnother(before: AlertRecord): Transition {
  if (!before.leadsGroup) return UNCHANGED;
  return changed(before, 'led_by_another', {
    leadsGroup: false,
    escalation: { ...before.escalation, nextAt: null, ackEndsAt: null },
    noticeAt: before.flapping ? before.noticeAt : null,
  });
}

/** The group's acknowledgement has run out. */
export function onUnacknowledged(before: AlertRecord): Transition {
  if (before.state !== 'acknowledged') return UNCHANGED;
  return changed(before, 'group_ack_timed_out', {
    state: 'firing',
    acknowledgedAt: null,
    acknowledgedBy: '',
  });
}
