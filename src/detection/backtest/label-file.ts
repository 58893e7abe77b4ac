import { CsvError, parse } from 'csv-parse/sync';
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import { messageOf, RedressError } from '../../model/errors.js';
import { formatSlice, parseSlice, type SliceLabels } from '../../model/slice.js';
import { separatorOf } from '../plain-series.js';
import { readingOf, readTime, type TimeReading } from '../plain-time.js';
import type { Label } from './labels.js';

/** One label as a file has it, before its fields are read. */
interface Entry {
  line: number;
  fields: Readonly<Record<string, unknown>>;
}

/** The names that a field may have: those of this program's own truth files are among them. */
const NAMES = {
  metric: ['metric'],
  slice: ['slice', 'scope'],
  from: ['from', 'starts_at', 'start', 'started_at'],
  to: ['to', 'ends_at', 'end', 'ended_at'],
  title: ['title', 'id', 'name'],
} as const;

/**
 * Reads labels from CSV with a heading, from a YAML list or from NDJSON, such as what `redress simulate --truth`
 * writes. Which of them it is, is seen from the text. Times that name no zone are in UTC.
 *
 * @throws `input_unreadable` with every problem, one a line, each with its place.
 */
export function readLabels(text: string, name: string): Label[] {
  const entries = entriesOf(text, name);
  const times = entries.flatMap(({ fields }) => [field(fields, 'from'), field(fields, 'to')].map(textOf));
  const reading = readingOf(times, 'utc');
  const problems: string[] = [];
  const labels = entries.flatMap(({ line, fields }) => {
    const place = `${name}:${line}`;
    const read = labelOf(fields, place, reading);
    if (typeof read !== 'string') return [read];
    problems.push(`${place}: ${read}`);
    return [];
  });
  if (problems.length > 0) throw new RedressError('input_unreadable', problems.join('\n'));
  if (labels.length === 0) throw new RedressError('input_unreadable', `${name}: there is no label in it`);
  return labels.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The label, or what is wrong with it. */
function labelOf(fields: Entry['fields'], place: string, reading: TimeReading): Label | string {
  const metric = textOf(field(fields, 'metric'));
  const [from, to] = (['from', 'to'] as const).map((end) => textOf(field(fields, end)));
  if (from === undefined || from === '') return 'from: is missing';
  if (to === undefined || to === '') return 'to: is missing';
  const [begins, ends] = [readTime(from, reading), readTime(to, reading)];
  if (begins === null) return `from: '${from}' is not a time such as 2026-03-01T08:00Z`;
  if (ends === null) return `to: '${to}' is not a time such as 2026-03-01T08:00Z`;
  if (ends <= begins) return `to: ${to} is not after ${from}`;
  const slice = sliceOf(field(fields, 'slice'));
  if (typeof slice === 'string') return slice;
  const title = textOf(field(fields, 'title'));
  return {
    metric: metric === '' ? null : metric,
    slice,
    from: begins,
    to: ends,
    title: title === '' ? place : title,
    place,
  };
}

/** A slice as text or as a mapping; what is wrong with it otherwise. */
function sliceOf(given: unknown): SliceLabels | string {
  if (given === undefined || given === null || given === '') return {};
  if (typeof given === 'object' && !Array.isArray(given)) {
    const labels = Object.entries(given).map(([name, value]) => [name, textOf(value)] as const);
    return parseSlice(formatSlice(Object.fromEntries(labels)));
  }
  try {
    return parseSlice(textOf(given));
  } catch (error) {
    return messageOf(error);
  }
}

function entriesOf(text: string, name: string): Entry[] {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('{')) return ofNdjson(text, name);
  return start.startsWith('-') || start.startsWith('#') || start.startsWith('[')
    ? ofYaml(text, name)
    : ofCsv(text, name);
}

function ofNdjson(text: string, name: string): Entry[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [{ line: index + 1, fields: Object(JSON.parse(line)) as Entry['fields'] }];
    } catch (error) {
      throw new RedressError('input_unreadable', `${name}:${index + 1}: is not JSON: ${messageOf(error)}`);
    }
  });
}

function ofYaml(text: string, name: string): Entry[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const [error] = document.errors;
  if (error !== undefined)
    throw new RedressError(
      'input_unreadable',
      `${name}:${lineOf(error.pos[0])}: is not YAML: ${error.message}`,
    );
  if (!isSeq(document.contents))
    throw new RedressError('input_unreadable', `${name}: is not a list of labels`);
  return document.contents.items.map((item) => {
    const line = lineOf((item as { range?: [number, number, number] }).range?.[0] ?? 0);
    if (!isMap(item))
      throw new RedressError('input_unreadable', `${name}:${line}: is not a label: { from: …, to: … }`);
    return { line, fields: item.toJS(document) as Entry['fields'] };
  });
}

function ofCsv(text: string, name: string): Entry[] {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, {
      columns: (heading: string[]) => heading.map((column) => column.trim().toLowerCase()),
      bom: true,
      delimiter: separatorOf(text),
      trim: true,
      info: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    const place =
      error instanceof CsvError ? `${name}:${(error as CsvError & { lines?: number }).lines}` : name;
    throw new RedressError('input_unreadable', `${place}: is not a table of labels: ${messageOf(error)}`);
  }
  const [first] = rows;
  if (first !== undefined && NAMES.from.every((column) => first.record[column] === undefined))
    throw new RedressError(
      'input_unreadable',
      `${name}:1: there is no column 'from'; there are ${Object.keys(first.record).join(', ')}`,
    );
  return rows.map(({ record, info }) => ({ line: info.lines, fields: record }));
}

function field(fields: Entry['fields'], which: keyof typeof NAMES): unknown {
  for (const name of NAMES[which]) if (fields[name] !== undefined) return fields[name];
  return undefined;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value === undefined || value === null ? '' : String(value);
}
