import { parse } from 'csv-parse/sync';
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet';
import { messageOf, RedressError } from '../model/errors.js';
import type { StagedColumn } from '../store/staging-statements.js';
import { withoutMark } from './line-splitter.js';

/** How a CSV file is written, told from its beginning. */
export interface CsvHeader {
  names: readonly string[];
  /** Separators behind the last name, for columns without one. */
  spare: number;
  delimiter: string;
  /** Lines that the header takes: more than one when a name has a line break in it. */
  lines: number;
}

/** How a ZIP file begins, which is what a spreadsheet's workbook is. */
const ARCHIVE = Buffer.from('PK\u0003\u0004', 'latin1');
/** As much of a name as a message shows. */
const SHOWN = 40;
const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads a CSV file's header; without a delimiter, guesses it. Throws `input_unreadable` when there is none that
 * could name columns.
 */
export function readCsvHeader(
  name: string,
  beginning: Buffer,
  delimiter = guessDelimiter(beginning.toString('utf8')),
): CsvHeader {
  if (beginning.subarray(0, ARCHIVE.length).equals(ARCHIVE))
    throw new RedressError('input_unreadable', `${name}: is a workbook or an archive: save it as CSV first`);
  let header: { record: string[]; info: { lines: number } } | undefined;
  try {
    [header] = parse(beginning, {
      bom: true,
      delimiter,
      to: 1,
      info: true,
      relax_column_count: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
  } catch (cause) {
    throw new RedressError('input_unreadable', `${name}:1: the header cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  const cells = header?.record ?? [];
  // Spreadsheets end each line with separators when a cell far to the right was touched once.
  const names = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
  const problem = namesProblem(names);
  if (problem !== null) throw new RedressError('input_unreadable', `${name}:1: ${problem}`);
  return { names, spare: cells.length - names.length, delimiter, lines: header?.info.lines ?? 1 };
}

/** The separator that the first line has most of, outside of quotes. */
function guessDelimiter(text: string): string {
  const unquoted = text.replace(/"[^"]*"/g, '');
  const [line = ''] = unquoted.split(/\r?\n/, 1);
  const counted = DELIMITERS.map((sign) => ({ sign, count: line.split(sign).length }));
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).sign;
}

function namesProblem(names: readonly string[]): string | null {
  if (names.length === 0) return 'there is no header: the first line is empty';
  if (names.includes('')) return `column ${names.indexOf('') + 1} of the header has no name`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `two columns are called ${twice}`;
  const odd = names.find((name) => !isColumnName(name));
  if (odd === undefined) return null;
  return `a column may not be called ${JSON.stringify(odd.slice(0, SHOWN))}: no control character, no backquote, no backslash, no underscore in front`;
}

const isColumnName = (name: string): boolean => !/[`\\\p{Cc}]/u.test(name) && !name.startsWith('_');

/** The keys that the first lines of NDJSON have, in the order in which they come: what a map can call by name. */
export function readLineKeys(name: string, beginning: Buffer): string[] {
  const keys = new Set<string>();
  for (const line of withoutMark(beginning).toString('utf8').split('\n'))
    for (const key of keysOf(line)) if (isColumnName(key) && key !== '') keys.add(key);
  if (keys.size > 0) return [...keys];
  throw new RedressError('input_unreadable', `${name}: no line of its first 64 KiB is a JSON object`);
}

function keysOf(line: string): string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  } catch {
    // The last line of a beginning is cut off, and what is malformed is rejected by its row.
    return [];
  }
}

/** The columns of a Parquet file, structures included. What has no counterpart in the store is left out. */
export async function readParquetColumns(name: string, path: string): Promise<StagedColumn[]> {
  let columns: StagedColumn[];
  try {
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    columns = parquetSchema(metadata).children.flatMap((column) => {
      const type = clickhouseType(column);
      return type === null ? [] : [{ name: column.element.name, type }];
    });
  } catch (cause) {
    throw new RedressError('input_unreadable', `${name}: is not a Parquet file: ${messageOf(cause)}`, {
      cause,
    });
  }
  const problem = namesProblem(columns.map((column) => column.name));
  if (problem !== null) throw new RedressError('input_unreadable', `${name}: ${problem}`);
  return columns;
}

function clickhouseType(column: SchemaTree): string | null {
  const { element } = column;
  if (element.num_children !== undefined) return structureType(column);
  if (element.repetition_type === 'REPEATED') return null;
  const type = plainType(element);
  return type === null || element.repetition_type === 'REQUIRED' ? type : `Nullable(${type})`;
}

/** The type of a list, a map or a group of named fields; null when something in it has none. */
function structureType({ element, children }: SchemaTree): string | null {
  const kind = element.logical_type?.type ?? element.converted_type;
  const [repeated] = children;
  if (kind === 'LIST') {
    const [item, another] = repeated?.children ?? [];
    const type = item === undefined || another !== undefined ? null : clickhouseType(item);
    return type === null ? null : `Array(${type})`;
  }
  if (kind === 'MAP') {
    const [key, value] = repeated?.children ?? [];
    const types = [key && plainType(key.element), value && clickhouseType(value)];
    return types.every((type) => type) ? `Map(${types.join(', ')})` : null;
  }
  if (element.repetition_type === 'REPEATED') return null;
  const fields = children.map((child) => {
    const type = clickhouseType(child);
    return type === null || !isColumnName(child.element.name) ? null : `\`${child.element.name}\` ${type}`;
  });
  return fields.length === 0 || fields.includes(null) ? null : `Tuple(${fields.join(', ')})`;
}

/** True for a type that holds structures, not one value. */
export const isStructure = (type: string): boolean => /^(Array|Map|Tuple)\(/.test(type);

function plainType(element: SchemaElement): string | null {
  const { type, logical_type: logical, converted_type: converted } = element;
  if (logical?.type === 'DECIMAL') return `Decimal(${logical.precision}, ${logical.scale})`;
  if (converted === 'DECIMAL') return `Decimal(${element.precision ?? 38}, ${element.scale ?? 0})`;
  if (logical?.type === 'TIMESTAMP') {
    // A local time has no offset; as text it stays without one, until a map says in which zone it is.
    if (!logical.isAdjustedToUTC) return 'String';
    return `DateTime64(${{ MILLIS: 3, MICROS: 6, NANOS: 9 }[logical.unit]}, 'UTC')`;
  }
  if (converted === 'TIMESTAMP_MILLIS') return "DateTime64(3, 'UTC')";
  if (converted === 'TIMESTAMP_MICROS') return "DateTime64(6, 'UTC')";
  if (logical?.type === 'DATE' || converted === 'DATE') return 'Date32';
  if (logical?.type === 'UUID') return 'UUID';
  if (logical?.type === 'FLOAT16') return 'Float32';
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? 'Int' : 'UInt'}${logical.bitWidth}`;
  const integer = /^(U?)INT_(\d+)$/.exec(converted ?? '');
  if (integer !== null) return `${integer[1]}Int${integer[2]}`;
  switch (type) {
    case 'BOOLEAN':
      return 'Bool';
    case 'INT32':
      return 'Int32';
    case 'INT64':
      return 'Int64';
    case 'INT96':
      return "DateTime64(9, 'UTC')";
    case 'FLOAT':
      return 'Float32';
    case 'DOUBLE':
      return 'Float64';
    case 'BYTE_ARRAY':
      return 'String';
    case 'FIXED_LEN_BYTE_ARRAY':
      return `FixedString(${element.type_length ?? 1})`;
    default:
      return null;
  }
}
