import { type DateObjectUnits, DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';

/** What only all the times of a file together can tell. */
export interface TimeReading {
  /** IANA zone of times that name none. */
  timezone: string;
  /** Whether `03/04/2024` is the third of April or the fourth of March; with points it is the third of April. */
  slashes: 'day-first' | 'month-first';
  /** What numbers are that no single one of them could be told by; null for nothing of the kind. */
  numbers: Numbers | null;
}

/** `2024`, `202401`, `2024013109`, and days since 1899-12-30, as spreadsheets count them: `45292.375`. */
type Numbers = 'years' | 'months' | 'hours' | 'spreadsheet days';

const NUMBERS: Readonly<Record<Numbers, RegExp>> = {
  years: /^(1[5-9]|2[01])\d{2}$/,
  months: /^(19|20)\d{2}(0[1-9]|1[0-2])$/,
  hours: /^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])$/,
  'spreadsheet days': /^[2-7]\d{4}(\.\d+)?$/,
};
const BARE_NUMBER = /^\d+(\.\d+)?$/;
const SPREADSHEET_EPOCH = { year: 1899, month: 12, day: 30 };

/** Two numbers and a year, in the order of the place. */
const NUMBERED = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);

/** Dates as their parts, the longer form before the shorter that it begins with. */
const DATES: readonly RegExp[] = [
  /^(?<year>\d{4})([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})(?!\d)/,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?!\d)/,
  /^(?<day>\d{1,2})(?:st|nd|rd|th)?[-/. ]+(?<named>[a-z]{3,9})[-/., ]+(?<year>\d{4}|\d{2})(?!\d)/i,
  /^(?<named>[a-z]{3,9})[-. ]+(?<day>\d{1,2})(?:st|nd|rd|th)?(?:, *| +)(?<year>\d{4})(?!\d)/i,
  /^(?<year>\d{4})[- ]?W(?<week>\d{2})(-?(?<weekday>[1-7]))?(?!\d)/i,
  /^(?<year>\d{4})-(?<ordinal>\d{3})(?!\d)/,
  /^(?<year>\d{4})[-/.M](?<month>\d{1,2})$/i,
  /^(?<month>\d{1,2})[/.-](?<year>\d{4})$/,
  /^(?<named>[a-z]{3,9})(?:[-/., ]+(?<year>\d{4})|[-/ ]?['’-](?<year2>\d{2}))$/i,
  /^(?<year>\d{4})[- ]?Q(?<quarter>[1-4])$/i,
  /^Q(?<quarter>[1-4])[-/ ](?<year>\d{4})$/i,
];
const CLOCK =
  /^(?:[T_:]|[\s,@]+)(?<hour>\d{1,2})(?:[:.]?(?<minute>\d{2})(?:[:.]?(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?)?(?:\s*(?<half>[ap])\.?m\.?)?(?=$|[\s+Zz-])/i;
const ZONE =
  /^\s*(?:(?:Z|UTC|GMT)?\s*(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})?(?:\s*UTC)?|Z|UTC|GMT|(?<american>[ECMP][SD]T))$/i;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=[a-z\d])/i;
/** `Mon Jan 15 09:00:00 2024`, of C and of Unix, to the order of everybody else. */
const YEAR_LAST = /^([a-z]{3} +\d{1,2}) (\d{1,2}:\S+)( [a-z]{1,4})? (\d{4})$/i;
/** `202401310900` and `20240131090000`, which could also be milliseconds of 1976 and of 2611. */
const COMPACT = /^((?:19|20)\d{6})(\d{4}(?:\d{2})?)$/;

const LEAST_YEAR = Date.UTC(1971, 0, 1);
const GREATEST_YEAR = Date.UTC(2200, 0, 1);

/** What the times of a whole file say about those of which one alone says too little. */
export function readingOf(texts: readonly string[], timezone: string): TimeReading {
  const trimmed = texts.map((text) => text.trim());
  const bare = trimmed.filter((text) => BARE_NUMBER.test(text));
  const numbers = (Object.keys(NUMBERS) as Numbers[]).find((kind) =>
    bare.every((text) => NUMBERS[kind].test(text)),
  );
  // Only a number above 12 can tell.
  const isDayFirst = trimmed.some((text) => Number(NUMBERED.exec(text)?.[1] ?? 0) > 12);
  return {
    timezone,
    slashes: isDayFirst ? 'day-first' : 'month-first',
    numbers: bare.length > 0 ? (numbers ?? null) : null,
  };
}

/**
 * Reads a time as people and programs write it: ISO 8601 with or without zone, with a space for the T, as a week
 * (`2024-W05`) or a day of the year; seconds, milliseconds, microseconds or nanoseconds since 1970; spreadsheets' days;
 * `202401310900`, `31.01.2024 09:00`, `1/31/24 9:00 AM`, `31-Jan-2024`, `January 31, 2024`, RFC 2822; months, quarters
 * and years. Null when it is none of these.
 *
 * @param after the time of the row before, which tells the two hours apart that a clock shows when it is put back.
 */
export function readTime(text: string, reading: TimeReading, after?: Instant): Instant | null {
  const trimmed = text.trim();
  const compact = COMPACT.exec(trimmed);
  const read = compact === null ? null : readDate(`${compact[1]}T${compact[2]}`, reading);
  if (read !== null) return read;
  if (reading.numbers !== null && NUMBERS[reading.numbers].test(trimmed))
    return readNumber(trimmed, reading, after);
  const epoch = readEpoch(trimmed);
  if (epoch !== null) return epoch;
  return readDate(
    trimmed
      .replace(WEEKDAY, '')
      .replace(/\s*\([^)]*\)$/, '')
      .replace(YEAR_LAST, '$1 $4 $2$3'),
    reading,
    after,
  );
}

