import { CsvError, parse } from 'csv-parse/sync';
import type { Instant } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { SeriesContext } from './contract.js';
import { type ColumnChoice, columnsOf, type PlainColumns } from './plain-columns.js';
import { type DecimalMark, decimalMarkOf, readNumber } from './plain-number.js';
import { readingOf, readTime, type TimeReading } from './plain-time.js';

/** A point of a file, with the time as the file has it. */
export interface PlainPoint {
  timestamp: string;
  bucketStart: Instant;
  value: number;
  numerator: number;
  denominator: number | null;
}

/** What was found in a file besides its points; nothing is put right without being counted here. */
export interface PlainSeriesNotes {
  /** Rows below the heading. */
  rows: number;
  /** Rows whose time another row had already: the last one is taken. */
  duplicates: number;
  /** Rows that came after a later one: they are put in order. */
  outOfOrder: number;
  /** Buckets between the first and the last that have no row: left absent. */
  absentBuckets: number;
  /** Runs of absent buckets. */
  gaps: number;
  /** Rows without a number, or of a rate counted over nothing: left out. */
  empty: number;
  /** Rows that could not be read: left out. */
  unreadable: { line: number; reason: string }[];
  /** Steps between rows that are no whole number of buckets. */
  uneven: number;
}

export interface PlainSeries {
  kind: SeriesContext['kind'];
  /** What the columns are called that were read: `orders`, `refunds over orders`; empty without a heading. */
  title: string;
  bucketSeconds: number;
  points: readonly PlainPoint[];
  notes: PlainSeriesNotes;
}

/** A step this many bucket widths long or longer leaves a bucket out; months of 28 to 31 days do not. */
const GAP_STEPS = 1.5;
/** A month of 28 days is this much shorter than one of 31. */
const UNEVEN = 0.1;
const NOT_THERE = /^(|#?n\/?a|<na>|nan|null|nil|none|missing|\\n|[-–—]{1,3}|\.|\?)$/i;

interface Row {
  line: number;
  cells: readonly string[];
}

/**
 * Reads `timestamp,value` or `timestamp,numerator,denominator`, with a heading or without, separated by commas,
 * semicolons, tabs or bars. Columns are found by their names, else by their order. Lines that begin with # say nothing.
 *
 * @param timezone IANA zone of times that name none.
 * @throws `input_unreadable` when the text is no such table or holds fewer than two points.
 */
export function readPlainSeries(
  text: string,
  name: string,
  timezone: string,
  choice: ColumnChoice = {},
): PlainSeries {
  const separator = separatorOf(text);
  const rows = readRows(text, separator, name);
  const [first] = rows;
  if (first === undefined) throw unreadable(name, 'there is nothing in it');
  const firstReading = readingOf(
    rows.map(({ cells }) => cells[0] ?? ''),
    timezone,
  );
  const hasHeading = !first.cells.some((cell) => readTime(cell, firstReading) !== null);
  const columns = columnsOf(first.cells, hasHeading, choice);
  if (typeof columns === 'string') throw unreadable(name, columns);
  const body = hasHeading ? rows.slice(1) : rows;
  const notes: PlainSeriesNotes = {
    rows: body.length,
    duplicates: 0,
    outOfOrder: 0,
    absentBuckets: 0,
    gaps: 0,
    empty: 0,
    unreadable: [],
    uneven: 0,
  };
  const reading = readingOf(
    body.map((row) => timeIn(row, columns)),
    timezone,
  );
  const mark = decimalMarkOf(
    body.flatMap((row) => numbersIn(row, columns)),
    separator,
  );
  const points = inOrder(readPoints(body, columns, reading, mark, notes), notes);
  if (points.length < 2) throw tooFew(name, points.length, notes);
  const bucketSeconds = bucketOf(points);
  countSteps(points, bucketSeconds, notes);
  const kind = columns.denominator === null ? 'value' : 'rate';
  return { kind, title: columns.title, bucketSeconds, points, notes };
}

function readRows(text: string, separator: string, name: string): Row[] {
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter: separator,
      trim: true,
      info: true,
      relax_column_count: true,
      // A quotation mark within a cell spoils that cell and not the file.
      relax_quotes: true,
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    const rows = parsed.map(({ record, info }) => ({ line: info.lines, cells: record }));
    return SEPARATOR_LINE.test(text) ? rows.slice(1) : rows;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { code, lines, records, empty_lines, comment_lines } = cause as CsvError & Record<string, number>;
    throw code === 'CSV_QUOTE_NOT_CLOSED'
      ? unreadable(
          `${name}:${Number(records) + Number(empty_lines) + Number(comment_lines) + 1}`,
          'a quotation mark opens here that is never closed',
          cause,
        )
      : unreadable(`${name}:${lines}`, `not a table: ${messageOf(cause)}`, cause);
  }
}

