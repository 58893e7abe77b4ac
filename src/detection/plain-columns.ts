/** Columns by their headings, where these do not say by themselves what is what. */
export interface ColumnChoice {
  time?: string | undefined;
  value?: string | undefined;
  numerator?: string | undefined;
  denominator?: string | undefined;
}

/** Where in a row what stands. */
export interface PlainColumns {
  /** One, or a date's and its clock's. */
  time: readonly number[];
  numerator: number;
  /** Null where the numerator is the value. */
  denominator: number | null;
  /** `orders`, or `refunds over orders`; empty without a heading. */
  title: string;
}

const TIMESTAMP_NAMES = ['timestamp', 'datetime', 'date_time', 'bucket_start', 'ds', 'ts', 't'];
const DATE_NAMES = ['date', 'day'];
const CLOCK_NAMES = ['time'];
const VALUE_NAMES = ['value', 'y', 'count', 'v'];
const WANTED = 'timestamp,value or timestamp,numerator,denominator';

/** What stands where, by choice, else by the headings, else by order; a text when the columns do not say. */
export function columnsOf(
  first: readonly string[],
  hasHeading: boolean,
  choice: ColumnChoice,
): PlainColumns | string {
  const headings = hasHeading ? first : [];
  const names = headings.map((cell) => cell.toLowerCase());
  const chosen = [choice.time, choice.value, choice.numerator, choice.denominator];
  const absent = chosen.find((name) => name !== undefined && !names.includes(name.toLowerCase()));
  if (absent !== undefined)
    return hasHeading
      ? `there is no column '${absent}'; there are ${listed(headings)}`
      : `there is no heading, so that no column can be called '${absent}'`;

  const find = (...wanted: readonly string[]): number => names.findIndex((column) => wanted.includes(column));
  const named = (name: string | undefined): number =>
    name === undefined ? -1 : names.indexOf(name.toLowerCase());
  const time = choice.time === undefined ? timeOf(find) : [named(choice.time)];
  const columns = (numerator: number, denominator: number | null): PlainColumns => {
    const titles = [numerator, denominator].flatMap((column) =>
      column === null ? [] : (headings[column] ?? []),
    );
    return { time, numerator, denominator, title: titles.join(' over ') };
  };

  if (choice.value !== undefined) return columns(named(choice.value), null);
  if (choice.numerator !== undefined) return columns(named(choice.numerator), named(choice.denominator));
  const counted = { numerator: find('numerator'), denominator: find('denominator') };
  if (counted.numerator >= 0 && counted.denominator >= 0)
    return columns(counted.numerator, counted.denominator);
  const value = find(...VALUE_NAMES);
  if (value >= 0 && !time.includes(value)) return columns(value, null);
  // A column without a name beside columns with one is the row number that data frames write.
  const others = first.flatMap((cell, column) => (time.includes(column) || cell === '' ? [] : [column]));
  const [one, other, ...more] = others;
  if (one === undefined) return `the columns ${WANTED} are wanted, and there is one column only`;
  if (more.length === 0) return columns(one, other ?? null);
  return hasHeading
    ? `several columns could be judged: ${listed(others.map((column) => headings[column] ?? ''))}. --value says which, or --numerator and --denominator`
    : `the columns ${WANTED} are wanted, or a heading that says which is which`;
}

/** A date beside a time of day is one time in two columns. */
function timeOf(find: (...wanted: readonly string[]) => number): number[] {
  const timestamp = find(...TIMESTAMP_NAMES);
  if (timestamp >= 0) return [timestamp];
  const parts = [find(...DATE_NAMES), find(...CLOCK_NAMES)].filter((column) => column >= 0);
  return parts.length === 0 ? [0] : parts;
}

const listed = (names: readonly string[]): string => names.filter((name) => name !== '').join(', ');
