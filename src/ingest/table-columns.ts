import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetMetadataAsync, parquetSchema, type SchemaElement } from 'hyparquet';
import { messageOf, RedressError } from '../model/errors.js';
import type { StagedColumn } from './staging.js';

/** How a CSV file is written, told from its beginning. */
export interface CsvHeader {
  names: readonly string[];
  delimiter: string;
  /** Lines that the header takes: more than one when a name has a line break in it. */
  lines: number;
}

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
  const names = header?.record ?? [];
  const problem = namesProblem(names);
  if (problem !== null) throw new RedressError('input_unreadable', `${name}:1: ${problem}`);
  return { names, delimiter, lines: header?.info.lines ?? 1 };
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
  const odd = names.find((name) => /[`\\\p{Cc}]/u.test(name) || name.startsWith('_'));
  if (odd === undefined) return null;
  return `a column may not be called ${JSON.stringify(odd)}: no backquote, no backslash, no underscore in front`;
}

/** The columns of a Parquet file that a map can use: all but those that hold structures. */
export async function readParquetColumns(name: string, path: string): Promise<StagedColumn[]> {
  let columns: StagedColumn[];
  try {
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    columns = parquetSchema(metadata).children.flatMap(({ element }) => {
      const type = clickhouseType(element);
      return type === null ? [] : [{ name: element.name, type }];
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

function clickhouseType(element: SchemaElement): string | null {
  if (element.repetition_type === 'REPEATED' || element.num_children !== undefined) return null;
  const type = plainType(element);
  return type === null || element.repetition_type === 'REQUIRED' ? type : `Nullable(${type})`;
}

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
