import { DAY, HOUR, type Instant, MINUTE } from '../../src/model/clock.js';

/** The day on which a story happens, a Tuesday; what is before is its uneventful history. */
export const STORY_DAY = Date.UTC(2026, 2, 3);

/** An instant of the story's day: `at('10:00')`; of a later one: `at('10:00', 1)`. */
export function at(time: string, day = 0): Instant {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return STORY_DAY + day * DAY + hours * HOUR + minutes * MINUTE + seconds * 1000;
}

/** `11:10`, or `11:10:05` where there are seconds. */
export function clockTime(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return text.slice(17, 19) === '00' ? text.slice(11, 16) : text.slice(11, 19);
}
