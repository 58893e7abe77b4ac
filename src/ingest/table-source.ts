import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RedressError } from '../model/errors.js';
import { EVENT_FIELDS } from '../model/event-schema.js';
import type { Origin } from '../store/event-rows.js';
import { FUTURE_ALLOWED } from './decode-fields.js';
import { type EventMap, type MapExpression, mapProblems } from './map-file.js';
import type { Input } from './open-input.js';
import { arrivalOf } from './origin.js';
import type { ArrivalOf, Portion } from './portion.js';
import type { Acceptance, StagedColumn, StagedTable, StagingArea } from './staging.js';
import { readCsvHeader, readParquetColumns } from './table-columns.js';
import { EXTRA, mappedRows } from './table-rows.js';

export interface TableRequest {
  staging: StagingArea;
  input: Input;
  format: 'csv' | 'parquet';
  /** What stands between a CSV file's cells; guessed from its header when absent. */
  delimiter?: string | undefined;
  /** Null when the columns are called as events' fields are. */
  map: EventMap | null;
  origin: Origin;
  /** Whether rows may become events inside the store; otherwise all of them are decoded here. */
  mayAccept: boolean;
}

const STRICT = '. A function that ends in OrNull gives nothing there, and only that row is rejected';

/** A table that is ready to be sent to the store. */
interface Table {
  format: 'CSV' | 'Parquet';
  columns: readonly StagedColumn[];
  settings: Readonly<Record<string, string | number>>;
  body: () => Readable;
}

/**
 * Reads a CSV or Parquet file by way of the store: its bytes are sent there, the map's expressions are
 * evaluated there, and what comes back is decoded like any other input. A rejected row is kept as a JSON
 * object of its columns. Throws `config_invalid` before anything is sent when the map does not fit the table.
 */
