import { z } from 'zod';
import type { Instant } from './clock.js';
import type { MarketplaceEvent } from './event.js';

/** How a field's value is read. */
type EventFieldKind = 'id' | 'type' | 'label' | 'text' | 'instant' | 'amount' | 'currency' | 'attributes';

export interface EventField {
  /** The name on the wire. */
  name: string;
  kind: EventFieldKind;
  required: boolean;
  /** In UTF-16 code units; 0 where length is not what bounds the field. */
  maxLength: number;
  description: string;
}

/**
 * The event, written once: the JSON Schema that is published and the decoder are both made from this table.
 * An optional field that is absent, null or the empty string is not there.
 */
export const EVENT_FIELDS = {
  eventId: required('event_id', 'id', 128, 'The identity: the same id again is the same fact.'),
  type: required('type', 'type', 128, 'What happened, as noun.verb: order.placed, dispute.opened, …'),
  occurredAt: required('occurred_at', 'instant', 0, 'When it happened.'),
  orderId: optional('order_id', 'label', 256, 'The order that it is about.'),
  caseId: optional('case_id', 'label', 256, "Ties a dispute's, refund's or ticket's events together."),
  merchantId: optional('merchant_id', 'label', 256, 'The merchant that it is about.'),
  region: optional('region', 'label', 256, 'A standing dimension.'),
  category: optional('category', 'label', 256, 'A standing dimension.'),
  scenario: optional('scenario', 'label', 256, 'The kind of trouble: not_received, damaged, …'),
  channel: optional('channel', 'label', 256, 'A standing dimension.'),
  amount: optional('amount', 'amount', 0, 'A decimal string, or a number where its digits are exact enough.'),
  currency: optional('currency', 'currency', 3, 'ISO 4217.'),
  originAt: optional('origin_at', 'instant', 0, 'When the order that this fact stems from was paid.'),
  startedAt: optional('started_at', 'instant', 0, 'For service levels: when the clock started.'),
  dueAt: optional('due_at', 'instant', 0, 'For service levels: when the clock runs out.'),
  outcome: optional('outcome', 'label', 256, 'How it ended: buyer_won, seller_won, withdrawn, …'),
  text: optional('text', 'text', 10_000, 'What a person wrote.'),
  attributes: optional('attributes', 'attributes', 256, 'A flat map of strings; any key can be a dimension.'),
} as const satisfies Record<keyof MarketplaceEvent, EventField>;

/** An event's type: a noun and a verb, in small letters. */
export const TYPE_PATTERN = /^[a-z][a-z_]*\.[a-z][a-z_]*$/;
export const CURRENCY_PATTERN = /^[A-Z]{3}$/;
/** How many digits an amount has at most before the point, and behind it. */
export const AMOUNT_INTEGER_DIGITS = 14;
export const AMOUNT_PLACES = 18;
export const AMOUNT_PATTERN = new RegExp(`^-?\\d{1,${AMOUNT_INTEGER_DIGITS}}(\\.\\d{1,${AMOUNT_PLACES}})?$`);
/** A number's bound, the same digits; exclusive. */
export const AMOUNT_LIMIT = 10 ** AMOUNT_INTEGER_DIGITS;
export const ATTRIBUTE_KEY_LENGTH = 64;
export const ATTRIBUTE_KEY_PATTERN = new RegExp(
  `^\\p{L}[\\p{L}\\p{N}_.-]{0,${ATTRIBUTE_KEY_LENGTH - 1}}$`,
  'u',
);
export const MAX_ATTRIBUTES = 64;

/** No control characters, which nobody types into a name, and no halves of characters, which no UTF-8 has. */
export const LABEL_PATTERN = /^[^\p{Cc}\p{Cs}]*$/u;
/** Line breaks and tabs are what people write; halves of characters are not. */
export const TEXT_PATTERN = /^[^\p{Cs}]*$/u;

/** The earliest instant that is believed, 2000-01-01, and the first one that no longer is, 2100-01-01; UTC. */
export const EARLIEST: Instant = Date.UTC(2000, 0, 1);
export const LATEST: Instant = Date.UTC(2100, 0, 1);

const ISO_PATTERN = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/;
/** Epoch milliseconds that had to be written as text, as in a CSV file. */
const EPOCH_PATTERN = /^\d{12,13}$/;

