import { isUtf8 } from 'node:buffer';
import {
  AMOUNT_INTEGER_DIGITS,
  AMOUNT_PLACES,
  ATTRIBUTE_KEY_LENGTH,
  EARLIEST,
  EVENT_FIELDS,
  type EventField,
  LATEST,
  MAX_ATTRIBUTES,
} from '../model/event-schema.js';
import type { PlainFields } from '../store/event-rows.js';
import { isDigit, plainInstant } from './plain-values.js';

const FIELDS: readonly EventField[] = Object.values(EVENT_FIELDS);
const NAMES = FIELDS.map(({ name }) => Buffer.from(name));
const OCCURRED_AT = FIELDS.indexOf(EVENT_FIELDS.occurredAt);
const REQUIRED = FIELDS.reduce((bits, { required }, field) => bits | (required ? 1 << field : 0), 0);

const [TAB, LINE_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, COMMA, DASH, POINT, ZERO, COLON] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x3a];
const [BACKSLASH, UNDERSCORE, DELETE, OPENING, CLOSING] = [0x5c, 0x5f, 0x7f, 0x7b, 0x7d];
const [LOWER_A, LOWER_L, LOWER_N, LOWER_U, LOWER_Z, UPPER_A, UPPER_Z] = [
  0x61, 0x6c, 0x6e, 0x75, 0x7a, 0x41, 0x5a,
];
/** The first byte of the characters U+0080 to U+00BF, of which the lower half are control characters. */
const LATIN_LEAD = 0xc2;
const LOW_LATIN_END = 0xa0;
/** Every decimal of so many digits is the same after it was a double. */
const DOUBLE_DIGITS = 15;
/** A JSON number of so many places, if it is not zero, has no exponent when JavaScript writes it. */
const NUMBER_PLACES = 6;
/** 1 for the bytes that a text consists of, nearly always: one look in place of five questions. */
const IS_PRINTABLE = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(code >= SPACE && code < DELETE && code !== QUOTE && code !== BACKSLASH),
);
/** What cannot be read here. */
const NOT_PLAIN = -1;

/**
 * Reads one event from its bytes, if it is as plain as nearly all are: an object of known fields, each once, without
 * escaped characters, its dates and amounts in their usual forms. It makes no string, no object and no garbage,
 * and what it takes is what `decodeEvent` would have taken, with the same values
 * (test/ingest/plain-event.test.ts). Of all else it says nothing: that is `decodeEvent`'s to judge.
 */
export class PlainEvent implements PlainFields {
  bytes: Uint8Array = new Uint8Array();
  readonly starts = new Int32Array(FIELDS.length);
  readonly ends = new Int32Array(FIELDS.length);
  readonly instants = new Float64Array(FIELDS.length);
  amountUnits = Number.NaN;
  amountPlaces = 0;
  readonly attributes = new Int32Array(4 * MAX_ATTRIBUTES);
  attributeCount = 0;
  /** The field that came at each place of the event before: producers keep to one order. */
  readonly #order = new Int32Array(FIELDS.length);
  #isAscii = true;

  /** True when the bytes of the half-open span are a plain event that occurred before `latest`. */
  read(bytes: Uint8Array, from: number, to: number, latest: number): boolean {
    this.#begin(bytes);
    let found = 0;
    let at = pastSpace(bytes, from, to);
    if (bytes[at] !== OPENING) return false;
    for (let place = 0; place < FIELDS.length; place += 1) {
      at = pastSpace(bytes, at + 1, to);
      if (bytes[at] !== QUOTE) return false;
      const field = this.#field(at + 1, place);
      if (field === NOT_PLAIN || (found & (1 << field)) !== 0) return false;
      found |= 1 << field;
      at = pastSpace(bytes, at + 2 + (NAMES[field] as Buffer).length, to);
      if (bytes[at] !== COLON) return false;
      at = this.#value(field, pastSpace(bytes, at + 1, to), to);
      if (at === NOT_PLAIN) return false;
      at = pastSpace(bytes, at, to);
      if (bytes[at] !== COMMA) break;
    }
    return (
      bytes[at] === CLOSING &&
      pastSpace(bytes, at + 1, to) === to &&
      (found & REQUIRED) === REQUIRED &&
      (this.instants[OCCURRED_AT] as number) <= latest &&
      (this.#isAscii || isUtf8(bytes.subarray(from, to)))
    );
  }

  #begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    const { starts, ends, instants } = this;
    // Three calls into the runtime would cost more than all eighteen places.
    for (let field = 0; field < FIELDS.length; field += 1) {
      starts[field] = 0;
      ends[field] = 0;
      instants[field] = Number.NaN;
    }
    this.amountUnits = Number.NaN;
    this.attributeCount = 0;
    this.#isAscii = true;
  }

