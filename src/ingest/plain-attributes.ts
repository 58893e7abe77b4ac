import { ATTRIBUTE_KEY_LENGTH, EVENT_FIELDS, MAX_ATTRIBUTES } from '../model/event-schema.js';
import type { PlainSpans } from '../store/event-rows.js';
import {
  CLOSING,
  COLON,
  COMMA,
  DASH,
  isDigit,
  isLetter,
  NOT_PLAIN,
  POINT,
  pastSpace,
  QUOTE,
  UNDERSCORE,
} from './json-bytes.js';
import type { PlainTexts } from './plain-texts.js';

/** An event's attributes: a flat object of plain texts, each key once and of Latin letters. */
export class PlainAttributes implements PlainSpans {
  readonly spans = new Int32Array(4 * MAX_ATTRIBUTES);
  count = 0;
  readonly #texts: PlainTexts;

  constructor(texts: PlainTexts) {
    this.#texts = texts;
  }

  /** Reads the object behind an opening brace, and answers the place behind its closing one. */
  read(bytes: Uint8Array, start: number, to: number): number {
    const { spans } = this;
    this.count = 0;
    const { maxLength } = EVENT_FIELDS.attributes;
    let at = pastSpace(bytes, start, to);
    if (bytes[at] === CLOSING) return at + 1;
    for (let count = 0; count < MAX_ATTRIBUTES; count += 1) {
      const key = at + 1;
      const keyEnd = bytes[at] === QUOTE ? keyEndOf(bytes, key) : NOT_PLAIN;
      if (keyEnd === NOT_PLAIN || this.#isRepeated(bytes, key, keyEnd)) return NOT_PLAIN;
      at = pastSpace(bytes, keyEnd + 1, to);
      if (bytes[at] !== COLON) return NOT_PLAIN;
      at = pastSpace(bytes, at + 1, to);
      const value = at + 1;
      const valueEnd = bytes[at] === QUOTE ? this.#texts.end(bytes, value) : NOT_PLAIN;
      if (valueEnd === NOT_PLAIN || valueEnd - value > maxLength) return NOT_PLAIN;
      spans[4 * count] = key;
      spans[4 * count + 1] = keyEnd;
      spans[4 * count + 2] = value;
      spans[4 * count + 3] = valueEnd;
      this.count = count + 1;
      at = pastSpace(bytes, valueEnd + 1, to);
      if (bytes[at] === CLOSING) return at + 1;
      if (bytes[at] !== COMMA) return NOT_PLAIN;
      at = pastSpace(bytes, at + 1, to);
    }
    return NOT_PLAIN;
  }

  #isRepeated(bytes: Uint8Array, start: number, end: number): boolean {
    const { spans, count } = this;
    for (let entry = 0; entry < count; entry += 1) {
      const other = spans[4 * entry] as number;
      if ((spans[4 * entry + 1] as number) - other !== end - start) continue;
      let same = 0;
      while (same < end - start && bytes[other + same] === bytes[start + same]) same += 1;
      if (same === end - start) return true;
    }
    return false;
  }
}

/** Where a key of Latin letters, digits, `_`, `-` and points ends. */
function keyEndOf(bytes: Uint8Array, start: number): number {
  for (let at = start; at - start <= ATTRIBUTE_KEY_LENGTH; at += 1) {
    const code = bytes[at] as number;
    if (isLetter(code)) continue;
    if (code === QUOTE && at > start) return at;
    const follows = isDigit(code) || code === UNDERSCORE || code === POINT || code === DASH;
    if (!follows || at === start) return NOT_PLAIN;
  }
  return NOT_PLAIN;
}
