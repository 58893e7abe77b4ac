import { DAY, type Instant } from '../model/clock.js';
import type { AlertSilence, Silence } from '../model/silence.js';
import { occurrenceFrom } from './weekly-hours.js';

/** A silence that nothing ends by itself ends after so long: what is muted for ever is forgotten. */
export const HARD_CAP = 30 * DAY;

/** The word for what happened to a silence; the reason of its journal entry. */
export type SilenceReason =
  | 'made'
  | 'edited'
  | 'began'
  /** A recurring one, until its next hours. */
  | 'paused'
  /** It has muted its first alert. */
  | 'matched'
  | 'matches_nothing'
  | 'ended'
  | 'ended_by_person'
  /** What it muted is resolved. */
  | 'all_resolved'
  | 'left_the_calendar';

/** Where a silence's own times put it at a moment. */
export function scheduleOf(
  silence: Pick<Silence, 'startsAt' | 'endsAt' | 'recurrence'>,
  now: Instant,
): Pick<Silence, 'state' | 'nextAt'> {
  const { startsAt, endsAt, recurrence } = silence;
  if (now >= endsAt) return { state: 'ended', nextAt: null };
  if (now < startsAt) return { state: 'scheduled', nextAt: startsAt };
  if (recurrence === null) return { state: 'active', nextAt: endsAt };
  const occurrence = occurrenceFrom(recurrence, now);
  if (occurrence === null) return { state: 'scheduled', nextAt: endsAt };
  return occurrence.from <= now
    ? { state: 'active', nextAt: Math.min(occurrence.to, endsAt) }
    : { state: 'scheduled', nextAt: Math.min(occurrence.from, endsAt) };
}

/** What a silence becomes by the passing of time; null when nothing is due. */
export function afterTime(
  silence: Silence,
  now: Instant,
): { silence: Silence; reason: 'began' | 'paused' | 'ended' } | null {
  if (silence.nextAt === null || silence.nextAt > now) return null;
  const { state, nextAt } = scheduleOf(silence, now);
  const version = silence.version + 1;
  switch (state) {
    case 'active':
      return { silence: { ...silence, state, nextAt, activeSince: now, version }, reason: 'began' };
    case 'scheduled':
      return { silence: { ...silence, state, nextAt, activeSince: null, version }, reason: 'paused' };
    case 'ended':
      return { silence: { ...silence, state, nextAt, activeSince: null, version }, reason: 'ended' };
  }
}

/** What an alert that it mutes shows of it. */
export function shownOn({ silenceId, untilResolved, nextAt, author, reason }: Silence): AlertSilence {
  return { silenceId, until: untilResolved ? null : nextAt, author, reason };
}
