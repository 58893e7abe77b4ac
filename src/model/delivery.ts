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
  | 'new_normal'
  | 'reopened'
  | 'snoozed'
  | 'silence_ended'
  | 'feedback'
  | 'handed_over'
  | 'analysed'
  | 'ack_reminder'
  | 'repeat'
  /** Alerts have joined or left the group. */
  | 'group_changed'
  | 'flapping'
  | 'flapping_ended'
  /** It has the same cause as another alert, whose message tells of both from now on. */
  | 'joined_incident'
  /** In the place of a target that could not be reached. */
  | 'fell_back'
  | 'follow_up_opened'
  | 'follow_up_changed'
  | 'follow_up_reminder'
  | 'digest'
  | 'delivery_failed';

export type DeliveryState = 'pending' | 'sent' | 'superseded' | 'failed';

/**
 * What a message is about: one thing, whose first message at a target is the one that later ones are about as well.
 * `version` is the thing's own, as it was when the message was asked for.
 */
export type DeliverySubject =
  | { kind: 'alert'; id: string; version: number }
  /** Alerts that are shown as one thing; `version` is that of the alert that leads it. */
  | { kind: 'group'; id: string; version: number }
  | { kind: 'follow_up'; id: string; version: number }
  /** What one person is reminded of on one day; `followUps` are ids, the soonest due first. */
  | { kind: 'reminder'; id: string; version: number; person: string; followUps: readonly string[] }
  /** What `[from, to)` has brought, for an owner's id or, with null, for everybody. */
  | {
      kind: 'digest';
      id: string;
      version: number;
      from: Instant;
      to: Instant;
      owner: string | null;
      /** Of its reader. */
      timezone: string;
    };

/** One message to one target for one version of its subject: the unit that is retried. */
export interface Delivery {
  deliveryId: string;
  subject: DeliverySubject;
  /** The alert that is told of, or that the follow-up hangs on; empty for none. */
  alertId: string;
  target: Target;
  reason: DeliveryReason;
  /** The entry that a follow-up's message tells of. */
  change?: SubjectChange | undefined;
  state: DeliveryState;
  attempts: number;
  createdAt: Instant;
  /** When it may be tried next. */
  dueAt: Instant;
  sentAt: Instant | null;
  /** When it was first and last tried; absent before the first time. */
  firstAttemptAt?: Instant | undefined;
  attemptedAt?: Instant | undefined;
  /**
   * Since when the target has not taken what there is to say of the subject, counted on over messages that were
   * superseded meanwhile; absent while nothing has failed.
   */
  failingSince?: Instant | undefined;
  /** Until when the target has asked to be left alone, by everybody; absent when it has not. */
  busyUntil?: Instant | undefined;
  /** Why the last attempt failed, or why it was given up. */
  failure: string;
  /** Where the message is: the target's own reference, such as a Slack channel and timestamp. */
  messageRef: string;
  version: number;
}

/** Which turn a message tells of, by the word of its journal entry, and who took it. */
export interface SubjectChange {
  what: string;
  actor: string;
}

/** What became of one attempt to send. `retryAfter` is in ms, null when the target named no time. */
export type SendOutcome =
  /** `link` is where people find what was made there, such as a ticket. */
  | { outcome: 'sent'; messageRef: string; link?: { url: string; title: string } }
  | { outcome: 'retry'; reason: string; retryAfter: number | null }
  | { outcome: 'failed'; reason: string };

/** How long a target that cannot be reached for now is tried. In ms. */
export interface DeliveryRule {
  /** Others are told once it is clear that a message will take longer than this; it is tried on all the same. */
  fallBackAfter: number;
  /** And given up when its next attempt would come so long after its first. */
  giveUpAfter: number;
}

/** Targets that something is being sent to: what waits for them is not due before that is over. */
export interface BusyTargets {
  has(target: Target): boolean;
}

/** A message that is asked for about something other than an alert. */
export interface DeliveryRequest {
  subject: Exclude<DeliverySubject, { kind: 'alert' | 'group' }>;
  reason: DeliveryReason;
  change?: SubjectChange | undefined;
  /** Everybody who was told of this alert is told as well; empty for nobody. */
  alertId: string;
  to: readonly Target[];
}
