import type { Instant } from '../model/clock.js';
import type { AlertCommand } from './command.js';
import type { Directory } from './directory.js';
import type { AlertInput } from './input.js';
import type { AlertRecord } from './record.js';
import { HARD_CAP } from './silence.js';
import type { NewSilence } from './silence-desk.js';

/** A person's command as the state machine takes it, and the silence that a snooze is. */
export function inputOf(
  command: AlertCommand,
  alert: AlertRecord,
  directory: Directory,
  now: Instant,
): { input: AlertInput; snooze: NewSilence | null } {
  switch (command.kind) {
    case 'acknowledge':
      return {
        input: { kind: 'acknowledge', actor: command.actor, personId: command.personId },
        snooze: null,
      };
    case 'resolve':
      return { input: { kind: 'resolve', actor: command.actor, outlived: false }, snooze: null };
    case 'feedback': {
      const { verdict, actor, note = '' } = command;
      return { input: { kind: 'feedback', feedback: { verdict, by: actor, at: now, note } }, snooze: null };
    }
    case 'hand_over':
      return {
        input: { kind: 'hand_over', owner: command.owner, targets: directory.person(command.owner) },
        snooze: null,
      };
    case 'snooze': {
      const snooze = snoozeOf(alert, command, now);
      const { silenceId, author, reason, untilResolved, endsAt } = snooze;
      const silence = { silenceId, until: untilResolved ? null : endsAt, author, reason };
      return { input: { kind: 'silenced', silence, snooze: true }, snooze };
    }
  }
}

/** The snooze that a person asks for: a silence on this one alert, or on the group that it leads. */
function snoozeOf(
  { alertId, groupId, leadsGroup, version }: AlertRecord,
  { actor, until, note = '' }: Extract<AlertCommand, { kind: 'snooze' }>,
  now: Instant,
): NewSilence {
  const latest = now + HARD_CAP;
  return {
    silenceId: `snooze-${alertId}-${version}`,
    origin: 'snooze',
    match: leadsGroup ? { group_id: [groupId] } : { alert_id: [alertId] },
    author: actor,
    reason: note,
    startsAt: now,
    endsAt: until === 'resolved' ? latest : Math.min(until, latest),
    untilResolved: until === 'resolved',
    recurrence: null,
  };
}
