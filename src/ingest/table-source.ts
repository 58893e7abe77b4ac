import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedressError } from '../model/errors.js';
import type { Origin } from '../store/event-rows.js';
import type { Acceptance, StagedColumn } from '../store/staging-statements.js';
import { FUTURE_ALLOWED } from './decode-fields.js';
import { soundRows, takenRows } from './map-conditions.js';
import { type EventMap, type MapExpression, mapProblems } from './map-file.js';
import { namesakes, problemsOf, typesOf } from './map-problems.js';
import type { Input } from './open-input.js';
import { arrivalOf } from './origin.js';
import type { ArrivalOf, Portion } from './portion.js';
import type { StagedTable, StagingArea } from './staging.js';
import { csvTable, linesTable, parquetTable, type Table } from './table-forms.js';
import { mappedRows } from './table-rows.js';

export interface TableRequest {
  staging: StagingArea;
  input: Input;
  /** Opens the input once more; null for a pipe, which has passed. */
  again: (() => Promise<Input>) | null;
  format: 'csv' | 'parquet' | 'ndjson';
  /** What stands between a CSV file's cells; guessed from its header when absent. */
  delimiter?: string | undefined;
  /** Null when the columns are called as events' fields are. */
  map: EventMap | null;
  origin: Origin;
  /** Whether rows may become events inside the store; otherwise all of them are decoded here. */
  mayAccept: boolean;
}

/**
 * Reads a table by way of the store: its bytes are sent there, the map's expressions are evaluated there, and
 * what comes back is decoded like any other input. A rejected row is kept as a JSON
 * object of its columns, or as the line that it was. Throws `config_invalid` before anything is sent when the map does not
 * fit the table.
 */
export async function* readTable(request: TableRequest): AsyncGenerator<Portion> {
  const temporary = await mkdtemp(join(tmpdir(), 'redress-'));
  try {
    const table = await tableOf(request.input, request, temporary);
    const map = request.map ?? namesakes(request.input.name, table.columns);
    const staged = await request.staging.create(table.columns);
    try {
      const types = await typesOf(map, staged, table.columns);
      const accept = request.mayAccept ? acceptance(map, types, table.columns, request.origin) : null;
      /** Throws what an expression does wrong that fits the columns, but fails at a value in them. */
      const blameMap = async () => {
        const problems = await problemsOf(map, staged, table.columns);
        if (problems.length > 0) throw mapProblems(problems);
      };
      try {
        const stored = await load(staged, table, accept);
        if (stored !== null) yield { into: () => undefined, stored, bytes: 0 };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (accept !== null && request.again !== null) {
          // Rows that were to become events are nowhere to be asked which of them it was; so they are sent once more.
          const whole = await tableOf(await request.again(), request, temporary);
          await load(staged, whole, null).catch(() => undefined);
        }
        await blameMap();
        throw unreadable(error, table, request.input);
      }
      try {
        yield* mappedRows(map, staged, table.columns, rowsOf(request.origin));
      } catch (error) {
        if (isRefusal(error)) await blameMap();
        throw error;
      }
    } finally {
      await staged.drop();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function tableOf(input: Input, { format, delimiter }: TableRequest, temporary: string): Promise<Table> {
  if (format === 'csv') return csvTable(input, delimiter);
  return format === 'ndjson' ? linesTable(input) : parquetTable(input, temporary);
}

async function load(staged: StagedTable, table: Table, accept: Acceptance | null): Promise<number | null> {
  const body = table.body();
  let broken: unknown;
  body.once('error', (error) => {
    broken = error;
  });
  try {
    return await staged.load({ ...table, body, accept });
  } catch (cause) {
    // An input that breaks off looks to the store like a caller that hangs up.
    throw broken instanceof RedressError ? broken : cause;
  }
}

const isRefusal = (error: unknown): error is RedressError =>
  error instanceof RedressError && error.code === 'store_rejected';

/** Says where a table cannot be read, as far as the store says it. */
function unreadable(error: RedressError, table: Table, input: Input): RedressError {
  const said = error.cause instanceof Error ? error.cause.message : error.message;
  // Behind the row's number come the store's guesses, over many lines.
  const [detail = ''] = said.split(/(?<=\(at row \d+\))/);
  const row = /\(at row (\d+)\)/.exec(detail)?.[1];
  const place = row === undefined ? input.name : `${input.name}:row ${row}`;
  const cause = detail.replace(/\s*\(at row \d+\)/, '').replace(/\s+/g, ' ');
  return new RedressError('input_unreadable', `${place}: cannot be read as ${table.name}: ${cause}`, {
    cause: error,
  });
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
    where: takenRows(map, columns),
    intact: soundRows(columns) || 'true',
    timezone: map.timezone,
    origin,
    latest: origin.receivedAt + FUTURE_ALLOWED,
  };
}
