import type Holidays from 'date-holidays';
import type { Annotation } from '../model/annotation.js';
import { DAY } from '../model/clock.js';

/** A country whose public holidays are annotations, with what is the same for all of them. */
export interface HolidayRule extends Omit<Annotation, 'kind' | 'title' | 'startsAt' | 'endsAt'> {
  /** ISO 3166, a part of the country after a dash: `GB-SCT`. */
  country: string;
}

/** The library's calendars take a moment to load, and most installations need none. */
const load = async (): Promise<typeof Holidays> => (await import('date-holidays')).default;

/**
 * Reads rules into a function that gives the public holidays of a year, from midnight to midnight where they are
 * kept; with the years around it, because a year is over at different moments on different sides of the world.
 */
export async function publicHolidays(
  rules: readonly HolidayRule[],
): Promise<(year: number) => readonly Annotation[]> {
  const Library = await load();
  const calendars = rules.map((rule) => ({ rule, calendar: calendarOf(Library, rule.country) }));
  return (year) =>
    calendars.flatMap(({ rule: { country: _, ...rule }, calendar }) =>
      [year - 1, year, year + 1]
        .flatMap((each) => calendar.getHolidays(each))
        .filter(({ type, start, end }) => type === 'public' && touches(year, start, end))
        .map(
          ({ date, name, start, end }): Annotation => ({
            ...rule,
            annotationId: `${rule.annotationId}-${date.slice(0, 10)}`,
            kind: 'holiday',
            title: name,
            startsAt: start.getTime(),
            endsAt: end.getTime(),
          }),
        ),
    );
}

/** A holiday that is shorter than a day by no more than a change of the clocks is a day off; half a holiday is none. */
const WHOLE_DAY = 0.1;

/**
 * The days off by law in a country, or a part of it, as `2026-12-25`, by year. A holiday that begins on the evening
 * before is its day.
 */
export async function daysOff(country: string): Promise<(year: number) => ReadonlySet<string>> {
  const calendar = calendarOf(await load(), country);
  const years = new Map<number, ReadonlySet<string>>();
  const ofYear = (year: number): ReadonlySet<string> => {
    const dates = calendar.getHolidays(year).flatMap(({ type, date, start, end }) => {
      const days = type === 'public' ? Math.floor((end.getTime() - start.getTime()) / DAY + WHOLE_DAY) : 0;
      const first = Date.parse(`${date.slice(0, 10)}T00:00Z`);
      return Array.from({ length: days }, (_, day) => new Date(first + day * DAY).toISOString().slice(0, 10));
    });
    return new Set(dates);
  };
  return (year) => {
    const known = years.get(year) ?? ofYear(year);
    years.set(year, known);
    return known;
  };
}

/** The countries that are known, and the parts of the one that a code names; null where it has none. */
export async function knownCountries(
  code: string,
): Promise<{ countries: readonly string[]; parts: readonly string[] }> {
  const library = new (await load())();
  return {
    countries: Object.keys(library.getCountries()),
    parts: Object.keys(library.getStates(split(code).country) ?? {}),
  };
}

/** `GB-SCT` is Scotland's part of Great Britain. */
export function split(code: string): { country: string; part: string } {
  const [country = '', ...part] = code.split('-');
  return { country, part: part.join('-') };
}

function calendarOf(Library: typeof Holidays, code: string): Holidays {
  const { country, part } = split(code);
  return part === '' ? new Library(country) : new Library(country, part);
}

function touches(year: number, start: Date, end: Date): boolean {
  return start.getTime() < Date.UTC(year + 1, 0) && end.getTime() > Date.UTC(year, 0);
}
