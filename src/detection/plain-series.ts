import { parse } from 'csv-parse/sync';
import type { Instant } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { SeriesContext } from './contract.js';
import { readTime, slashOrderOf, type TimeReading } from './plain-time.js';

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
}

export interface PlainSeries {
  kind: SeriesContext['kind'];
  bucketSeconds: number;
  points: readonly PlainPoint[];
  notes: PlainSeriesNotes;
}

const TIME_NAMES = ['timestamp', 'time', 'datetime', 'date', 'bucket_start', 'ds', 't', 'ts'];
const VALUE_NAMES = ['value', 'y', 'count', 'v'];
/** A step this many bucket widths long or longer leaves a bucket out; months of 28 to 31 days do not. */
const GAP_STEPS = 1.5;
const NOT_THERE = /^(|na|n\/a|nan|null|none|-)$/i;

interface Columns {
  time: number;
  numerator: number;
  denominator: number | null;
}

/** What stands before the decimals of the file's numbers; the other one may group their thousands. */
type DecimalMark = ',' | '.';

interface Row {
  line: number;
  cells: readonly string[];
}

/**
 * Reads `timestamp,value` or `timestamp,numerator,denominator`, with a heading or without, separated by commas,
 * semicolons, tabs or bars. Columns are found by their names, else by their order.
 *
 * @param timezone IANA zone of times that name none.
 * @throws `input_unreadable` when the text is no such table or holds fewer than two points.
 */
export function readPlainSeries(text: string, name: string, timezone: string): PlainSeries {
  const rows = readRows(text, name);
  const [first] = rows;
  if (first === undefined) throw unreadable(name, 'there is nothing in it');
  const reading = { timezone, slashes: slashOrderOf(rows.map(({ cells }) => cells[0] ?? '')) };
  const hasHeading = !first.cells.some((cell) => readTime(cell, reading) !== null);
  const columns = columnsOf(first.cells, hasHeading, name);
  const body = hasHeading ? rows.slice(1) : rows;
  const order = slashOrderOf(body.map(({ cells }) => cells[columns.time] ?? ''));
  const notes: PlainSeriesNotes = {
    rows: body.length,
    duplicates: 0,
    outOfOrder: 0,
    absentBuckets: 0,
    gaps: 0,
    empty: 0,
    unreadable: [],
  };
  const mark = decimalMarkOf(separatorOf(text), body);
  const points = inOrder(readPoints(body, columns, { timezone, slashes: order }, mark, notes), notes);
  if (points.length < 2) throw unreadable(name, tooFew(points.length, notes));
  const bucketSeconds = bucketOf(points);
  countGaps(points, bucketSeconds, notes);
  return { kind: columns.denominator === null ? 'value' : 'rate', bucketSeconds, points, notes };
}

function readRows(text: string, name: string): Row[] {
  try {
    const parsed = parse(text, {
      bom: true,
      delimiter: separatorOf(text),
      trim: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (cause) {
    throw unreadable(name, `not a table: ${messageOf(cause)}`, cause);
  }
}

function tooFew(points: number, { unreadable: [first] }: PlainSeriesNotes): string {
  const found = `${points} points can be read, two are needed at least`;
  return first === undefined ? found : `${found}; line ${first.line}: ${first.reason}`;
}

/** Commas last: where another separator stands, they are decimal commas. */
function separatorOf(text: string): string {
  const [heading = ''] = text.split('\n', 1);
  return [';', '\t', '|'].find((separator) => heading.includes(separator)) ?? ',';
}

function columnsOf(first: readonly string[], hasHeading: boolean, name: string): Columns {
  const names = hasHeading ? first.map((cell) => cell.toLowerCase()) : [];
  const find = (wanted: readonly string[]): number => names.findIndex((column) => wanted.includes(column));
  const time = Math.max(0, find(TIME_NAMES));
  const numerator = find(['numerator']);
  const denominator = find(['denominator']);
  if (numerator >= 0 && denominator >= 0) return { time, numerator, denominator };
  const value = find(VALUE_NAMES);
  if (value >= 0) return { time, numerator: value, denominator: null };
  if (first.length === 2) return { time, numerator: time === 0 ? 1 : 0, denominator: null };
  if (first.length === 3 && time === 0) return { time, numerator: 1, denominator: 2 };
  throw unreadable(name, 'the columns timestamp,value or timestamp,numerator,denominator are wanted');
}

function readPoints(
  rows: readonly Row[],
  columns: Columns,
  reading: TimeReading,
  mark: DecimalMark,
  notes: PlainSeriesNotes,
): PlainPoint[] {
  return rows.flatMap(({ line, cells }) => {
    const timestamp = cells[columns.time] ?? '';
    const bucketStart = readTime(timestamp, reading);
    const numbers = [columns.numerator, columns.denominator]
      .filter((column) => column !== null)
      .map((column) => cells[column] ?? '');
    if (bucketStart === null) {
      notes.unreadable.push({ line, reason: `'${timestamp}' is no time` });
      return [];
    }
    if (numbers.some((cell) => NOT_THERE.test(cell))) {
      notes.empty += 1;
      return [];
    }
    const wrong = numbers.find((cell) => !Number.isFinite(readNumber(cell, mark)));
    if (wrong !== undefined) {
      notes.unreadable.push({ line, reason: `'${wrong}' is no number` });
      return [];
    }
    const [numerator = 0, denominator = null] = numbers.map((cell) => readNumber(cell, mark));
    if (denominator !== null && denominator < 0) {
      notes.unreadable.push({ line, reason: `nothing is counted over ${denominator}` });
      return [];
    }
    if (denominator === 0) {
      notes.empty += 1;
      return [];
    }
    return [{ timestamp, bucketStart, value: numerator / (denominator ?? 1), numerator, denominator }];
  });
}

/** Where commas separate the cells, or one stands before a point, they group thousands: `"1,234.5"`. */
function decimalMarkOf(separator: string, rows: readonly Row[]): DecimalMark {
  const groups = rows.some(({ cells }) => cells.some((cell) => /^-?\d{1,3}(,\d{3})+\.\d+$/.test(cell)));
  return separator === ',' || groups ? '.' : ',';
}

/** Not a number where it is none: marks that are not where thousands are grouped belong to something else. */
function readNumber(cell: string, mark: DecimalMark): number {
  if (mark === '.')
    return Number(/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(cell) ? cell.replaceAll(',', '') : cell);
  const grouped = /^-?\d{1,3}(\.\d{3})+,\d+$/.test(cell) ? cell.replaceAll('.', '') : cell;
  return Number(grouped.replace(/^(-?\d+),(\d+)$/, '$1.$2'));
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

function countGaps(points: readonly PlainPoint[], bucketSeconds: number, notes: PlainSeriesNotes): void {
  for (const step of stepsOf(points)) {
    const buckets = step / 1_000 / bucketSeconds;
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