function readNumber(text: string, { timezone, numbers }: TimeReading, after?: Instant): Instant {
  const zone = { zone: timezone };
  if (numbers !== 'spreadsheet days') {
    const [year, month = 1, day = 1, hour = 0] = (text.match(/^\d{4}|\d{2}/g) ?? []).map(Number);
    return momentOf(DateTime.fromObject({ year, month, day, hour }, zone), after);
  }
  // The part of a day is a time of its clock: a spreadsheet knows no days of 23 hours. Its last digits say nothing.
  const seconds = Math.round((Number(text) % 1) * 86_400);
  const day = DateTime.fromObject(SPREADSHEET_EPOCH, zone).plus({ days: Math.trunc(Number(text)) });
  const clock = {
    hour: Math.trunc(seconds / 3_600),
    minute: Math.trunc(seconds / 60) % 60,
    second: seconds % 60,
  };
  return momentOf(day.set(clock), after);
}

/** Digits alone are epochs by their size. */
function readEpoch(text: string): Instant | null {
  if (!/^(\d{9,19}(\.\d+)?|\d\.\d{4,}e\+?\d{1,2})$/i.test(text)) return null;
  const number = Number(text);
  for (const perMilli of [1e-3, 1, 1e3, 1e6]) {
    const at = number / perMilli;
    if (at >= LEAST_YEAR && at < GREATEST_YEAR) return Math.round(at);
  }
  return null;
}

function readDate(text: string, { timezone, slashes }: TimeReading, after?: Instant): Instant | null {
  const sortable = text.replace(NUMBERED, (_, first: string, mark: string, second: string, year: string) =>
    mark === '.' || slashes === 'day-first'
      ? `${fullYear(year)}/${second}/${first}`
      : `${fullYear(year)}/${first}/${second}`,
  );
  for (const form of DATES) {
    const match = form.exec(sortable);
    if (match === null) continue;
    const clock = readClock(sortable.slice(match[0].length), timezone);
    if (clock === null) continue;
    const read = DateTime.fromObject({ ...dateOf(match.groups ?? {}), ...clock.time }, { zone: clock.zone });
    if (read.isValid) return momentOf(read, after);
  }
  return null;
}

/**
 * The moment at which a clock shows what it shows: of the two when it is put back the earlier one, or the later where
 * the row before is no earlier. Luxon by itself goes by what the clock's offset is today.
 */
function momentOf(read: DateTime, after: Instant | undefined): Instant {
  const moments = read.getPossibleOffsets().map((possible) => possible.toMillis());
  const [earlier = read.toMillis(), later = earlier] = moments;
  return after !== undefined && earlier <= after ? later : earlier;
}

type Groups = Readonly<Record<string, string | undefined>>;

function dateOf({ year2, year = year2 ?? '', month, day, named, quarter, week, weekday, ordinal }: Groups) {
  if (week !== undefined)
    return {
      weekYear: Number(year),
      weekNumber: Number(week),
      weekday: Number(weekday ?? 1) as DateObjectUnits['weekday'],
    };
  if (ordinal !== undefined) return { year: Number(year), ordinal: Number(ordinal) };
  const months =
    named !== undefined
      ? MONTHS.findIndex((name) => name.startsWith(named.toLowerCase())) + 1
      : quarter !== undefined
        ? 3 * Number(quarter) - 2
        : Number(month);
  return { year: Number(fullYear(year)), month: months, day: Number(day ?? 1) };
}

/** The time of day and the zone that stand behind a date; null when it is something else. */
function readClock(text: string, timezone: string) {
  const match = CLOCK.exec(text);
  const rest = text.slice(match?.[0].length ?? 0);
  const zone = match === null ? null : ZONE.exec(rest);
  if (rest.trim() !== '' && zone === null) return null;
  const { hour = '0', minute = '0', second = '0', fraction = '0', half } = match?.groups ?? {};
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return null;
  return {
    time: {
      hour: hours,
      minute: Number(minute),
      second: Number(second),
      millisecond: Math.trunc(Number(`0.${fraction}`) * 1_000),
    },
    zone: zone === null ? timezone : offsetOf(zone.groups ?? {}),
  };
}

/** `UTC+5:30`, as luxon calls it. Of names there are those of RFC 2822, America's; others mean several offsets. */
function offsetOf({ sign = '+', hours = '0', minutes = '0', american }: Groups): string {
  if (american !== undefined) {
    const [coast = '', season] = american.toUpperCase();
    return `UTC-${'ECMP'.indexOf(coast) + (season === 'D' ? 4 : 5)}`;
  }
  return `UTC${sign}${Number(hours)}:${minutes.padStart(2, '0')}`;
}

/** Two digits are of 1970 to 2069, as Unix has them. */
function fullYear(year: string): string {
  return year.length === 4 ? year : String(Number(year) + (Number(year) < 70 ? 2_000 : 1_900));
}
