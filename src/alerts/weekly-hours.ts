import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';
import type { WeeklyHours } from '../model/silence.js';

/** The hours that hold a moment, or the next ones after it. */
export interface Occurrence {
  from: Instant;
  to: Instant;
}

/** The occurrence at `now`, or the next one. Hours are the wall's: a day of 23 or 25 hours keeps them. */
export function occurrenceFrom(hours: WeeklyHours, now: Instant): Occurrence | null {
  const today = DateTime.fromMillis(now, { zone: hours.timezone }).startOf('day');
  // Yesterday's may reach into today; a week later the same weekday comes again.
  for (let offset = -1; offset <= 7; offset++) {
    const day = today.plus({ days: offset });
    if (!hours.days.includes(day.weekday)) continue;
    const to = atMinutes(hours.to <= hours.from ? day.plus({ days: 1 }) : day, hours.to);
    if (to > now) return { from: atMinutes(day, hours.from), to };
  }
  return null;
}

function atMinutes(day: DateTime, minutes: number): Instant {
  return day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
}
