import type { RejectedEvent } from '../model/event.js';
import { type Decoded, decodeValue, reject } from './decode.js';
import type { EventMap, EventTemplate } from './map-file.js';
import type { ArrivalOf, Portion } from './portion.js';
import type { StagedColumn, StagedRow, StagedTable } from './staging.js';

/** The column for what a CSV row has beyond the header's columns; a row that has any is not what it seems. */
export const EXTRA = '_extra';

const PORTION_ROWS = 5_000;
/** What a decoder puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';
const ATTRIBUTE = 'attributes.';

/** Evaluates a map over a staged table and decodes what comes back; a row gives one event by each template. */
export async function* mappedRows(
  map: EventMap,
  staged: StagedTable,
  columns: readonly StagedColumn[],
  arrival: ArrivalOf,
): AsyncGenerator<Portion> {
  const extra = columns.some((column) => column.name === EXTRA);
  const query = {
    values: [
      { name: '_row', expression: '_row' },
      ...(extra ? [{ name: EXTRA, expression: EXTRA }] : []),
      ...map.events.flatMap((event, index) =>
        [...event.fields, ...(event.where === null ? [] : [event.where])].map(({ field, expression }) => ({
          name: `${index}.${field}`,
          expression,
        })),
      ),
    ],
    where: map.where?.expression ?? '',
    timezone: map.timezone,
  };
  const last = await staged.last();
  const decode = async (rows: readonly StagedRow[]): Promise<Portion> => {
    const decoded = await withSources(
      rows.flatMap((row) => decodeRow(row, map, arrival)),
      staged,
      columns,
    );
    return {
      into: (collector) => {
        for (const one of decoded) collector.add(one);
      },
      bytes: 0,
      share: Number(rows.at(-1)?._row ?? last) / Math.max(last, 1),
    };
  };
  let rows: StagedRow[] = [];
  for await (const portion of staged.rows(query)) {
    for (const row of portion) rows.push(row);
    if (rows.length < PORTION_ROWS) continue;
    yield await decode(rows);
    rows = [];
  }
  yield await decode(rows);
}

function decodeRow(row: StagedRow, map: EventMap, arrivalOf: ArrivalOf): Decoded[] {
  const number = Number(row._row);
  return map.events.flatMap((event, index) => {
    if (event.where !== null && !isTrue(row[`${index}.where`])) return [];
    const place = map.events.length === 1 ? `row ${number}` : `row ${number}, event ${index + 1}`;
    const arrival = arrivalOf(place, number);
    const extra = row[EXTRA];
    if (extra !== undefined && extra !== '')
      return [reject(arrival, '', 'invalid_value', '', 'the row has more cells than the header has columns')];
    const fields = fieldsOf(row, event, index);
    const broken = Object.entries(fields).find(([, value]) => isBroken(value));
    if (broken !== undefined)
      return [reject(arrival, '', 'invalid_utf8', broken[0], 'has bytes in it that are not UTF-8')];
    return [decodeValue(fields, arrival, () => '')];
  });
}

/** The event as its producer would have sent it. A NULL is a field that is not there. */
function fieldsOf(row: StagedRow, event: EventTemplate, index: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const attributes: [string, unknown][] = [];
  for (const { field } of event.fields) {
    const value = asText(row[`${index}.${field}`]);
    if (value === null || value === '') continue;
    if (field.startsWith(ATTRIBUTE)) attributes.push([field.slice(ATTRIBUTE.length), value]);
    else fields[field] = value;
  }
  if (attributes.length > 0) fields.attributes = Object.fromEntries(attributes);
  return fields;
}

/** Columns have types where events have text: a merchant's number is a name, and every decoder reads digits. */
function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : (value ?? null);
}

function isTrue(value: unknown): boolean {
  return value === true || (Number(value) !== 0 && value !== null && value !== false);
}

function isBroken(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(REPLACEMENT);
  return typeof value === 'object' && value !== null && Object.values(value).some(isBroken);
}

/** Fetches the rows that were rejected, as they stand in the table, so that they can be kept as they came. */
async function withSources(
  decoded: readonly Decoded[],
  staged: StagedTable,
  columns: readonly StagedColumn[],
): Promise<readonly Decoded[]> {
  const wrong = new Set(decoded.flatMap((one) => (one.rejected === undefined ? [] : [rowOf(one.rejected)])));
  if (wrong.size === 0) return decoded;
  const sources = new Map<number, string>();
  const query = {
    values: ['_row', ...columns.map((column) => column.name)].map((name) => ({
      name,
      expression: `\`${name}\``,
    })),
    where: '',
    timezone: 'UTC',
    between: [Math.min(...wrong), Math.max(...wrong)] as const,
  };
  for await (const portion of staged.rows(query))
    for (const { _row, ...source } of portion)
      if (wrong.has(Number(_row))) sources.set(Number(_row), JSON.stringify(source));
  return decoded.map((one) =>
    one.rejected === undefined
      ? one
      : { rejected: { ...one.rejected, raw: sources.get(rowOf(one.rejected)) ?? '' } },
  );
}

/** The row's number, which is the low half of the arrival's version. */
function rowOf(rejected: RejectedEvent): number {
  return Number(BigInt.asUintN(64, rejected.arrival.version));
}
