import { isUtf8 } from 'node:buffer';
import { EVENT_FIELDS, type EventField } from '../model/event-schema.js';
import type { PlainFields } from '../store/event-rows.js';
import {
  CLOSING,
  COLON,
  COMMA,
  LOWER_N,
  NOT_PLAIN,
  OPENING,
  pastNull,
  pastSpace,
  QUOTE,
} from './json-bytes.js';
import { PlainAttributes } from './plain-attributes.js';
import { PlainTexts } from './plain-texts.js';
import {
  isPlainCurrency,
  isPlainType,
  PlainAmount,
  plainEpoch,
  plainInstant,
  plainNumberEnd,
} from './plain-values.js';

const FIELDS: readonly EventField[] = Object.values(EVENT_FIELDS);
const NAMES = FIELDS.map(({ name }) => Buffer.from(name));
const OCCURRED_AT = FIELDS.indexOf(EVENT_FIELDS.occurredAt);
const REQUIRED = FIELDS.reduce((bits, { required }, field) => bits | (required ? 1 << field : 0), 0);

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
  readonly amount = new PlainAmount();
  readonly #texts = new PlainTexts();
  readonly attributes = new PlainAttributes(this.#texts);
  /** The field that came at each place of the event before: producers keep to one order. */
  readonly #order = new Int32Array(FIELDS.length);

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
      (this.#texts.areAscii || isUtf8(bytes.subarray(from, to)))
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
    this.amount.units = Number.NaN;
    this.attributes.count = 0;
    this.#texts.areAscii = true;
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

  /** Reads a field's value, and answers the place behind it. */
  #value(field: number, at: number, to: number): number {
    const { bytes } = this;
    const { kind, required } = FIELDS[field] as EventField;
    if (bytes[at] === QUOTE) {
      const start = at + 1;
      const end = this.#texts.end(bytes, start);
      if (end === NOT_PLAIN) return NOT_PLAIN;
      if (end === start ? required : !this.#text(field, start, end)) return NOT_PLAIN;
      return end + 1;
    }
    if (bytes[at] === LOWER_N) return required ? NOT_PLAIN : pastNull(bytes, at);
    if (kind === 'instant' || kind === 'amount') return this.#number(field, at);
    return kind === 'attributes' && bytes[at] === OPENING
      ? this.attributes.read(bytes, at + 1, to)
      : NOT_PLAIN;
  }

  /** Takes a field's value that is text and not empty. */
  #text(field: number, start: number, end: number): boolean {
    const { bytes } = this;
    const { kind, maxLength } = FIELDS[field] as EventField;
    switch (kind) {
      case 'instant': {
        const instant = plainInstant(bytes, start, end);
        this.instants[field] = instant;
        return !Number.isNaN(instant);
      }
      case 'amount':
        return this.amount.read(bytes, start, end, 'text');
      case 'attributes':
        return false;
      case 'type':
        if (!isPlainType(bytes, start, end)) return false;
        break;
      case 'currency':
        if (!isPlainCurrency(bytes, start, end)) return false;
        break;
    }
    this.starts[field] = start;
    this.ends[field] = end;
    // No character takes fewer bytes than the units that lengths are counted in.
    return end - start <= maxLength;
  }

  /** Takes an instant or an amount that is a JSON number. */
  #number(field: number, start: number): number {
    const { bytes, amount, instants } = this;
    const end = plainNumberEnd(bytes, start);
    if (end === NOT_PLAIN) return NOT_PLAIN;
    if ((FIELDS[field] as EventField).kind === 'amount')
      return amount.read(bytes, start, end, 'number') ? end : NOT_PLAIN;
    const instant = plainEpoch(bytes, start, end);
    instants[field] = instant;
    return Number.isNaN(instant) ? NOT_PLAIN : end;
  }
}
