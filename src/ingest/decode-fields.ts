import { DAY, type Instant } from '../model/clock.js';
import type { MarketplaceEvent, RejectionReason } from '../model/event.js';
import {
  AMOUNT_LIMIT,
  AMOUNT_PATTERN,
  ATTRIBUTE_KEY_PATTERN,
  CURRENCY_PATTERN,
  EARLIEST,
  EVENT_FIELDS,
  type EventField,
  LABEL_PATTERN,
  LATEST,
  MAX_ATTRIBUTES,
  parseInstant,
  TEXT_PATTERN,
  TYPE_PATTERN,
} from '../model/event-schema.js';

/** What keeps an object from being an event: the first thing that was found. */
export class EventFault {
  constructor(
    readonly reason: RejectionReason,
    readonly field: string,
    readonly detail: string,
  ) {}
}

/** How far an event may lie ahead of its arrival: clocks go wrong by hours, time zones by less than a day. */
export const FUTURE_ALLOWED = DAY;

const FIELD_NAMES: ReadonlySet<string> = new Set(Object.values(EVENT_FIELDS).map((field) => field.name));
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Reads a JSON value as an event. Accepts exactly what `EventSchema` accepts, less events that happened more
 * than a day after they arrived; written by hand, because it runs once for every event there is.
 */
export function decodeFields(value: unknown, receivedAt: Instant): MarketplaceEvent | EventFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new EventFault('not_an_object', '', `an event is a JSON object, this is ${kindOf(value)}`);
  const reader = new FieldReader(value as Record<string, unknown>);
  const event: MarketplaceEvent = {
    eventId: reader.label(EVENT_FIELDS.eventId),
    type: reader.type(EVENT_FIELDS.type),
    occurredAt: reader.instant(EVENT_FIELDS.occurredAt) ?? 0,
    orderId: reader.label(EVENT_FIELDS.orderId),
    caseId: reader.label(EVENT_FIELDS.caseId),
    merchantId: reader.label(EVENT_FIELDS.merchantId),
    region: reader.label(EVENT_FIELDS.region),
    category: reader.label(EVENT_FIELDS.category),
    scenario: reader.label(EVENT_FIELDS.scenario),
    channel: reader.label(EVENT_FIELDS.channel),
    amount: reader.amount(EVENT_FIELDS.amount),
    currency: reader.currency(EVENT_FIELDS.currency),
    originAt: reader.instant(EVENT_FIELDS.originAt),
    startedAt: reader.instant(EVENT_FIELDS.startedAt),
    dueAt: reader.instant(EVENT_FIELDS.dueAt),
    outcome: reader.label(EVENT_FIELDS.outcome),
    text: reader.text(EVENT_FIELDS.text),
    attributes: reader.attributes(EVENT_FIELDS.attributes),
  };
  const fault = reader.firstFault();
  if (fault !== null) return fault;
  if (event.occurredAt > receivedAt + FUTURE_ALLOWED)
    return new EventFault(
      'invalid_date',
      EVENT_FIELDS.occurredAt.name,
      `${new Date(event.occurredAt).toISOString()} is more than a day after it arrived, ${new Date(receivedAt).toISOString()}`,
    );
  return event;
}

/** Reads fields one by one and remembers the first fault; a value that is at fault reads as an absent one. */
class FieldReader {
  readonly #source: Record<string, unknown>;
  #fault: EventFault | null = null;
  #known = 0;

  constructor(source: Record<string, unknown>) {
    this.#source = source;
  }

