import type { Alert, Target } from '../model/alert.js';
import type { AlertAnalysis } from '../model/analysis.js';
import type { Annotation } from '../model/annotation.js';
import type { Delivery, SendOutcome } from '../model/delivery.js';
import type { Digest } from '../model/digest.js';
import type { FollowUp } from '../model/follow-up.js';
import type { Labels } from '../model/matchers.js';

/** Everything that a message can be built from, as it is when the message is sent: one kind for each subject. */
export type Notification =
  | AlertNotification
  | FollowUpNotification
  | ReminderNotification
  | DigestNotification;

interface AnyNotification {
  delivery: Delivery;
  /** Where the target's earlier message about the same subject is; empty for the first. */
  rootRef: string;
}

export interface AlertNotification extends AnyNotification {
  kind: 'alert';
  alert: Alert;
  /** The follow-up that is open for the alert, if any. */
  followUp: FollowUp | null;
  /** What else happened at its time, on its slice or around it. */
  annotations: readonly Annotation[];
  /** How the metric is shown to people: its unit and time zone. */
  display: MetricDisplay;
  /** Where and why it is, once that is known. */
  analysis?: AlertAnalysis | undefined;
  /** The group that the alert speaks for; null for one that speaks for itself. */
  group: NotifiedGroup | null;
  /** Where it goes on, for the alert's own message when another one tells of both. */
  partOf?: PartOf | undefined;
}

/** The incident that an alert has become a part of. */
export interface PartOf {
  /** The alert whose message tells of it. */
  alert: Alert;
  /** The cause that they have in common, a slice. */
  cause: string;
}

/** Alerts that are shown to people as one thing. */
export interface NotifiedGroup {
  groupId: string;
  /** What all of them have in common: labels and their values. */
  labels: Labels;
  /** The cause for which they are shown together, a slice; empty where it is for their labels. */
  cause: string;
  /** Those that are open first, each in the order in which they fired; more than one. */
  members: readonly Alert[];
}

/** An alert as a message shows it that is brought up to date without a delivery of its own. */
export type RefreshedAlert = Omit<AlertNotification, 'delivery'> & {
  delivery: Pick<Delivery, 'deliveryId' | 'subject' | 'reason' | 'createdAt'>;
};

export interface FollowUpNotification extends AnyNotification {
  kind: 'follow_up';
  followUp: FollowUp;
  /** The newest alert that it hangs on; null for one that was opened by hand. */
  alert: Alert | null;
  display: MetricDisplay;
}

/** What one person is reminded of. */
export interface ReminderNotification extends AnyNotification {
  kind: 'reminder';
  /** An owner's id. */
  person: string;
  /** Of the person who is reminded. */
  timezone: string;
  /** The soonest due first; those of other owners have climbed to the person. */
  followUps: readonly FollowUp[];
}

export interface DigestNotification extends AnyNotification {
  kind: 'digest';
  digest: Digest;
  /** Of the dates that are written. */
  timezone: string;
  displayOf(metric: string): MetricDisplay;
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
   * Looks what has reached the target already, for a delivery whose sending, or that of another one about the same
   * subject, was cut off before it could be recorded. Absent where the target cannot be asked.
   */
  find?(target: Target, notification: Notification): Promise<Found | Retry>;
}

/** What there is at a target. */
export interface Found {
  outcome: 'found';
  /** True when the delivery has arrived. */
  arrived: boolean;
  /** Where the message about its subject is, whichever delivery brought it; empty for nowhere. */
  rootRef: string;
}

/** There is no answer for now. */
export type Retry = Extract<SendOutcome, { outcome: 'retry' }>;

export type { SendOutcome };
