import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';
import { isDayOff, type Owner, type WorkTime } from '../model/owner.js';

const USUAL: WorkTime = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, holidays: [] };
/** An owner without a single work day in a year would be waited for for ever; then nobody is waited for. */
const LONGEST_BREAK = 366;
/** Hours that end before they begin go on until midnight. */
const MIDNIGHT = 24 * 60;

/** The moment itself while the owner works, otherwise when the owner's work begins next, in the owner's time zone. */
export function nextWorkMoment(owner: Owner | undefined, now: Instant): Instant {
  const work = owner?.work ?? USUAL;
  const { days, from, to } = work;
  const local = DateTime.fromMillis(now, { zone: owner?.timezone ?? 'UTC' });
  for (let offset = 0; offset <= LONGEST_BREAK; offset++) {
    const day = local.startOf('day').plus({ days: offset });
    if (!days.includes(day.weekday) || isDayOff(work, day.toISODate() ?? '')) continue;
    if (now < atMinutes(day, to > from ? to : MIDNIGHT)) return Math.max(now, atMinutes(day, from));
  }
  return now;
}

function atMinutes(day: DateTime, minutes: number): Instant {
  return day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis();
}