  /** The first fault of the fields that were read, or the first field that no event has. */
  firstFault(): EventFault | null {
    if (this.#fault !== null) return this.#fault;
    const names = Object.keys(this.#source);
    if (names.length === this.#known) return null;
    const unknown = names.find((name) => !FIELD_NAMES.has(name));
    if (unknown === undefined) return null;
    return new EventFault(
      'unknown_field',
      unknown.slice(0, 128),
      'no event has this field; what is your own goes into attributes, a flat map of strings',
    );
  }

  label(field: EventField): string {
    return this.#string(field, LABEL_PATTERN, 'has a control character or half a character in it');
  }

  text(field: EventField): string {
    return this.#string(field, TEXT_PATTERN, 'has half a character (a lone surrogate) in it');
  }

  type(field: EventField): string {
    return this.#string(field, TYPE_PATTERN, 'is not noun.verb in small letters, such as order.placed');
  }

  currency(field: EventField): string {
    return this.#string(field, CURRENCY_PATTERN, 'is not a currency of three capital letters, such as GBP');
  }

  amount(field: EventField): string | null {
    const value = this.#value(field);
    if (value === undefined) return null;
    if (typeof value === 'number') {
      if (Math.abs(value) < AMOUNT_LIMIT) return decimalOf(value);
    } else if (typeof value !== 'string') {
      return this.#wrongType(field, 'a decimal string or a number', value);
    } else if (AMOUNT_PATTERN.test(value)) {
      return value;
    }
    return this.#invalid(
      field,
      `'${excerpt(String(value))}' is not an amount: at most 14 digits, a point and 18 more`,
    );
  }

  instant(field: EventField): Instant | null {
    const value = this.#value(field);
    if (value === undefined) return null;
    if (typeof value !== 'string' && typeof value !== 'number')
      return this.#wrongType(field, 'a date, as text or epoch milliseconds', value);
    const instant = typeof value === 'number' ? value : parseInstant(value);
    if (instant !== null && instant >= EARLIEST && instant < LATEST && Number.isInteger(instant))
      return instant;
    return this.#fail(new EventFault('invalid_date', field.name, dateProblem(value, instant)));
  }

  attributes(field: EventField): Readonly<Record<string, string>> {
    const value = this.#value(field);
    if (value === undefined) return NO_ATTRIBUTES;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#wrongType(field, 'an object whose values are strings', value);
      return NO_ATTRIBUTES;
    }
    const attributes = value as Record<string, unknown>;
    const keys = Object.keys(attributes);
    if (keys.length > MAX_ATTRIBUTES)
      this.#invalid(field, `has ${keys.length} keys, at most ${MAX_ATTRIBUTES} are taken`);
    for (const key of keys) {
      const problem = attributeProblem(key, attributes[key], field.maxLength);
      if (problem !== null)
        this.#fail(new EventFault(problem[0], `${field.name}.${key}`.slice(0, 128), problem[1]));
    }
    return attributes as Record<string, string>;
  }

  #string(field: EventField, pattern: RegExp, problem: string): string {
    const value = this.#value(field);
    if (value === undefined) return '';
    if (typeof value !== 'string') this.#wrongType(field, 'a string', value);
    else if (value.length > field.maxLength)
      this.#invalid(field, `has ${value.length} characters, at most ${field.maxLength} are taken`);
    else if (!pattern.test(value)) this.#invalid(field, `'${excerpt(value)}' ${problem}`);
    else return value;
    return '';
  }

  /** The field's value, undefined when it is not there: absent, null or the empty string. */
  #value(field: EventField): unknown {
    const value = this.#source[field.name];
    if (value !== undefined) this.#known++;
    if (value !== undefined && value !== null && value !== '') return value;
    if (field.required) this.#fail(new EventFault('missing_field', field.name, 'every event has it'));
    return undefined;
  }

  #wrongType(field: EventField, wanted: string, value: unknown): null {
    return this.#fail(
      new EventFault('wrong_type', field.name, `must be ${wanted}, this is ${kindOf(value)}`),
    );
  }

  #invalid(field: EventField, detail: string): null {
    return this.#fail(new EventFault('invalid_value', field.name, detail));
  }

  #fail(fault: EventFault): null {
    this.#fault ??= fault;
    return null;
  }
}

function attributeProblem(key: string, value: unknown, maxLength: number): [RejectionReason, string] | null {
  if (!ATTRIBUTE_KEY_PATTERN.test(key))
    return ['invalid_value', 'a key has up to 64 letters, digits, _ . or -, and begins with a letter'];
  if (typeof value !== 'string')
    return ['wrong_type', `must be a string, this is ${kindOf(value)}; put numbers in quotes`];
  if (value.length > maxLength)
    return ['invalid_value', `has ${value.length} characters, at most ${maxLength} are taken`];
  if (!LABEL_PATTERN.test(value))
    return ['invalid_value', `'${excerpt(value)}' has a control character or half a character in it`];
  return null;
}

function dateProblem(value: string | number, instant: Instant | null): string {
  if (instant === null) {
    const shown = `'${excerpt(String(value))}'`;
    if (/^\d{4}-\d{2}-\d{2}([Tt ][\d:.,]+)?$/.test(String(value)))
      return `${shown} has no offset: end it with Z or with one such as +01:00`;
    return `${shown} is neither ISO 8601 with an offset, such as 2026-05-01T12:00:00Z, nor epoch milliseconds`;
  }
  if (!Number.isInteger(instant)) return `${instant} is not a whole number of milliseconds`;
  if (typeof value === 'number' && value * 1_000 >= EARLIEST && value * 1_000 < LATEST)
    return `${value} lies before the year 2000; it looks like seconds, and milliseconds are wanted`;
  return `${excerpt(String(value))} lies ${instant < EARLIEST ? 'before the year 2000' : 'after the year 2099'}`;
}

/** A number in plain decimal notation; what has an exponent is written out to 18 places. */
function decimalOf(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value.toFixed(18).replace(/\.?0+$/, '');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

/** Enough of a value to recognise it by, with what no terminal should print made visible. */
function excerpt(value: string): string {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return shown.replace(
    /[\p{Cc}\p{Cs}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
