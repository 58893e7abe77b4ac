import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';

/** Whether `03/04/2024` is the third of April or the fourth of March. */
export type SlashOrder = 'day-first' | 'month-first';

export interface TimeReading {
  /** IANA zone of times that name none. */
  timezone: string;
  slashes: SlashOrder;
}

/** Luxon would take `12` for noon of the day on which it is asked. */
const ISO = /^(\d{4}-\d|\d{8}(T|$))/;
/** `202401310900` and `20240131090000`, which could also be milliseconds of 1976 and of 2611. */
const COMPACT = /^(19|20)\d{10}(\d{2})?$/;
const COMPACT_FORMS = ['yyyyMMddHHmm', 'yyyyMMddHHmmss'] as const;
const NAMED_MONTH = /^(\d{1,2})-([a-z]{3,9})-(\d{4})/i;
const SLASHED = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/;
/** Forms of luxon for what is not ISO 8601, without the time of day. */
const DATE_FORMS = [
  'yyyy/M/d',
  'yyyy.M.d',
  'd LLL yyyy',
  'd LLLL yyyy',
  'LLL d yyyy',
  'LLL d, yyyy',
] as const;
const CLOCK_FORMS = ['', ' H:mm', ' H:mm:ss', ' H:mm:ss.u', ' h:mm a', ' h:mm:ss a'] as const;
const LEAST_YEAR = Date.UTC(1971, 0, 1);
const GREATEST_YEAR = Date.UTC(2200, 0, 1);

/**
 * Reads a time as people write it: ISO 8601 with or without zone and with a space for the T, seconds, milliseconds,
 * microseconds or nanoseconds since 1970, `20240131`, `202401310900`, `31.01.2024 09:00`, `1/31/2024 9:00 AM`,
 * `31 Jan 2024`, `31-Jan-2024`, and RFC 2822. Null when it is none of these.
 */
export function readTime(text: string, { timezone, slashes }: TimeReading): Instant | null {
  const trimmed = text.trim();
  const zone = { zone: timezone };
  if (COMPACT.test(trimmed))
    for (const form of COMPACT_FORMS) {
      const read = DateTime.fromFormat(trimmed, form, zone);
      if (read.isValid) return read.toMillis();
    }
  const epoch = readEpoch(trimmed);
  if (epoch !== null) return epoch;
  if (ISO.test(trimmed)) {
    const withT = trimmed.replace(/^(\d{4}-\d{2}-\d{2})\s+(?=\d)/, '$1T').replace(' UTC', 'Z');
    const iso = DateTime.fromISO(withT, zone);
    if (iso.isValid) return iso.toMillis();
  }
  const sortable = trimmed.replace(SLASHED, (_, first: string, second: string, year: string) =>
    slashes === 'day-first' ? `${year}/${second}/${first}` : `${year}/${first}/${second}`,
  );
  const spaced = sortable.replace(NAMED_MONTH, '$1 $2 $3').replace(/T(?=\d)|\s+/g, ' ');
  for (const date of DATE_FORMS)
    for (const clock of CLOCK_FORMS) {
      const read = DateTime.fromFormat(spaced, date + clock, { ...zone, locale: 'en-GB' });
      if (read.isValid) return read.toMillis();
    }
  const mail = DateTime.fromRFC2822(trimmed, zone);
  return mail.isValid ? mail.toMillis() : null;
}

/** What the times of a whole file say about their slashes: only a number above 12 can tell. */
export function slashOrderOf(texts: readonly string[]): SlashOrder {
  return texts.some((text) => Number(SLASHED.exec(text.trim())?.[1] ?? 0) > 12) ? 'day-first' : 'month-first';
}

/** Digits alone are epochs by their size; what is no sensible year in any unit may still be `20240131`. */
function readEpoch(text: string): Instant | null {
  if (!/^\d{9,19}(\.\d+)?$/.test(text)) return null;
  const number = Number(text);
  for (const perMilli of [1e-3, 1, 1e3, 1e6]) {
    const at = number / perMilli;
    if (at >= LEAST_YEAR && at < GREATEST_YEAR) return Math.round(at);
  }
  return null;
}
