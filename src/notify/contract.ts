import type { Alert, Target } from '../model/alert.js';
import type { Delivery, SendOutcome } from '../model/delivery.js';
import type { FollowUp } from '../model/follow-up.js';

/** Everything that a message can be built from, as it is when the message is sent. */
export interface Notification {
  delivery: Delivery;
  alert: Alert;
  /** The follow-up that is open for the alert, if any. */
  followUp: FollowUp | null;
  /** The owner's other follow-ups that the same reminder is about. */
  alongside?: readonly FollowUp[];
  /** How the metric is shown to people: its unit and time zone. */
  display: MetricDisplay;
  /** Where the target's earlier message about the same alert is; empty for the first. */
  rootRef: string;
}

export interface MetricDisplay {
  title: string;
  unit: 'rate' | 'count' | 'amount';
  /** What its numerator counts, in the plural: `disputes`; empty for a mean or a quantile. */
  counted: string;
  timezone: string;
  currency: string;
}

/** One way to tell people. */
export interface Notifier {
  /** The scheme of its targets: `console`, `slack`, `webhook`. */
  scheme: string;
  /** Never throws for what the target answers; throws only on a bug. */
  send(target: Target, notification: Notification): Promise<SendOutcome>;
  /**
   * Looks whether a delivery has reached the target already, for one whose sending was cut off before it
   * could be recorded. Answers its reference, or null. Absent where the target cannot be asked.
   */
  find?(target: Target, notification: Notification): Promise<string | null>;
}

/** The `action_id`s of a Slack message's buttons: what a click comes back with. */
export const SLACK_ACTION = { acknowledge: 'redress_acknowledge', followUp: 'redress_follow_up' } as const;

export type { SendOutcome };
