import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StagedColumn, TableReading } from '../store/staging-statements.js';
import type { Input } from './open-input.js';
import { readCsvHeader, readLineKeys, readParquetColumns } from './table-columns.js';

/** The column that names what keeps a row from being what it seems; the empty string where nothing does. */
export const FAULT = '_fault';
/** The column for what a CSV row has beyond the header's columns. */
export const EXTRA = '_extra';
/** The column of a line as it came. */
export const LINE = '_line';

/** A table that is ready to be sent to the store. */
export interface Table extends TableReading {
  /** What the format is called by people. */
  name: string;
  columns: readonly StagedColumn[];
  body: () => Readable;
}

/** The columns that a map may use: all but those that are Redress's own. */
export const ownNames = (columns: readonly StagedColumn[]): string[] =>
  columns.map(({ name }) => name).filter((name) => !name.startsWith('_'));

const TEXT = 'String';
/** Nothing that could stand in a cell: every cell is text, and NULL is only a cell that is not there. */
const NO_NULL = '\u0001no NULL\u0001';

/**
 * A CSV file, whose cells are all text; `\N`, which databases write for NULL, is empty. The last column and two more are
 * read so that they tell a cell that is empty from one that is not there: a row that has too few cells was cut off, and one
 * with more than separators at its end is not what the header says.
 */
export function csvTable(input: Input, separator?: string): Table {
  const { names, spare, delimiter, lines } = readCsvHeader(input.name, input.beginning, separator);
  const cells = names.map((_, index) => `c${index}`);
  const last = cells.at(-1) as string;
  const beyond = Array.from({ length: Math.max(spare, 1) + 1 }, (_, index) => `b${index}`);
  const more = `concat(${beyond.map((cell) => `ifNull(${cell}, '')`).join(", ' ', ")})`;
  const text = (cell: string) => `if(ifNull(${cell}, '\\\\N') = '\\\\N', '', assumeNotNull(${cell}))`;
  return {
    name: 'CSV',
    format: 'CSV',
    input: [
      ...cells.map((name) => ({ name, type: name === last ? 'Nullable(String)' : TEXT })),
      ...beyond.map((name) => ({ name, type: 'Nullable(String)' })),
    ],
    columns: [
      ...names.map((name, index) => ({ name, type: TEXT, expression: text(cells[index] as string) })),
      { name: EXTRA, type: TEXT, expression: `trim(${more})` },
      {
        name: FAULT,
        type: TEXT,
        expression: `multiIf(isNull(${last}), 'few_cells', match(${more}, '[^ ]') OR isNotNull(${beyond.at(-1)}), 'many_cells', '')`,
      },
    ],
    keep: `NOT (${[...cells, ...beyond].map((cell) => `ifNull(${cell}, '') = ''`).join(' AND ')})`,
    settings: {
      format_csv_delimiter: delimiter,
      format_csv_null_representation: NO_NULL,
      input_format_csv_empty_as_default: 0,
      input_format_csv_skip_first_lines: lines,
      input_format_csv_allow_variable_number_of_columns: 1,
      // The engine takes a tab or a space for padding unless it is told that they separate.
      input_format_csv_allow_whitespace_or_tab_as_delimiter: /\s/.test(delimiter) ? 1 : 0,
    },
    body: () => Readable.from(input.body(), { objectMode: false }),
  };
}

/** NDJSON of foreign objects: a column of text for each key that the first lines have, and one for the whole line. */
export function linesTable(input: Input): Table {
  const key = (name: string) => `'${name.replaceAll("'", "\\'")}'`;
  return {
    name: 'NDJSON',
    format: 'LineAsString',
    input: [{ name: LINE, type: TEXT }],
    columns: [
      ...readLineKeys(input.name, input.beginning).map((name) => ({
        name,
        type: TEXT,
        expression: `if(JSONType(${LINE}, ${key(name)}) IN ('String', 'Null'), JSONExtractString(${LINE}, ${key(name)}), JSONExtractRaw(${LINE}, ${key(name)}))`,
      })),
      { name: LINE, type: TEXT },
      { name: FAULT, type: TEXT, expression: `if(JSONType(${LINE}) = 'Object', '', 'no_object')` },
    ],
    keep: `NOT match(${LINE}, '^[ \\\\t\\\\r]*$')`,
    settings: {},
    body: () => Readable.from(input.body(), { objectMode: false }),
  };
}

/** A Parquet file. It is read from its end, so a stream of one is put down in a temporary folder first. */
export async function parquetTable(input: Input, temporary: string): Promise<Table> {
  const path = input.plainPath ?? join(temporary, 'table.parquet');
  if (input.plainPath === null) await pipeline(input.body(), createWriteStream(path));
  const columns = await readParquetColumns(input.name, path);
  return {
    name: 'Parquet',
    format: 'Parquet',
    input: columns,
    columns,
    keep: '',
    settings: {},
    body: () => (input.plainPath === null ? createReadStream(path) : Readable.from(input.body())),
  };
}