/**
 * Reads ISO 8601 with an offset, or epoch milliseconds written as digits; finer fractions than milliseconds
 * are cut off. Null for everything else, days that no calendar has included. By character codes, because
 * capturing groups cost as much as all of an event's other fields together.
 */
export function parseInstant(text: string): Instant | null {
  if (!ISO_PATTERN.test(text)) return EPOCH_PATTERN.test(text) ? Number(text) : null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  let at = 16;
  let second = 0;
  let millisecond = 0;
  if (text.charCodeAt(at) === COLON) {
    second = digits(text, at + 1, 2);
    at += 3;
    if (text.charCodeAt(at) === POINT || text.charCodeAt(at) === COMMA) {
      for (let place = 100; isDigit(text.charCodeAt(++at)); place /= 10)
        millisecond += place < 1 ? 0 : digits(text, at, 1) * place;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return null;
  const offset = offsetAt(text, at);
  if (offset === null) return null;
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - offset;
}

const COLON = 58;
const POINT = 46;
const COMMA = 44;
const ZERO = 48;

const isDigit = (code: number): boolean => code >= ZERO && code < ZERO + 10;

function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The offset that ends an ISO date, in ms; null for one that no place has. */
function offsetAt(text: string, at: number): number | null {
  const sign = text[at];
  if (sign !== '+' && sign !== '-') return 0;
  const hours = digits(text, at + 1, 2);
  const minutes = text.length > at + 3 ? digits(text, text.length - 2, 2) : 0;
  if (hours > 18 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** What a producer may send. Whether `occurred_at` lies in the future depends on the arrival, so it is not here. */
export const EventSchema: z.ZodType<Readonly<Record<string, unknown>>> = z
  .strictObject(Object.fromEntries(Object.values(EVENT_FIELDS).map((field) => [field.name, schemaOf(field)])))
  .meta({ title: 'Marketplace event', description: 'One fact from the marketplace.' });

/** The event's JSON Schema (draft 2020-12), as `redress schema` prints it. */
export function eventJsonSchema(): object {
  return z.toJSONSchema(EventSchema, { io: 'input' });
}

function schemaOf(field: EventField): z.ZodType {
  const values = valueSchemas(field);
  if (!field.required) values.push(z.null());
  const schema = values.length === 1 ? (values[0] as z.ZodType) : z.union(values);
  return (field.required ? schema : schema.optional()).describe(field.description);
}

function valueSchemas(field: EventField): z.ZodType[] {
  const empty: z.ZodType[] = field.required ? [] : [z.literal('')];
  switch (field.kind) {
    case 'id':
      return [z.string().min(1).max(field.maxLength).regex(LABEL_PATTERN)];
    case 'type':
      return [z.string().max(field.maxLength).regex(TYPE_PATTERN)];
    case 'label':
      return [z.string().max(field.maxLength).regex(LABEL_PATTERN)];
    case 'text':
      return [z.string().max(field.maxLength).regex(TEXT_PATTERN)];
    case 'currency':
      return [z.string().regex(CURRENCY_PATTERN), ...empty];
    case 'amount':
      return [z.string().regex(AMOUNT_PATTERN), z.number().gt(-AMOUNT_LIMIT).lt(AMOUNT_LIMIT), ...empty];
    case 'instant':
      return [
        z
          .string()
          .refine((text) => isBelievable(parseInstant(text)))
          .meta({
            anyOf: [{ format: 'date-time' }, { pattern: EPOCH_PATTERN.source }],
            description: 'ISO 8601 with an offset, from 2000 to 2099; or epoch milliseconds as digits.',
          }),
        z.number().int().min(EARLIEST).lt(LATEST).describe('Epoch milliseconds.'),
        ...empty,
      ];
    case 'attributes':
      return [
        z
          .record(
            z.string().regex(ATTRIBUTE_KEY_PATTERN),
            z.string().max(field.maxLength).regex(LABEL_PATTERN),
          )
          .refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES)
          .meta({ maxProperties: MAX_ATTRIBUTES }),
        ...empty,
      ];
  }
}

function isBelievable(instant: Instant | null): boolean {
  return instant !== null && instant >= EARLIEST && instant < LATEST;
}

function required(name: string, kind: EventFieldKind, maxLength: number, description: string): EventField {
  return { name, kind, required: true, maxLength, description };
}

function optional(name: string, kind: EventFieldKind, maxLength: number, description: string): EventField {
  return { name, kind, required: false, maxLength, description };
}