  /** The field whose name begins at a place. */
  #field(at: number, place: number): number {
    const guess = this.#order[place] as number;
    if (this.#isNamed(guess, at)) return guess;
    for (let field = 0; field < FIELDS.length; field += 1)
      if (this.#isNamed(field, at)) {
        this.#order[place] = field;
        return field;
      }
    return NOT_PLAIN;
  }

  #isNamed(field: number, at: number): boolean {
    const name = NAMES[field] as Buffer;
    const { bytes } = this;
    for (let index = 0; index < name.length; index += 1) if (bytes[at + index] !== name[index]) return false;
    return bytes[at + name.length] === QUOTE;
  }

  /** Reads a field's value, and answers where it ends. */
  #value(field: number, at: number, to: number): number {
    const { bytes } = this;
    const { kind, required } = FIELDS[field] as EventField;
    if (bytes[at] === QUOTE) {
      const start = at + 1;
      const end = this.#textEnd(start);
      if (end === NOT_PLAIN) return NOT_PLAIN;
      if (end === start ? required : !this.#text(field, start, end)) return NOT_PLAIN;
      return end + 1;
    }
    if (bytes[at] === LOWER_N) return required ? NOT_PLAIN : this.#null(at);
    if (kind === 'instant') return this.#epoch(field, at);
    if (kind === 'amount') return this.#numberAmount(at);
    return kind === 'attributes' && bytes[at] === OPENING ? this.#attributes(at + 1, to) : NOT_PLAIN;
  }

  #text(field: number, start: number, end: number): boolean {
    const { kind, maxLength } = FIELDS[field] as EventField;
    switch (kind) {
      case 'instant': {
        const instant = plainInstant(this.bytes, start, end);
        this.instants[field] = instant;
        return !Number.isNaN(instant);
      }
      case 'amount':
        return this.#amount(start, end, AMOUNT_PLACES);
      case 'attributes':
        return false;
      case 'type':
        if (!this.#isType(start, end)) return false;
        break;
      case 'currency':
        if (!this.#isCurrency(start, end)) return false;
        break;
    }
    this.starts[field] = start;
    this.ends[field] = end;
    // No character takes fewer bytes than the units that lengths are counted in.
    return end - start <= maxLength;
  }

  #null(at: number): number {
    const { bytes } = this;
    const isNull = bytes[at + 1] === LOWER_U && bytes[at + 2] === LOWER_L && bytes[at + 3] === LOWER_L;
    return isNull ? at + 4 : NOT_PLAIN;
  }

  /** Where a text ends that no label would be refused for; line breaks and all that is escaped is not plain. */
  #textEnd(start: number): number {
    const { bytes } = this;
    for (let at = start; ; at += 1) {
      while (IS_PRINTABLE[bytes[at] as number] === 1) at += 1;
      const code = bytes[at];
      if (code === QUOTE) return at;
      if (code === undefined || code <= DELETE) return NOT_PLAIN;
      this.#isAscii = false;
      if (code === LATIN_LEAD && (bytes[at + 1] ?? 0) < LOW_LATIN_END) return NOT_PLAIN;
    }
  }

  #isType(start: number, end: number): boolean {
    const { bytes } = this;
    let nouns = 0;
    let begins = true;
    for (let at = start; at < end; at += 1) {
      const code = bytes[at] as number;
      if (code >= LOWER_A && code <= LOWER_Z) begins = false;
      else if (begins) return false;
      else if (code === POINT) {
        nouns += 1;
        begins = true;
      } else if (code !== UNDERSCORE) return false;
    }
    return nouns === 1 && !begins;
  }

  #isCurrency(start: number, end: number): boolean {
    for (let at = start; at < end; at += 1) {
      const code = this.bytes[at] as number;
      if (code < UPPER_A || code > UPPER_Z) return false;
    }
    return end - start === 3;
  }

  /** Epoch milliseconds. */
  #epoch(field: number, at: number): number {
    const { bytes } = this;
    let instant = 0;
    let end = at;
    for (; isDigit(bytes[end]) && end - at < DOUBLE_DIGITS; end += 1)
      instant = instant * 10 + (bytes[end] as number) - ZERO;
    if (bytes[at] === ZERO || !endsNumber(bytes[end]) || instant < EARLIEST || instant >= LATEST)
      return NOT_PLAIN;
    this.instants[field] = instant;
    return end;
  }

  #numberAmount(start: number): number {
    const { bytes } = this;
    let end = start;
    while (bytes[end] === DASH || bytes[end] === POINT || isDigit(bytes[end])) end += 1;
    const first = bytes[start] === DASH ? start + 1 : start;
    const zeroLed = bytes[first] === ZERO && isDigit(bytes[first + 1]);
    if (zeroLed || !endsNumber(bytes[end]) || !this.#amount(start, end, NUMBER_PLACES)) return NOT_PLAIN;
    return end;
  }

  /** Digits with a point among them or none. */
  #amount(start: number, end: number, mostPlaces: number): boolean {
    const { bytes } = this;
    const isNegative = bytes[start] === DASH;
    let units = 0;
    let integers = 0;
    let places = -1;
    for (let at = isNegative ? start + 1 : start; at < end; at += 1) {
      const code = bytes[at];
      if (isDigit(code)) {
        units = units * 10 + (code as number) - ZERO;
        if (places < 0) integers += 1;
        else places += 1;
      } else if (code === POINT && places < 0) places = 0;
      else return false;
    }
    if (integers < 1 || integers > AMOUNT_INTEGER_DIGITS || places === 0 || places > mostPlaces) return false;
    this.amountUnits = isNegative ? -units : units;
    this.amountPlaces = Math.max(places, 0);
    return integers + this.amountPlaces <= DOUBLE_DIGITS;
  }

  #attributes(start: number, to: number): number {
    const { bytes, attributes } = this;
    const { maxLength } = EVENT_FIELDS.attributes;
    let at = pastSpace(bytes, start, to);
    if (bytes[at] === CLOSING) return at + 1;
    for (let count = 0; count < MAX_ATTRIBUTES; count += 1) {
      const key = at + 1;
      const keyEnd = bytes[at] === QUOTE ? this.#keyEnd(key) : NOT_PLAIN;
      if (keyEnd === NOT_PLAIN || this.#isRepeated(key, keyEnd)) return NOT_PLAIN;
      at = pastSpace(bytes, keyEnd + 1, to);
      if (bytes[at] !== COLON) return NOT_PLAIN;
      at = pastSpace(bytes, at + 1, to);
      const value = at + 1;
      const valueEnd = bytes[at] === QUOTE ? this.#textEnd(value) : NOT_PLAIN;
      if (valueEnd === NOT_PLAIN || valueEnd - value > maxLength) return NOT_PLAIN;
      attributes[4 * count] = key;
      attributes[4 * count + 1] = keyEnd;
      attributes[4 * count + 2] = value;
      attributes[4 * count + 3] = valueEnd;
      this.attributeCount = count + 1;
      at = pastSpace(bytes, valueEnd + 1, to);
      if (bytes[at] === CLOSING) return at + 1;
      if (bytes[at] !== COMMA) return NOT_PLAIN;
      at = pastSpace(bytes, at + 1, to);
    }
    return NOT_PLAIN;
  }

  /** Where a key of Latin letters, digits, `_`, `-` and points ends. */
  #keyEnd(start: number): number {
    const { bytes } = this;
    for (let at = start; at - start <= ATTRIBUTE_KEY_LENGTH; at += 1) {
      const code = bytes[at] as number;
      if (isLetter(code)) continue;
      if (code === QUOTE && at > start) return at;
      const follows = isDigit(code) || code === UNDERSCORE || code === POINT || code === DASH;
      if (!follows || at === start) return NOT_PLAIN;
    }
    return NOT_PLAIN;
  }

  #isRepeated(start: number, end: number): boolean {
    const { bytes, attributes, attributeCount } = this;
    for (let entry = 0; entry < attributeCount; entry += 1) {
      const other = attributes[4 * entry] as number;
      if ((attributes[4 * entry + 1] as number) - other !== end - start) continue;
      let same = 0;
      while (same < end - start && bytes[other + same] === bytes[start + same]) same += 1;
      if (same === end - start) return true;
    }
    return false;
  }
}

function pastSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at < to; at += 1) {
    const code = bytes[at];
    if (code !== SPACE && code !== LINE_FEED && code !== TAB && code !== RETURN) break;
  }
  return at;
}

const isLetter = (code: number): boolean =>
  (code >= LOWER_A && code <= LOWER_Z) || (code >= UPPER_A && code <= UPPER_Z);

/** True for what may stand behind a number; an exponent may not. */
function endsNumber(code: number | undefined): boolean {
  return (
    code === COMMA ||
    code === CLOSING ||
    code === SPACE ||
    code === LINE_FEED ||
    code === TAB ||
    code === RETURN
  );
}
