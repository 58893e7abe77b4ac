import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, DeliveryReason, DeliveryRequest } from '../model/delivery.js';
import { targetsOfStep } from './escalation.js';
import { isAboutTarget } from './health.js';
import type { AlertReason, AlertRecord } from './record.js';

/** Who hears of a transition, and in which word. */
export interface Audience {
  reason: DeliveryReason;
  targets: readonly Target[];
}

/** Who hears of a transition from `before` to `after`; null when nobody needs to. */
export function audienceOf(
  before: AlertRecord | null,
  after: AlertRecord,
  reason: AlertReason,
): Audience | null {
  const told = after.escalation.told;
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
  alert: AlertRecord,
  reason: DeliveryReason,
  target: Target,
  now: Instant,
): Delivery {
  const deliveryId = `${alert.alertId}.${alert.version}.${target}`;
  return { ...blank(alert, now), deliveryId, target, reason };
}

/** The messages that a follow-up asks for: to everybody told of its alert, and to whom it names. */
export function deliveriesOfRequest(
  alert: AlertRecord,
  request: DeliveryRequest,
  now: Instant,
): readonly Delivery[] {
  const { followUpId, followUpVersion, reason } = request;
  const targets = new Set([...alert.escalation.told, ...request.alsoTo]);
  return [...targets].map((target) => {
    const deliveryId = `${followUpId}.${followUpVersion}.${reason}.${target}`;
    return { ...blank(alert, now), deliveryId, followUpId, target, reason };
  });
}

function blank(alert: AlertRecord, now: Instant) {
  return {
    alertId: alert.alertId,
    alertVersion: alert.version,
    followUpId: '',
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
 * is sent, so two that wait for the same target would say the same.
 */
export function supersedes(newer: Delivery, older: Delivery): boolean {
  return (
    older.state === 'pending' &&
    older.deliveryId !== newer.deliveryId &&
    older.alertId === newer.alertId &&
    older.followUpId === newer.followUpId &&
    older.target === newer.target
  );
}
