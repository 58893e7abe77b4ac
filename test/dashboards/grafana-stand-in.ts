/**
 * What Grafana and its plugin `grafana-clickhouse-datasource` do to a query on its way to ClickHouse, after
 * their documentation: the page puts the variables' values in, then the plugin's backend expands the macros.
 */
import type { Instant } from '../../src/model/clock.js';

/** A variable's value; several when a reader writes several into the address. */
export type VariableValue = string | readonly string[];

export interface TimeRange {
  from: Instant;
  to: Instant;
  /** What the panel's width asks for between two points, in seconds. */
  intervalSeconds: number;
}

/** The query as ClickHouse gets it. */
export function asSent(
  sql: string,
  variables: Readonly<Record<string, VariableValue>>,
  range: TimeRange,
): string {
  return expandMacros(interpolate(sql, variables), range);
}

/** Puts values in for `$name`, `${name}` and `${name:format}`; what is no variable stays as it is. */
function interpolate(sql: string, variables: Readonly<Record<string, VariableValue>>): string {
  return sql.replace(/\$(\w+)|\$\{(\w+)(?::(\w+))?\}/g, (match, short, long, format) => {
    const value = variables[short ?? long];
    return value === undefined ? match : formatted(value, format ?? 'raw');
  });
}

function formatted(value: VariableValue, format: string): string {
  if (format === 'percentencode')
    return percentEncode(typeof value === 'string' ? value : `{${value.join(',')}}`);
  if (format === 'raw') return typeof value === 'string' ? value : `'${value.join("','")}'`;
  throw new Error(`the stand-in does not know the format '${format}'`);
}

const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const MACROS: Readonly<
  Record<string, { arguments: number; expand(args: string[], range: TimeRange): string }>
> = {
  fromTime: { arguments: 0, expand: (_, range) => dateTime(range.from) },
  toTime: { arguments: 0, expand: (_, range) => dateTime(range.to) },
  timeFilter: {
    arguments: 1,
    expand: ([column], range) =>
      `${column} >= ${dateTime(range.from)} AND ${column} <= ${dateTime(range.to)}`,
  },
  timeInterval: {
    arguments: 1,
    expand: ([column], range) =>
      `toStartOfInterval(toDateTime(${column}), INTERVAL ${Math.max(range.intervalSeconds, 1)} second)`,
  },
};

const dateTime = (at: Instant): string => `toDateTime(${Math.floor(at / 1000)})`;

/** Expands `$__macro` and `$__macro(arguments)`, inside string literals as well, as the plugin does. */
function expandMacros(sql: string, range: TimeRange): string {
  let expanded = '';
  let rest = sql;
  for (let match = /\$__(\w+)/.exec(rest); match !== null; match = /\$__(\w+)/.exec(rest)) {
    const macro = MACROS[match[1] ?? ''];
    if (macro === undefined) throw new Error(`the stand-in does not know the macro ${match[0]}`);
    const after = rest.slice(match.index + match[0].length);
    const call = macro.arguments === 0 ? { args: [], length: 0 } : readArguments(after);
    if (call.args.length !== macro.arguments)
      throw new Error(`${match[0]} takes ${macro.arguments} arguments, not ${call.args.length}`);
    expanded += rest.slice(0, match.index) + macro.expand(call.args, range);
    rest = after.slice(call.length);
  }
  return expanded + rest;
}

function readArguments(text: string): { args: string[]; length: number } {
  if (!text.startsWith('(')) return { args: [], length: 0 };
  let depth = 0;
  let start = 1;
  const args: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '(') depth++;
    else if (sign === ')') depth--;
    if (depth === 0 || (depth === 1 && sign === ',')) {
      args.push(text.slice(start, at).trim());
      start = at + 1;
    }
    if (depth === 0) return { args, length: at + 1 };
  }
  throw new Error(`unbalanced parentheses: ${text}`);
}

/** One answer of ClickHouse: columns with their types, and rows. */
export interface Answer {
  columns: readonly { name: string; type: string }[];
  rows: Record<string, unknown>[];
}

export interface Field {
  name: string;
  /** What Grafana takes the column's values for. */
  kind: 'time' | 'number' | 'string' | 'boolean';
  labels: Readonly<Record<string, string>>;
}

/** ClickHouse's types that the plugin has a converter for, as far as the dashboards use them. */
const KINDS: readonly (readonly [RegExp, Field['kind']])[] = [
  [/^(Nullable\()?Date/, 'time'],
  [/^(Nullable\()?(U?Int(8|16|32|64)|Float(32|64)|Decimal)/, 'number'],
  [/^(LowCardinality\()?(Nullable\()?String\)*$/, 'string'],
  [/^(Nullable\()?Bool/, 'boolean'],
];

function kindOf({ name, type }: Answer['columns'][number]): Field['kind'] {
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1];
  if (kind === undefined) throw new Error(`the plugin has no converter for ${name}, a ${type}`);
  return kind;
}

/**
 * The fields that the plugin's backend makes of an answer. A table's are its columns. Of a time series without rows
 * there are none; with rows, and with a time, words and a number among its columns, each number becomes a field for each
 * combination of words, which are its labels. Rows without a number stay as they are.
 */
export function asFields(format: 'timeseries' | 'table', { columns, rows }: Answer): Field[] {
  const plain = columns.map((column) => ({ name: column.name, kind: kindOf(column), labels: {} }));
  if (format === 'table') return plain;
  if (rows.length === 0) return [];
  const times = plain.filter(({ kind }) => kind === 'time');
  const words = plain.filter(({ kind }) => kind === 'string' || kind === 'boolean');
  const values = plain.filter((field) => field !== times[0] && !words.includes(field));
  if (times[0] === undefined || words.length === 0 || values.length === 0) return plain;
  const series = new Map(
    rows.map((row) => {
      const labels = Object.fromEntries(words.map(({ name }) => [name, String(row[name] ?? '')]));
      return [JSON.stringify(labels), labels];
    }),
  );
  return [
    times[0],
    ...[...series.values()].flatMap((labels) => values.map((field) => ({ ...field, labels }))),
  ];
}

/** Runs a query as a user who may do nothing but read, not even change a setting. */
export async function runReadOnly(address: { url: string; database: string }, sql: string): Promise<Answer> {
  const url = new URL(address.url);
  url.search = new URLSearchParams({
    database: address.database,
    default_format: 'JSON',
    readonly: '1',
  }).toString();
  const response = await fetch(url, { method: 'POST', body: sql });
  const text = await response.text();
  if (!response.ok) throw new Error(`${text}\n${sql}`);
  const { meta, data } = JSON.parse(text) as { meta: Answer['columns']; data: Answer['rows'] };
  return { columns: meta, rows: data };
}
