import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { FollowUpCommand } from './command.js';
import type { FollowUpInput } from './transition.js';

/** What a person's command is to the state machine. `terms` are what the configuration says of it. */
export function inputOf(
  command: FollowUpCommand,
  { pointsNeeded, dueAt }: { pointsNeeded: number; dueAt: Instant },
  alert: Alert | undefined,
): FollowUpInput {
  const { actor } = command;
  switch (command.kind) {
    case 'ship_fix':
      return { kind: 'ship_fix', pointsNeeded, shippedAt: command.shippedAt };
    case 'reopen':
      return { kind: 'reopen', dueAt };
    case 'wont_do':
      return { kind: 'wont_do', note: command.note };
    case 'assign':
      return { kind: 'assign', owner: command.owner, actor, reason: command.reason };
    case 'set_due':
      return { kind: 'set_due', dueAt: command.dueAt, actor, reason: command.reason };
    case 'set_priority':
      return { kind: 'set_priority', priority: command.priority, actor, reason: command.reason };
    case 'note':
      return { kind: 'note', text: command.text, actor };
    case 'link':
      return { kind: 'link', url: command.url, title: command.title, actor };
    case 'set_action':
      return { kind: 'set_action', action: command.action };
    case 'attach_alert':
      if (alert === undefined) throw new RedressError('bug', 'an alert is attached that is not there');
      return { kind: 'attach_alert', alert };
    default:
      return { kind: command.kind };
  }
}