function tooFew(name: string, points: number, { unreadable: [first] }: PlainSeriesNotes): RedressError {
  const found = `${points} points can be read, two are needed at least`;
  return first === undefined
    ? unreadable(name, found)
    : unreadable(`${name}:${first.line}`, `${first.reason}; ${found}`);
}

/** The line by which spreadsheets are told what separates the cells. */
const SEPARATOR_LINE = /^\uFEFF?sep=(.)\r?\n/;

/** What separates a table's cells. Commas last: where another separator stands, they are decimal commas. */
export function separatorOf(text: string): string {
  const [, told] = SEPARATOR_LINE.exec(text) ?? [];
  if (told !== undefined) return told;
  const [heading = ''] = /^(?!#)[^\r\n]+/m.exec(text) ?? [];
  return [';', '\t', '|'].find((separator) => heading.includes(separator)) ?? ',';
}

/** The time of a row as the file has it, from two columns where a date and its clock are apart. */
const timeIn = ({ cells }: Row, { time }: PlainColumns): string =>
  time.map((column) => cells[column] ?? '').join(' ');

const numbersIn = ({ cells }: Row, { numerator, denominator }: PlainColumns): string[] =>
  [numerator, denominator].flatMap((column) => (column === null ? [] : (cells[column] ?? '')));

function readPoints(
  rows: readonly Row[],
  columns: PlainColumns,
  reading: TimeReading,
  mark: DecimalMark,
  notes: PlainSeriesNotes,
): PlainPoint[] {
  let before: Instant | undefined;
  return rows.flatMap((row) => {
    const refuse = (reason: string) => {
      notes.unreadable.push({ line: row.line, reason });
      return [];
    };
    const timestamp = timeIn(row, columns);
    const bucketStart = readTime(timestamp, reading, before);
    if (bucketStart === null) return refuse(`'${timestamp}' is no time`);
    before = bucketStart;
    const cells = numbersIn(row, columns);
    if (cells.some((cell) => NOT_THERE.test(cell))) {
      notes.empty += 1;
      return [];
    }
    const wrong = cells.find((cell) => !Number.isFinite(readNumber(cell, mark)));
    if (wrong !== undefined) return refuse(`'${wrong}' is no number`);
    const [numerator = 0, denominator = null] = cells.map((cell) => readNumber(cell, mark));
    if (denominator !== null && denominator < 0) return refuse(`nothing is counted over ${denominator}`);
    if (denominator !== null && numerator < 0) return refuse(`a rate cannot count ${numerator}`);
    if (denominator === 0) {
      notes.empty += 1;
      return [];
    }
    return [{ timestamp, bucketStart, value: numerator / (denominator ?? 1), numerator, denominator }];
  });
}

function inOrder(points: readonly PlainPoint[], notes: PlainSeriesNotes): PlainPoint[] {
  const byTime = new Map<Instant, PlainPoint>();
  let latest = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    if (byTime.has(point.bucketStart)) notes.duplicates += 1;
    else if (point.bucketStart < latest) notes.outOfOrder += 1;
    latest = Math.max(latest, point.bucketStart);
    byTime.set(point.bucketStart, point);
  }
  return [...byTime.values()].sort((a, b) => a.bucketStart - b.bucketStart);
}

/** The width of the buckets: the middle one of the steps between points, in seconds. */
function bucketOf(points: readonly PlainPoint[]): number {
  const steps = stepsOf(points).sort((a, b) => a - b);
  return Math.max(1, Math.round((steps[steps.length >> 1] as number) / 1_000));
}

function countSteps(points: readonly PlainPoint[], bucketSeconds: number, notes: PlainSeriesNotes): void {
  for (const step of stepsOf(points)) {
    const buckets = step / 1_000 / bucketSeconds;
    if (Math.abs(buckets - Math.max(1, Math.round(buckets))) > UNEVEN) notes.uneven += 1;
    if (buckets < GAP_STEPS) continue;
    notes.gaps += 1;
    notes.absentBuckets += Math.max(1, Math.round(buckets) - 1);
  }
}

function stepsOf(points: readonly PlainPoint[]): number[] {
  return points.slice(1).map(({ bucketStart }, at) => bucketStart - (points[at] as PlainPoint).bucketStart);
}

function unreadable(name: string, what: string, cause?: unknown): RedressError {
  return new RedressError('input_unreadable', `${name}: ${what}`, { cause });
}
