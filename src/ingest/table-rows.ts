import type { Arrival, RejectedEvent } from '../model/event.js';
import { EVENT_FIELDS } from '../model/event-schema.js';
import type { StagedColumn } from '../store/staging-statements.js';
import { type Decoded, type DecodeLimits, decodeEvent, decodeValue, reject } from './decode.js';
import { both, soundRows, takenRows } from './map-conditions.js';
import type { EventMap, EventTemplate } from './map-file.js';
import type { ArrivalOf, Portion } from './portion.js';
import type { StagedRow, StagedTable } from './staging.js';
import { EXTRA, FAULT, LINE } from './table-forms.js';

const PORTION_ROWS = 5_000;
/** What a decoder puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';
const ATTRIBUTE = 'attributes.';
/** A line that is kept in the store is not too large to be looked at. */
const UNLIMITED: DecodeLimits = { maxEventBytes: Number.POSITIVE_INFINITY };

/** Evaluates a map over a staged table and decodes what comes back; a row gives one event by each template. */
export async function* mappedRows(
  map: EventMap,
  staged: StagedTable,
  columns: readonly StagedColumn[],
  arrival: ArrivalOf,
): AsyncGenerator<Portion> {
  const has = (name: string) => columns.some((column) => column.name === name);
  const sound = soundRows(columns);
  const query = {
    values: [
      ...['_row', FAULT, LINE].filter((name) => name === '_row' || has(name)).map(asItIs),
      ...map.events.flatMap(({ fields, where }, index) => [
        ...fields.map(({ field, expression }) => ({
          name: `${index}.${field}`,
          expression,
          // A row that gives no such event is not to fail for what its fields would say.
          where: both(sound, where?.expression ?? ''),
        })),
        ...(where === null ? [] : [{ name: `${index}.where`, expression: where.expression, where: sound }]),
      ]),
    ],
    where: takenRows(map, columns),
    timezone: map.timezone,
  };
  const last = await staged.last();
  const decode = async (rows: readonly StagedRow[]): Promise<Portion> => {
    const decoded = await withSources(
      rows.flatMap((row) => decodeRow(row, map, arrival)),
      staged,
      columns,
      isNamesake(map) ? asEvent : (source) => source,
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
  const fault = faultOf(row, arrivalOf(`row ${number}`, number));
  if (fault !== null) return [fault];
  return map.events.flatMap((event, index) => {
    if (event.where !== null && !isTrue(row[`${index}.where`])) return [];
    const place = map.events.length === 1 ? `row ${number}` : `row ${number}, event ${index + 1}`;
    const arrival = arrivalOf(place, number);
    const fields = fieldsOf(row, event, index);
    const broken = Object.entries(fields).find(([, value]) => isBroken(value));
    if (broken !== undefined)
      return [reject(arrival, '', 'invalid_utf8', broken[0], 'has bytes in it that are not UTF-8')];
    return [
      explained(
        decodeValue(fields, arrival, () => ''),
        event,
      ),
    ];
  });
}

/** Why a row is not what it seems, so that its values say nothing; null when it is. */
function faultOf(row: StagedRow, arrival: Arrival): Decoded | null {
  switch (row[FAULT] ?? '') {
    case '':
      return null;
    case 'few_cells':
      return reject(arrival, '', 'invalid_value', '', 'the row has fewer cells than the header has columns');
    case 'many_cells':
      return reject(arrival, '', 'invalid_value', '', 'the row has more cells than the header has columns');
    default: {
      const decoded = decodeEvent(String(row[LINE]), arrival, UNLIMITED);
      if (decoded.rejected !== undefined) return decoded;
      return reject(arrival, '', 'malformed_json', '', 'the store cannot read this line as JSON');
    }
  }
}

/** Says of a field that is missing which expression did not give it. */
function explained(decoded: Decoded, { fields }: EventTemplate): Decoded {
  const { rejected } = decoded;
  if (rejected?.reason !== 'missing_field') return decoded;
  const source = fields.find(({ field }) => field === rejected.field);
  if (source === undefined) return decoded;
  const detail = `${rejected.detail}, and ${source.expression} gives nothing here`;
  return { rejected: { ...rejected, detail } };
}

/** The event as its producer would have sent it. A NULL is a field that is not there. */
function fieldsOf(row: StagedRow, event: EventTemplate, index: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const attributes: [string, unknown][] = [];
  for (const { field } of event.fields) {
    const value = asText(row[`${index}.${field}`]);
    if (value === null || value === '') continue;
    if (field.startsWith(ATTRIBUTE)) attributes.push([field.slice(ATTRIBUTE.length), value]);
    else if (field !== EVENT_FIELDS.attributes.name) fields[field] = value;
    else
      attributes.push(
        ...Object.entries(value as object).map(([key, one]): [string, unknown] => [key, asText(one)]),
      );
  }
  const present = attributes.filter(([, value]) => value !== null && value !== '');
  if (present.length > 0) fields.attributes = Object.fromEntries(present);
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
  shaped: (source: StagedRow) => StagedRow,
): Promise<readonly Decoded[]> {
  const wrong = new Set(decoded.flatMap((one) => (one.rejected === undefined ? [] : [rowOf(one.rejected)])));
  if (wrong.size === 0) return decoded;
  const sources = new Map<number, string>();
  const isLines = columns.some(({ name }) => name === LINE);
  const kept = columns.filter(({ name }) => (isLines ? name === LINE : name !== FAULT));
  const query = {
    values: [asItIs('_row'), ...kept.map(asItCame)],
    where: '',
    timezone: 'UTC',
    between: [Math.min(...wrong), Math.max(...wrong)] as const,
  };
  for await (const portion of staged.rows(query))
    for (const { _row, ...source } of portion)
      if (wrong.has(Number(_row)))
        sources.set(
          Number(_row),
          isLines ? String(source[LINE]) : JSON.stringify(shaped(source), nothingExtra),
        );
  return decoded.map((one) =>
    one.rejected === undefined
      ? one
      : { rejected: { ...one.rejected, raw: sources.get(rowOf(one.rejected)) ?? '' } },
  );
}

/** True for a map that only gives columns the names that they have. */
const isNamesake = (map: EventMap): boolean =>
  map.events.every(({ fields }) => fields.every(({ field, expression }) => expression === `\`${field}\``));

/** A row of such a table as the event that it would be, so that it can be mended and fed again without a map. */
function asEvent(source: StagedRow): StagedRow {
  const values = Object.entries(source).map(([name, value]) => [name, asText(value)] as const);
  const isOwn = ([name, value]: readonly [string, unknown]) =>
    name.startsWith(ATTRIBUTE) && value !== null && value !== '';
  const attributes = values.filter(isOwn).map(([name, value]) => [name.slice(ATTRIBUTE.length), value]);
  const fields = values.filter(([name]) => !name.startsWith(ATTRIBUTE));
  return Object.fromEntries(
    attributes.length === 0 ? fields : [...fields, ['attributes', Object.fromEntries(attributes)]],
  );
}

const nothingExtra = (name: string, value: unknown) => (name === EXTRA && value === '' ? undefined : value);

const asItIs = (name: string) => ({ name, expression: `\`${name}\`` });

/** A column's value; bytes that are not UTF-8 are kept as Latin-1, one character a byte, as those of lines are. */
function asItCame({ name, type }: StagedColumn): { name: string; expression: string } {
  const column = asItIs(name);
  if (!/^(Nullable\()?String\)?$/.test(type)) return column;
  const { expression } = column;
  return {
    name,
    expression: `if(isValidUTF8(${expression}), ${expression}, convertCharset(${expression}, 'ISO-8859-1', 'UTF-8'))`,
  };
}

/** The row's number, which is the low half of the arrival's version. */
function rowOf(rejected: RejectedEvent): number {
  return Number(BigInt.asUintN(64, rejected.arrival.version));
}
