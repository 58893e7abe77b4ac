import { AMOUNT_INTEGER_DIGITS, AMOUNT_PLACES, EARLIEST, LATEST } from '../model/event-schema.js';
import {
  COLON,
  DASH,
  endsNumber,
  isDigit,
  LOWER_A,
  LOWER_Z,
  NOT_PLAIN,
  PLUS,
  POINT,
  UNDERSCORE,
  UPPER_A,
  UPPER_T,
  UPPER_Z,
  ZERO,
} from './json-bytes.js';

const MINUTE = 60_000;
const FIRST_YEAR = 2000;
/** Every decimal of so many digits is the same after it was a double. */
const DOUBLE_DIGITS = 15;
/** A JSON number of so many places, if it is not zero, has no exponent when JavaScript writes it. */
const NUMBER_PLACES = 6;

/** The starts of the months that are believed, ms, and of the one after them: no calendar is asked for each event. */
const MONTH_STARTS = Float64Array.from({ length: 1_201 }, (_, month) => Date.UTC(FIRST_YEAR, month, 1));

/**
 * The instant that is written between two places of a text, as nearly every producer writes it:
 * `2026-05-01T12:00:00.000Z`, the fraction of any length and the offset of any place. NaN for everything else,
 * which may still be an instant to `parseInstant`.
 */
export function plainInstant(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return Number.NaN;
  if (bytes[start + 10] !== UPPER_T || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON)
    return Number.NaN;
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
  const month = pair(bytes, start + 5);
  const day = pair(bytes, start + 8);
  const hour = pair(bytes, start + 11);
  const minute = pair(bytes, start + 14);
  const second = pair(bytes, start + 17);
  // What is no digit made NaN of its pair, and that is in none of these ranges.
  if (!(year >= FIRST_YEAR && month >= 1 && month <= 12 && hour < 24 && minute < 60 && second < 60))
    return Number.NaN;
  const index = (year - FIRST_YEAR) * 12 + month - 1;
  const monthStart = MONTH_STARTS[index] as number;
  const midnight = monthStart + (day - 1) * 86_400_000;
  if (!(day >= 1 && midnight < (MONTH_STARTS[index + 1] as number))) return Number.NaN;
  let at = start + 19;
  let fraction = 0;
  if (bytes[at] === POINT) {
    const first = at + 1;
    for (let place = 100; isDigit(bytes[++at]); place /= 10)
      fraction += place < 1 ? 0 : ((bytes[at] as number) - ZERO) * place;
    if (at === first || at - first > 9) return Number.NaN;
  }
  const instant = midnight + hour * 3_600_000 + minute * MINUTE + second * 1_000 + fraction;
  const believed = instant - plainOffset(bytes, at, end);
  return believed >= EARLIEST && believed < LATEST ? believed : Number.NaN;
}

/** The offset that ends a date, in ms: `Z` or `+01:00`. */
function plainOffset(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === UPPER_Z && end === at + 1) return 0;
  const sign = bytes[at];
  if ((sign !== PLUS && sign !== DASH) || end !== at + 6 || bytes[at + 3] !== COLON) return Number.NaN;
  const hours = pair(bytes, at + 1);
  const minutes = pair(bytes, at + 4);
  if (!(hours <= 18 && minutes < 60)) return Number.NaN;
  return (sign === DASH ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}

/** Two digits; NaN for what is none. */
function pair(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at], bytes[at + 1]];
  if (!isDigit(tens) || !isDigit(ones)) return Number.NaN;
  return ((tens as number) - ZERO) * 10 + (ones as number) - ZERO;
}

/** Epoch milliseconds from one place to another; NaN for what are none. */
export function plainEpoch(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > DOUBLE_DIGITS || bytes[start] === ZERO) return Number.NaN;
  let instant = 0;
  for (let at = start; at < end; at += 1) {
    const code = bytes[at];
    if (!isDigit(code)) return Number.NaN;
    instant = instant * 10 + (code as number) - ZERO;
  }
  return instant >= EARLIEST && instant < LATEST ? instant : Number.NaN;
}

/** Where a JSON number without an exponent ends. */
export function plainNumberEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (bytes[end] === DASH || bytes[end] === POINT || isDigit(bytes[end])) end += 1;
  const first = bytes[start] === DASH ? start + 1 : start;
  const zeroLed = bytes[first] === ZERO && isDigit(bytes[first + 1]);
  return zeroLed || !endsNumber(bytes[end]) ? NOT_PLAIN : end;
}

/** An amount: this whole number, divided by ten to the power of `places`; NaN when there is none. */
export class PlainAmount {
  units = Number.NaN;
  places = 0;

  /** Reads digits with a point among them or none, as a text or as a JSON number has them; false when they are not plain. */
  read(bytes: Uint8Array, start: number, end: number, form: 'text' | 'number'): boolean {
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
    const mostPlaces = form === 'text' ? AMOUNT_PLACES : NUMBER_PLACES;
    if (integers < 1 || integers > AMOUNT_INTEGER_DIGITS || places === 0 || places > mostPlaces) return false;
    this.units = isNegative ? -units : units;
    this.places = Math.max(places, 0);
    return integers + this.places <= DOUBLE_DIGITS;
  }
}

/** A noun and a verb in small letters. */
export function isPlainType(bytes: Uint8Array, start: number, end: number): boolean {
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

/** Three capital letters. */
export function isPlainCurrency(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] as number;
    if (code < UPPER_A || code > UPPER_Z) return false;
  }
  return end - start === 3;
}
