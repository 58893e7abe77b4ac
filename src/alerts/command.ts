import type { Alert } from '../model/alert.js';
import type { JournalEntry } from '../model/journal.js';
import type { CommandRefusal } from './transition.js';

/** What a person asks for. With `version`, what they saw: the command is refused if the state has changed since. */
export interface AlertCommand {
  kind: 'acknowledge' | 'resolve';
  alertId: string;
  version?: number | undefined;
  actor: string;
}

/** `state_changed`: the person decided on a state that is no longer so. */
export type AlertRefusal = CommandRefusal | 'state_changed';

export type AlertCommandResult =
  | { outcome: 'done'; entries: readonly JournalEntry[]; alert: Alert }
  | { outcome: 'refused'; reason: AlertRefusal; alert: Alert }
  | { outcome: 'not_found' };