export async function* readTable(request: TableRequest): AsyncGenerator<Portion> {
  const temporary = await mkdtemp(join(tmpdir(), 'redress-'));
  try {
    const table =
      request.format === 'csv'
        ? csvTable(request.input, request.delimiter)
        : await parquetTable(request.input, temporary);
    const map = request.map ?? namesakes(request.input.name, table.columns);
    const staged = await request.staging.create(table.columns);
    try {
      const types = await typesOf(map, staged, table.columns);
      const accept = request.mayAccept ? acceptance(map, types, table.columns, request.origin) : null;
      const stored = await load(staged, table, request.input, accept);
      if (stored !== null) yield { into: () => undefined, stored, bytes: 0 };
      try {
        yield* mappedRows(map, staged, table.columns, rowsOf(request.origin));
      } catch (error) {
        if (!(error instanceof RedressError) || error.code !== 'store_rejected') throw error;
        // An expression that fits the columns can still fail at a value in them.
        const problems = await problemsOf(map, staged, table.columns, STRICT);
        throw problems.length === 0 ? error : mapProblems(problems);
      }
    } finally {
      await staged.drop();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function csvTable(input: Input, separator?: string): Table {
  const { names, delimiter, lines } = readCsvHeader(input.name, input.beginning, separator);
  return {
    format: 'CSV',
    columns: [...names, EXTRA].map((name) => ({ name, type: 'String' })),
    settings: {
      format_csv_delimiter: delimiter,
      input_format_csv_skip_first_lines: lines,
      input_format_csv_allow_variable_number_of_columns: 1,
      // The engine takes a tab or a space for a mistake unless it is told that they are meant.
      input_format_csv_allow_whitespace_or_tab_as_delimiter: 1,
    },
    body: () => Readable.from(input.body(), { objectMode: false }),
  };
}

async function parquetTable(input: Input, temporary: string): Promise<Table> {
  // A Parquet file is read from its end, so a stream of one has to be put down first.
  const path = input.plainPath ?? join(temporary, 'table.parquet');
  if (input.plainPath === null) await pipeline(input.body(), createWriteStream(path));
  return {
    format: 'Parquet',
    columns: await readParquetColumns(input.name, path),
    settings: {},
    body: () => (input.plainPath === null ? createReadStream(path) : Readable.from(input.body())),
  };
}

async function load(
  staged: StagedTable,
  table: Table,
  input: Input,
  accept: Acceptance | null,
): Promise<number | null> {
  const body = table.body();
  let broken: unknown;
  body.once('error', (error) => {
    broken = error;
  });
  try {
    return await staged.load({ format: table.format, body, settings: table.settings, accept });
  } catch (cause) {
    // An input that breaks off looks to the store like a caller that hangs up.
    if (broken instanceof RedressError) throw broken;
    if (!(cause instanceof RedressError) || cause.code !== 'store_rejected') throw cause;
    throw new RedressError(
      'input_unreadable',
      `${input.name}: cannot be read as ${table.format}${accept === null ? '' : ", with the map's expressions"}: ${cause.message}`,
      { cause },
    );
  }
}

/** The map of a table whose columns are called as events' fields are, `attributes.KEY` included. */
function namesakes(name: string, columns: readonly StagedColumn[]): EventMap {
  const names = columns.map((column) => column.name).filter((column) => column !== EXTRA);
  const known = new Set<string>(Object.values(EVENT_FIELDS).map((field) => field.name));
  const missing = Object.values(EVENT_FIELDS).filter(
    (field) => field.required && !names.includes(field.name),
  );
  const foreign = names.filter((column) => !known.has(column) && !column.startsWith('attributes.'));
  if (missing.length > 0 || foreign.length > 0) {
    const problem =
      missing.length > 0
        ? `there is no column ${missing.map((field) => field.name).join(', ')}, which every event has`
        : `${foreign.join(', ')}: no event has such a field; call it attributes.${foreign[0]}`;
    throw new RedressError(
      'input_unreadable',
      `${name}: ${problem}. Its columns are ${names.join(', ')}. A map file (--map) tells what they mean`,
    );
  }
  const fields = names.map((column) => ({ field: column, expression: `\`${column}\``, place: name }));
  return { file: name, timezone: 'UTC', where: null, events: [{ fields, where: null }] };
}

/** The arrivals of a table's rows, whose places say more than a number. */
function rowsOf(origin: Origin): ArrivalOf {
  return (place, row) => ({ ...arrivalOf(origin, row), position: `${origin.place}${place}` });
}

/** How plain rows become events inside the store: of a table that gives one event a row. */
function acceptance(
  map: EventMap,
  types: ReadonlyMap<MapExpression, string>,
  columns: readonly StagedColumn[],
  origin: Origin,
): Acceptance | null {
  const [event, another] = map.events;
  if (event === undefined || another !== undefined || event.where !== null) return null;
  return {
    values: event.fields.map((value) => ({ ...value, type: types.get(value) ?? '' })),
    where: map.where?.expression ?? '',
    intact: columns.some((column) => column.name === EXTRA) ? `${EXTRA} = ''` : 'true',
    timezone: map.timezone,
    origin,
    latest: origin.receivedAt + FUTURE_ALLOWED,
  };
}

/** The types of a map's expressions. When not all of them fit the table, one answer names all that do not. */
async function typesOf(
  map: EventMap,
  staged: StagedTable,
  columns: readonly StagedColumn[],
): Promise<Map<MapExpression, string>> {
  const expressions = expressionsOf(map);
  const types = await staged.types(
    expressions.map(({ expression }) => expression),
    map.timezone,
  );
  if (types !== null)
    return new Map(expressions.map((expression, index) => [expression, types[index] ?? '']));
  throw mapProblems(await problemsOf(map, staged, columns, ''));
}

/** What is wrong with each of a map's expressions over the table and the rows in it; `advice` goes with it. */
async function problemsOf(
  map: EventMap,
  staged: StagedTable,
  columns: readonly StagedColumn[],
  advice: string,
): Promise<string[]> {
  const names = columns.map((column) => column.name).filter((name) => name !== EXTRA);
  const problems: string[] = [];
  for (const { place, field, expression } of expressionsOf(map)) {
    const problem = await staged.check(expression, map.timezone);
    if (problem === null) continue;
    const more =
      problem.kind === 'unknown_column'
        ? ` (the table has the columns ${names.join(', ')}, and _row)`
        : advice;
    problems.push(`${place}  ${field}: ${expression}: ${problem.detail}${more}`);
  }
  return problems;
}

function expressionsOf(map: EventMap): MapExpression[] {
  const templates = map.events.flatMap((event) => [
    ...event.fields,
    ...(event.where === null ? [] : [event.where]),
  ]);
  return map.where === null ? templates : [map.where, ...templates];
}
