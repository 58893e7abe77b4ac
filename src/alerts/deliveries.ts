import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, DeliveryReason, DeliveryRequest, DeliverySubject } from '../model/delivery.js';
import { alertOfGroup } from './groups.js';
import { isAboutTarget } from './health.js';
import { type AlertReason, type AlertRecord, isMember, isMuted } from './record.js';

/** Who hears of a transition, and in which word. */
export interface Audience {
  reason: DeliveryReason;
  targets: readonly Target[];
}

/** What a person did is no news to be kept from the channel in which they did it. */
const BY_PEOPLE: ReadonlySet<AlertReason> = new Set(['snoozed', 'acknowledged', 'feedback', 'handed_over']);

/** Who hears of a transition from `before` to `after`; null when nobody needs to. */
export function audienceOf(
  before: AlertRecord | null,
  after: AlertRecord,
  reason: AlertReason,
): Audience | null {
  const { told, addressed } = after.escalation;
  if (reason === 'joined_incident') return everybody(reason, addressed);
  // The alert that leads the group speaks for its members.
  if (isMember(after)) return null;
  const begins = after.flapping && before?.flapping !== true;
  if (begins) return everybody('flapping', told);
  if ((isMuted(after) || after.flapping) && !BY_PEOPLE.has(reason)) return null;
  switch (reason) {
    case 'first_notification':
      return { reason: isAboutTarget(after) ? 'delivery_failed' : reason, targets: addressed };
    case 'tells_also': {
      const others = told.filter((target) => before?.escalation.told.includes(target) === false);
      return everybody('first_notification', others);
    }
    case 'escalated':
    case 'fell_back':
      return { reason, targets: addressed };
    case 'acknowledged':
    case 'ack_reminder':
    case 'ack_timed_out':
    case 'worsened':
    case 'resolved':
    case 'new_normal':
    case 'reopened':
    case 'snoozed':
    case 'silence_ended':
    case 'feedback':
    case 'handed_over':
    case 'repeat':
    case 'group_changed':
    case 'flapping_ended':
      return everybody(reason, told);
    case 'inhibition_ended':
      // Whoever has been told of the episode before it resolved and came back has been kept waiting for this.
      return everybody('reopened', told);
    default:
      return null;
  }
}

function everybody(reason: DeliveryReason, targets: readonly Target[]): Audience | null {
  return targets.length > 0 ? { reason, targets } : null;
}

/** A message about an alert's version to one target. */
export function deliveryOfAlert(
  alert: AlertRecord,
  reason: DeliveryReason,
  target: Target,
  now: Instant,
): Delivery {
  const { alertId, version, sameCause } = alert;
  // That it goes on elsewhere is said where the alert has been shown until now.
  const leaves = reason === 'joined_incident' && sameCause !== null;
  const subject = subjectOf(leaves ? { ...alert, groupId: sameCause.from } : alert);
  return { ...blank(now), deliveryId: `${alertId}.${version}.${target}`, subject, alertId, target, reason };
}

/** What a message about an alert is about: its group, where it is shown in one that has a message of its own. */
export function subjectOf({
  alertId,
  groupId,
  version,
}: Pick<AlertRecord, 'alertId' | 'groupId' | 'version'>): DeliverySubject {
  const first = groupId === '' ? alertId : alertOfGroup(groupId);
  return first === '' ? { kind: 'group', id: groupId, version } : { kind: 'alert', id: first, version };
}

/** The message that adds an alert's analysis to the one that a target has. */
export function analysisDelivery(alert: AlertRecord, target: Target, now: Instant): Delivery {
  const { alertId } = alert;
  const subject = subjectOf(alert);
  const deliveryId = `${alertId}.analysis.${target}`;
  return { ...blank(now), deliveryId, subject, alertId, target, reason: 'analysed' };
}

/** The messages that something other than an alert asks for; `told` have been told of its alert. */
export function deliveriesOfRequest(
  { subject, reason, change, alertId, to }: DeliveryRequest,
  told: readonly Target[],
  now: Instant,
): readonly Delivery[] {
  return [...new Set([...told, ...to])].map((target) => ({
    ...blank(now),
    deliveryId: `${subject.id}.${subject.version}.${reason}.${target}`,
    subject,
    alertId,
    target,
    reason,
    ...(change === undefined ? {} : { change }),
  }));
}

function blank(now: Instant) {
  return {
    state: 'pending',
    attempts: 0,
    createdAt: now,
    dueAt: now,
    sentAt: null,
    failure: '',
    messageRef: '',
    version: 1,
  } as const;
}

/**
 * True when the newer message makes the older one pointless: every message shows its subject as it is when it
 * is sent, so two that wait for the same target would say the same. A program that hears of a follow-up is promised
 * each of its turns, and gets them all. An analysis is said once and in full, so it neither replaces a message nor is
 * replaced by one.
 */
export function supersedes(newer: Delivery, older: Delivery): boolean {
  const isAnalysis = newer.reason === 'analysed' || older.reason === 'analysed';
  const everyTurn = newer.subject.kind === 'follow_up' && newer.target.startsWith('webhook:');
  return (
    older.state === 'pending' &&
    older.deliveryId !== newer.deliveryId &&
    older.subject.kind === newer.subject.kind &&
    older.subject.id === newer.subject.id &&
    older.target === newer.target &&
    !everyTurn &&
    !isAnalysis
  );
}

/** A delivery as the journal kept it before messages could be about anything but an alert. */
type EarlierDelivery = Omit<Delivery, 'subject'> & { alertVersion: number; followUpId: string };

/**
 * A delivery from the journal, whenever it was written. Earlier ones about a follow-up were said in the message of its
 * alert, which must not be taken for a message of the follow-up's own.
 */
export function deliveryFrom(stored: Delivery | EarlierDelivery): Delivery {
  if ('subject' in stored) return stored;
  const { alertVersion, followUpId, ...delivery } = stored;
  return followUpId === ''
    ? { ...delivery, subject: { kind: 'alert', id: delivery.alertId, version: alertVersion } }
    : { ...delivery, subject: { kind: 'follow_up', id: followUpId, version: 0 }, messageRef: '' };
}
