import type { Instant } from '../model/clock.js';
import type { Silence } from '../model/silence.js';
import { HARD_CAP } from './silence.js';
import type { SilenceCommand, SilenceEdit, SilenceRefusal } from './silence-command.js';
import type { NewSilence } from './silence-desk.js';

/** Why a command does not apply to the silence that there is; null when it does. */
export function refusalOf(
  command: SilenceCommand,
  known: Silence | undefined,
  now: Instant,
): SilenceRefusal | null {
  const edits = command.kind === 'end' ? null : command;
  if (edits?.match !== undefined && Object.keys(edits.match).length === 0) return 'matches_everything';
  if (edits?.endsAt !== undefined && edits.endsAt <= Math.max(now, known?.startsAt ?? 0))
    return 'not_in_the_future';
  if (command.kind === 'make') {
    if (command.endsAt === undefined && command.untilResolved !== true) return 'no_end';
    return command.endsAt !== undefined && command.endsAt <= (command.startsAt ?? now)
      ? 'not_in_the_future'
      : null;
  }
  if (known?.state === 'ended') return 'already_ended';
  // What the calendar says is changed in the calendar; it can be ended here, because that cannot wait for a restart.
  if (command.kind === 'edit' && known?.origin === 'calendar') return 'of_the_calendar';
  const stale = command.version !== undefined && known !== undefined && command.version < known.version;
  return stale && command.kind === 'edit' ? 'edited_meanwhile' : null;
}

export function silenceFrom(
  command: Extract<SilenceCommand, { kind: 'make' }>,
  silenceId: string,
  now: Instant,
): NewSilence {
  const { actor, match, reason, startsAt = now, untilResolved = false, recurrence = null } = command;
  return {
    silenceId,
    origin: 'person',
    match,
    author: actor,
    reason,
    startsAt: Math.max(startsAt, now),
    endsAt: command.endsAt ?? startsAt + HARD_CAP,
    untilResolved,
    recurrence,
  };
}

export function editOf({ match, reason, endsAt, recurrence }: SilenceEdit): SilenceEdit {
  return { match, reason, endsAt, recurrence };
}
