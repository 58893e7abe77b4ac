import { EARLIEST, LATEST } from '../model/event-schema.js';

const [ZERO, NINE] = [0x30, 0x39];
const [DASH, PLUS, POINT, COLON, UPPER_T, UPPER_Z] = [0x2d, 0x2b, 0x2e, 0x3a, 0x54, 0x5a];
const MINUTE = 60_000;
const FIRST_YEAR = 2000;

/** The starts of the months that are believed, ms, and of the one after them: no calendar is asked for each event. */
const MONTH_STARTS = Float64Array.from({ length: 1_201 }, (_, month) => Date.UTC(FIRST_YEAR, month, 1));

export const isDigit = (code: number | undefined): boolean =>
  code !== undefined && code >= ZERO && code <= NINE;

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
