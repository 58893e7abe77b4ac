import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { DeliveryRequest } from '../model/delivery.js';
import type { FollowUp, Priority } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import type { Direction } from '../model/verdict.js';
import type { Evidence } from './measure/evidence.js';
import type { FollowUpRefusal } from './transition.js';

/** Opens a follow-up for an alert; what is left out comes from the alert. */
export interface OpenFollowUp {
  alert: Alert;
  actor: string;
  title?: string | undefined;
  /** An owner's id. */
  owner?: string | undefined;
  priority?: Priority | undefined;
  /** The priority sets it unless told, in work days of the owner's. */
  dueAt?: Instant | undefined;
  note?: string | undefined;
  /** Ids of cases that were counted. */
  samples?: readonly string[] | undefined;
  /** A slice within the alert's that proves the fix in its place, with what its points were; absent for the alert's. */
  on?: { slice: string; evidence: Evidence } | undefined;
}

/** Opens a follow-up for a metric and a slice without an alert; what was before is measured on the evidence. */
export interface OpenByHand {
  metric: string;
  slice: string;
  direction: Direction;
  /** When the trouble began, as far as is known. */
  since: Instant;
  actor: string;
  title: string;
  owner?: string | undefined;
  /** Who owns the metric; empty for nobody. */
  metricOwner: string;
  priority?: Priority | undefined;
  note?: string | undefined;
  /** The newest alert of the series, in whose thread people are told; null for none. */
  alert: Alert | null;
  evidence: Evidence;
  /** Ids of cases that were counted. */
  samples: readonly string[];
}

/** What a person asks for. With `version`, what they saw: the command is refused if the state has changed since. */
export type FollowUpCommand = {
  followUpId: string;
  version?: number | undefined;
  actor: string;
} & (
  | { kind: 'acknowledge' | 'start' | 'reopen' }
  /** `shippedAt` is when the fix really went out, now unless told. */
  | { kind: 'ship_fix'; shippedAt?: Instant | undefined }
  /** `note` is the reason and must not be empty. */
  | { kind: 'wont_do'; note: string }
  /** `reason` is kept among the notes. */
  | { kind: 'assign'; owner: string; reason?: string | undefined }
  | { kind: 'set_due'; dueAt: Instant; reason: string }
  | { kind: 'set_priority'; priority: Priority; reason: string }
  | { kind: 'note'; text: string }
  | { kind: 'link'; url: string; title: string }
  | { kind: 'set_action'; action: string }
  | { kind: 'attach_alert'; alertId: string }
);

/** What changed, and the messages that it asks the alerts' room for. */
export interface FollowUpChanges {
  entries: readonly JournalEntry[];
  tell: readonly DeliveryRequest[];
}

/** `already_open`: the series has an open follow-up. `state_changed`: it is not what the person saw any more. */
export type FollowUpCommandRefusal =
  | FollowUpRefusal
  | 'already_open'
  | 'state_changed'
  | 'unknown_owner'
  | 'unknown_alert'
  /** A follow-up is proven by one metric; an alert of another one could never be. */
  | 'other_metric';

export type FollowUpCommandResult =
  | ({ outcome: 'done'; followUp: FollowUp } & FollowUpChanges)
  | { outcome: 'refused'; reason: FollowUpCommandRefusal; followUp: FollowUp }
  | { outcome: 'not_found' };

export type OpenFollowUpResult =
  | ({ outcome: 'done'; followUp: FollowUp } & FollowUpChanges)
  | { outcome: 'refused'; reason: 'already_open'; followUp: FollowUp }
  /** The data has no band to come back to, and a stranger cannot be made to own anything. */
  | {
      outcome: 'refused';
      reason: 'not_a_metric' | 'unknown_owner' | 'too_little_history' | 'other_slice';
      followUp: null;
    };
