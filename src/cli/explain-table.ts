import { parse } from 'csv-parse/sync';
import { expectForecast, expectRates } from '../analysis/expectation.js';
import { LeafBuilder } from '../analysis/leaf-builder.js';
import type { JudgedLeaves } from '../analysis/leaves.js';
import { openInput } from '../ingest/open-input.js';
import { RedressError } from '../model/errors.js';

/** How a plain table tells what was seen and what was expected. */
export type TableForm =
  | { kind: 'forecast'; value: string; forecast: string }
  | {
      kind: 'rate';
      time: string;
      /** The bucket that is asked about, as the table writes it or as any instant equal to it. */
      at: string;
      numerator: string;
      denominator: string;
      /** How many buckets before it are the baseline; null for all of them. */
      baseline: number | null;
    };

export interface TableRequest {
  path: string;
  /** Null for every column that the form does not name. */
  dimensions: readonly string[] | null;
  form: TableForm;
}

/**
 * Reads a CSV table, packed or not, as leaves with what was expected of each. Throws `usage` for a column that is
 * not there, and `input_unreadable` with file and line for what cannot be judged: text where a number is wanted, a
 * negative count, no row at the time asked about, no baseline before it.
 */
export async function readTable(request: TableRequest): Promise<JudgedLeaves> {
  const { path, form } = request;
  const rows = await readRows(path);
  const first = rows.next();
  const header = first.done === true ? undefined : first.value.cells;
  if (header === undefined) throw refusal(path, 'the table is empty');
  const column = (name: string): number => {
    const place = header.indexOf(name);
    if (place >= 0) return place;
    throw new RedressError('usage', `${path}: there is no column '${name}'; there are ${header.join(', ')}`);
  };
  const taken =
    form.kind === 'forecast' ? [form.value, form.forecast] : [form.time, form.numerator, form.denominator];
  const dimensions = request.dimensions ?? header.filter((name) => !taken.includes(name));
  if (dimensions.length === 0)
    throw new RedressError('usage', `${path}: there is no column left to slice by`);
  const wanted = dimensions.map(column);
  const both = dimensions.find((name) => taken.includes(name));
  if (both !== undefined)
    throw new RedressError('usage', `${path}: '${both}' cannot be a dimension and a figure at once`);
  const places = taken.map(column);
  const builder = new LeafBuilder(dimensions);
  return form.kind === 'forecast'
    ? readForecast(path, rows, builder, wanted, places)
    : readRates(path, rows, builder, wanted, places, form);
}

function readForecast(
  path: string,
  rows: IterableIterator<Row>,
  builder: LeafBuilder,
  dimensions: readonly number[],
  [value, forecast]: readonly number[],
): JudgedLeaves {
  const observed: number[] = [];
  const expected: number[] = [];
  for (const row of rows) {
    const leaf = builder.leaf(dimensions.map((place) => row.cells[place] ?? ''));
    observed[leaf] = (observed[leaf] ?? 0) + numberIn(path, row, value);
    expected[leaf] = (expected[leaf] ?? 0) + numberIn(path, row, forecast);
  }
  if (builder.size === 0) throw refusal(path, 'the table has no rows');
  if (expected.every((each) => each === 0))
    throw refusal(path, 'the forecast is zero everywhere, so there is nothing to compare with');
  return expectForecast(builder.build(), Float64Array.from(observed), Float64Array.from(expected));
}

