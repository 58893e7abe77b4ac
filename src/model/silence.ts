import type { Instant } from './clock.js';
import type { Matchers } from './matchers.js';

/** Made by a person for many alerts, by a person for one alert, or written in the calendar. */
export type SilenceOrigin = 'person' | 'snooze' | 'calendar';

/** `active` while it mutes; `scheduled` before it begins and between the times of a recurring one; `ended` for good. */
export type SilenceState = 'scheduled' | 'active' | 'ended';

/** Hours of the week in a time zone. */
export interface WeeklyHours {
  /** ISO weekdays, 1 for Monday: the days on which it begins. */
  days: readonly number[];
  /** Minutes after midnight; `to` at or before `from` is the next day's. */
  from: number;
  to: number;
  /** IANA name. */
  timezone: string;
}

/** A time span in which the alerts that match are recorded, and nobody is told. */
export interface Silence {
  silenceId: string;
  origin: SilenceOrigin;
  match: Matchers;
  author: string;
  reason: string;
  startsAt: Instant;
  /** When it ends at the latest. */
  endsAt: Instant;
  /** It ends sooner, when what it has muted is resolved. */
  untilResolved: boolean;
  /** The hours of each week in which it mutes, between start and end; null for all of them. */
  recurrence: WeeklyHours | null;
  state: SilenceState;
  /** When the state changes next; null when it has ended. */
  nextAt: Instant | null;
  /** Since when it mutes; null while it does not. */
  activeSince: Instant | null;
  /** True once it has muted an alert. */
  matched: boolean;
  /** True once it was said that it matches nothing. */
  reportedIdle: boolean;
  createdAt: Instant;
  version: number;
}

/** What a muted alert shows of its silence. */
export interface AlertSilence {
  silenceId: string;
  /** Null until the alert is resolved. */
  until: Instant | null;
  author: string;
  reason: string;
}
