import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Matchers } from '../model/matchers.js';
import type { Silence, WeeklyHours } from '../model/silence.js';

/** What a person asks of silences. With `version`, what they saw: refused if somebody has edited it since. */
export type SilenceCommand =
  | {
      kind: 'make';
      actor: string;
      match: Matchers;
      reason: string;
      /** Now, unless told. */
      startsAt?: Instant | undefined;
      /** The hard cap where it ends when all is resolved. */
      endsAt?: Instant | undefined;
      untilResolved?: boolean | undefined;
      recurrence?: WeeklyHours | null | undefined;
    }
  | ({ kind: 'edit'; silenceId: string; version?: number | undefined; actor: string } & SilenceEdit)
  | { kind: 'end'; silenceId: string; version?: number | undefined; actor: string };

/** What of a silence can be edited; what is absent stays. */
export interface SilenceEdit {
  match?: Matchers | undefined;
  reason?: string | undefined;
  endsAt?: Instant | undefined;
  recurrence?: WeeklyHours | null | undefined;
}

/** `matches_everything`: a silence without a condition would make Redress mute. */
export type SilenceRefusal =
  | 'matches_everything'
  | 'not_in_the_future'
  | 'no_end'
  | 'already_ended'
  | 'of_the_calendar'
  | 'edited_meanwhile';

export type SilenceCommandResult =
  | { outcome: 'done'; entries: readonly JournalEntry[]; silence: Silence }
  | { outcome: 'refused'; reason: SilenceRefusal; silence: Silence | null }
  | { outcome: 'not_found' };
