import {
  AMOUNT_INTEGER_DIGITS,
  AMOUNT_PLACES,
  ATTRIBUTE_KEY_LENGTH,
  EARLIEST,
  EVENT_FIELDS,
  type EventField,
  LATEST,
} from '../model/event-schema.js';

/** A value of a foreign table that becomes an event's field. */
export interface MappedValue {
  /** As the wire has it; `attributes.KEY` for an attribute. */
  field: string;
  expression: string;
  /** What the expression gives, as ClickHouse names its types. */
  type: string;
}

/** How an event's columns are made of mapped values inside the store, and of which rows that is right. */
export interface PlainRow {
  /** Expressions for columns of events by name; those that are not named keep their defaults. */
  columns: Record<string, string>;
  /** True for rows which the decoder would accept with these very values. */
  isPlain: string;
}

const ATTRIBUTE = 'attributes.';
const ATTRIBUTE_KEY = new RegExp(`^[A-Za-z][A-Za-z0-9_.-]{0,${ATTRIBUTE_KEY_LENGTH - 1}}$`);
const FIELDS: readonly EventField[] = Object.values(EVENT_FIELDS);
/** What a Decimal(38, 18) holds before the point. */
const COLUMN_INTEGER_DIGITS = 20;
const PATTERNS: Partial<Record<EventField['kind'], string>> = {
  type: "'^[a-z][a-z_]*[.][a-z][a-z_]*$'",
  currency: "'^([A-Z]{3})?$'",
};
/** Bytes from the space to the tilde: neither control characters nor anything that UTF-8 could be broken in. */
const PRINTABLE = "'^[ -~]*$'";

/**
 * Says how rows of mapped values become events without leaving the store; null when a value's type alone does not say
 * that it is read as the decoder reads it, as a date that is text. `intact` is true for rows that are what they seem. `latest` is the statement's name for the latest
 * `occurred_at` that is believed, in ms. Rows that are not plain are the decoder's to judge.
 */
export function plainRow(values: readonly MappedValue[], intact: string, latest: string): PlainRow | null {
  // A map of attributes may have any keys; they are the decoder's to judge.
  if (values.some((it) => it.field === EVENT_FIELDS.attributes.name)) return null;
  const conditions = [intact];
  const standing: Column[] = [];
  const columns: Record<string, string> = {};
  for (const field of FIELDS) {
    if (field.kind === 'attributes') continue;
    const value = values.find((it) => it.field === field.name);
    if (value === undefined && !field.required) continue;
    const column = value === undefined ? null : present(field, value, latest);
    if (column === null) return null;
    columns[field.name] = column.value;
    conditions.push(column.isPlain);
    standing.push(column);
  }
  const attributes = values.filter((it) => it.field.startsWith(ATTRIBUTE));
  const texts = attributes.map((it) => text(EVENT_FIELDS.attributes, it));
  const keys = attributes.map((it) => it.field.slice(ATTRIBUTE.length));
  if (values.length > FIELDS.length - 1 + attributes.length || new Set(keys).size < keys.length) return null;
  if (texts.includes(null) || !keys.every((key) => ATTRIBUTE_KEY.test(key))) return null;
  const entries = texts.map((it, index) => `'${keys[index]}', ${it?.value}`);
  if (entries.length > 0)
    columns[EVENT_FIELDS.attributes.name] =
      `mapFilter((key, value) -> value != '', map(${entries.join(', ')}))`;
  conditions.push(...texts.map((it) => it?.isPlain ?? 'false'));
  const printable = [...standing, ...texts].flatMap((it) => (it?.isPrintable ? [it.value] : []));
  // At once, because a call for each costs more than what it looks through.
  if (printable.length > 0) conditions.push(`match(concat(${printable.join(', ')}, ''), ${PRINTABLE})`);
  return { columns, isPlain: `ifNull(${conditions.join(' AND ')}, false)` };
}

interface Column {
  value: string;
  isPlain: string;
  /** True for what is plain only if it consists of printable characters. */
  isPrintable?: boolean;
}

function present(field: EventField, value: MappedValue, latest: string): Column | null {
  if (field.kind === 'instant') return instant(field, value, latest);
  return field.kind === 'amount' ? amount(value) : text(field, value);
}

function text({ kind, required, maxLength }: EventField, { expression, type }: MappedValue): Column | null {
  if (!/^(LowCardinality\()?(Nullable\()?String\)*$/.test(type)) return null;
  const value = `ifNull((${expression}), '')`;
  const least = required ? ` AND ${value} != ''` : '';
  const isPlain = `length(${value}) <= ${maxLength}${least}`;
  const pattern = PATTERNS[kind];
  if (pattern === undefined) return { value, isPlain, isPrintable: true };
  return { value, isPlain: `match(${value}, ${pattern}) AND ${isPlain}` };
}

/** Finer fractions than milliseconds are cut off, as the decoder does it. */
function instant(
  { name, required }: EventField,
  { expression, type }: MappedValue,
  latest: string,
): Column | null {
  if (!/^(Nullable\()?DateTime(64\(\d(, '[^']+')?\)|\('[^']+'\)|)\)?$/.test(type)) return null;
  const value = `toDateTime64((${expression}), 3, 'UTC')`;
  const ms = `toUnixTimestamp64Milli(${value})`;
  const until = name === EVENT_FIELDS.occurredAt.name ? ` AND ${ms} <= ${latest}` : '';
  const believed = `${ms} >= ${EARLIEST} AND ${ms} < ${LATEST}${until}`;
  return { value, isPlain: required ? believed : `(isNull((${expression})) OR ${believed})` };
}

function amount({ expression, type }: MappedValue): Column | null {
  const decimal = /^(?:Nullable\()?Decimal\((\d+), (\d+)\)\)?$/.exec(type);
  if (decimal === null) return null;
  const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
  if (scale > AMOUNT_PLACES || precision - scale > COLUMN_INTEGER_DIGITS) return null;
  const value = `(${expression})`;
  return { value, isPlain: `(isNull(${value}) OR abs(${value}) < 1e${AMOUNT_INTEGER_DIGITS})` };
}
