import type { Alert, FeedbackVerdict } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { CommandRefusal } from './outcome.js';

/**
 * What a person asks of an alert. With `version`, what they saw: the command is refused if the alert has changed
 * since in what they decided on: its state, its owner or whether it is muted.
 */
export type AlertCommand = {
  alertId: string;
  version?: number | undefined;
  actor: string;
} & AlertAction;

export type AlertAction =
  /** `personId` is the actor's Slack id, where it is known. */
  | { kind: 'acknowledge'; personId?: string | undefined }
  | { kind: 'resolve' }
  /** Mutes the one alert until a time, or until it is resolved. */
  | { kind: 'snooze'; until: Instant | 'resolved'; note?: string | undefined }
  | { kind: 'feedback'; verdict: FeedbackVerdict; note?: string | undefined }
  | { kind: 'hand_over'; owner: string };

/** `state_changed`: the person decided on something that is no longer so. */
export type AlertRefusal = CommandRefusal | 'state_changed' | 'unknown_owner' | 'not_in_the_future';

export type AlertCommandResult =
  | { outcome: 'done'; entries: readonly JournalEntry[]; alert: Alert }
  | { outcome: 'refused'; reason: AlertRefusal; alert: Alert }
  | { outcome: 'not_found' };