function readRates(
  path: string,
  rows: IterableIterator<Row>,
  builder: LeafBuilder,
  dimensions: readonly number[],
  [time, numerator, denominator]: readonly number[],
  form: Extract<TableForm, { kind: 'rate' }>,
): JudgedLeaves {
  const at = instantOf(form.at);
  if (at === null) throw new RedressError('usage', `--at ${form.at}: this is neither a number nor a time`);
  const now: { leaf: number; events: number; trials: number }[] = [];
  const before: { leaf: number; instant: number; events: number; trials: number }[] = [];
  let nearest: string | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const text = row.cells[time as number] ?? '';
    const instant = instantOf(text);
    if (instant === null) throw refusal(path, `line ${row.line}: '${text}' is neither a number nor a time`);
    if (Math.abs(instant - at) < distance) {
      distance = Math.abs(instant - at);
      nearest = text;
    }
    if (instant > at) continue;
    const leaf = builder.leaf(dimensions.map((place) => row.cells[place] ?? ''));
    const events = countIn(path, row, numerator);
    const trials = countIn(path, row, denominator);
    if (instant === at) now.push({ leaf, events, trials });
    else before.push({ leaf, instant, events, trials });
  }
  if (nearest === null) throw refusal(path, 'the table has no rows');
  if (now.length === 0) throw refusal(path, `no row is at ${form.at}; the nearest is at ${nearest}`);
  const buckets = [...new Set(before.map(({ instant }) => instant))].sort((a, b) => b - a);
  const number = new Map(buckets.slice(0, form.baseline ?? buckets.length).map((instant, i) => [instant, i]));
  const history = before.filter(({ instant }) => number.has(instant));
  if (history.every(({ trials }) => trials === 0))
    throw refusal(path, `nothing was counted before ${form.at}, so there is no baseline`);
  if (now.every(({ trials }) => trials === 0))
    throw refusal(path, `the denominator is zero at ${form.at}, so there is no rate`);
  const counted = { numerator: new Float64Array(builder.size), denominator: new Float64Array(builder.size) };
  for (const { leaf, events, trials } of now) {
    counted.numerator[leaf] = (counted.numerator[leaf] as number) + events;
    counted.denominator[leaf] = (counted.denominator[leaf] as number) + trials;
  }
  return expectRates(builder.build(), counted, {
    leaf: Int32Array.from(history, ({ leaf }) => leaf),
    bucket: Int32Array.from(history, ({ instant }) => number.get(instant) as number),
    numerator: Float64Array.from(history, ({ events }) => events),
    denominator: Float64Array.from(history, ({ trials }) => trials),
    buckets: number.size,
  });
}

interface Row {
  cells: readonly string[];
  /** From 1, the header included. */
  line: number;
}

/** The rows of a CSV file. Text without a quotation mark is split as it is, which is many times as fast. */
async function readRows(path: string): Promise<IterableIterator<Row>> {
  const input = await openInput(path);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input.body()) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw refusal(path, `more than ${MOST_BYTES >> 20} MiB; sum it up by its dimensions first`);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (!text.includes('"')) return splitPlainly(text);
  try {
    const options = { relax_column_count: true, skip_empty_lines: true, info: true };
    const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ cells: record, line: info.lines })).values();
  } catch (cause) {
    throw new RedressError('input_unreadable', `${path}: this is not CSV: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const MOST_BYTES = 400 << 20;

function* splitPlainly(text: string): Generator<Row> {
  let start = 0;
  for (let line = 1; start < text.length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const stop = text[end - 1] === '\r' ? end - 1 : end;
    if (stop > start) yield { cells: text.slice(start, stop).split(','), line };
    start = end + 1;
  }
}

function numberIn(path: string, row: Row, place: number | undefined): number {
  const text = row.cells[place as number] ?? '';
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw refusal(path, `line ${row.line}: '${text}' is not a number`);
}

function countIn(path: string, row: Row, place: number | undefined): number {
  const number = numberIn(path, row, place);
  if (number >= 0) return number;
  throw refusal(path, `line ${row.line}: ${number} is negative, and a rate is made of counts`);
}

/** A number as it is, a date as milliseconds; null for anything else. */
function instantOf(text: string): number | null {
  if (text.trim() === '') return null;
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

function refusal(path: string, detail: string): RedressError {
  return new RedressError('input_unreadable', `${path}: ${detail}`);
}
