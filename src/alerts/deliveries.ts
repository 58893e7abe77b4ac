import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, DeliveryReason, DeliveryRequest } from '../model/delivery.js';
import { targetsOfStep } from './escalation.js';
import { isAboutTarget } from './health.js';
import { type AlertReason, type AlertRecord, isMuted } from './record.js';

/** Who hears of a transition, and in which word. */
export interface Audience {
  reason: DeliveryReason;
  targets: readonly Target[];
}

/** What a person did is no news to be kept from the channel in which they did it. */
const TOLD_ALL_THE_SAME: ReadonlySet<AlertReason> = new Set([
  'snoozed',
  'acknowledged',
  'feedback',
  'handed_over',
]);

/** Who hears of a transition from `before` to `after`; null when nobody needs to. */
export function audienceOf(
  before: AlertRecord | null,
  after: AlertRecord,
  reason: AlertReason,
): Audience | null {
  const told = after.escalation.told;
  // The message that stands in a channel still shows how it ended, and that a person has muted it.
  if (isMuted(after) && !TOLD_ALL_THE_SAME.has(reason)) return null;
  switch (reason) {
    case 'first_notification':
    case 'escalated': {
      const targets = before === null ? [] : targetsOfStep(before.escalation);
      const first = reason === 'first_notification' && isAboutTarget(after);
      return { reason: first ? 'delivery_failed' : reason, targets };
    }
    case 'acknowledged':
    case 'ack_timed_out':
    case 'worsened':
    case 'resolved':
    case 'reopened':
    case 'snoozed':
    case 'silence_ended':
    case 'feedback':
    case 'handed_over':
      return told.length > 0 ? { reason, targets: told } : null;
    case 'inhibition_ended':
      // Whoever was told of the episode before it resolved and came back has been kept waiting for this.
      return told.length > 0 ? { reason: 'reopened', targets: told } : null;
    default:
      return null;
  }
}

/** A message about an alert's version to one target. */
export function deliveryOfAlert(
  { alertId, version }: AlertRecord,
  reason: DeliveryReason,
  target: Target,
  now: Instant,
): Delivery {
  const subject = { kind: 'alert', id: alertId, version } as const;
  return { ...blank(now), deliveryId: `${alertId}.${version}.${target}`, subject, alertId, target, reason };
}

/** The message that adds an alert's analysis to the one that a target has. */
export function analysisDelivery({ alertId, version }: AlertRecord, target: Target, now: Instant): Delivery {
  const subject = { kind: 'alert', id: alertId, version } as const;
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
