import type { Target } from './alert.js';
import type { Instant } from './clock.js';

/** Why a message is sent. */
export type DeliveryReason =
  | 'first_notification'
  | 'escalated'
  | 'acknowledged'
  | 'ack_timed_out'
  | 'worsened'
  | 'resolved'
  | 'reopened'
  | 'follow_up_opened'
  | 'follow_up_changed'
  | 'follow_up_reminder'
  | 'delivery_failed';

export type DeliveryState = 'pending' | 'sent' | 'superseded' | 'failed';

/** One message to one target for one version of one alert (or follow-up): the unit that is retried. */
export interface Delivery {
  deliveryId: string;
  alertId: string;
  alertVersion: number;
  /** Empty when the message is about the alert itself. */
  followUpId: string;
  target: Target;
  reason: DeliveryReason;
  state: DeliveryState;
  attempts: number;
  createdAt: Instant;
  /** When it may be tried next. */
  dueAt: Instant;
  sentAt: Instant | null;
  /** Why the last attempt failed, or why it was given up. */
  failure: string;
  /** Where the message is: the target's own reference, such as a Slack channel and timestamp. */
  messageRef: string;
  version: number;
}

/** What became of one attempt to send. `retryAfter` is in ms, null when the target named no time. */
export type SendOutcome =
  | { outcome: 'sent'; messageRef: string }
  | { outcome: 'retry'; reason: string; retryAfter: number | null }
  | { outcome: 'failed'; reason: string };

/** What a follow-up asks to be told: to everybody who was told of its alert, and to `alsoTo`. */
export interface DeliveryRequest {
  alertId: string;
  followUpId: string;
  /** The follow-up's version that the message is about; with the reason it makes the delivery's identity. */
  followUpVersion: number;
  reason: DeliveryReason;
  alsoTo: readonly Target[];
}
