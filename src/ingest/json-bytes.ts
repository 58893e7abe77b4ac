/** The characters that JSON and events' values are made of, as the bytes that they are. */
export const SPACE = 0x20;
const [TAB, LINE_FEED, RETURN] = [0x09, 0x0a, 0x0d] as const;
export const [QUOTE, PLUS, COMMA, DASH, POINT, COLON] = [0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x3a] as const;
export const ZERO = 0x30;
const NINE = 0x39;
export const [UPPER_A, UPPER_T, UPPER_Z] = [0x41, 0x54, 0x5a] as const;
export const [LOWER_A, LOWER_N, LOWER_Z] = [0x61, 0x6e, 0x7a] as const;
const [LOWER_L, LOWER_U] = [0x6c, 0x75] as const;
export const [BACKSLASH, UNDERSCORE, OPENING, CLOSING, DELETE] = [0x5c, 0x5f, 0x7b, 0x7d, 0x7f] as const;

/** The place that a reader answers when what it was to read is not plain. */
export const NOT_PLAIN = -1;

export const isDigit = (code: number | undefined): boolean =>
  code !== undefined && code >= ZERO && code <= NINE;

export const isLetter = (code: number): boolean =>
  (code >= LOWER_A && code <= LOWER_Z) || (code >= UPPER_A && code <= UPPER_Z);

const isSpace = (code: number | undefined): boolean =>
  code === SPACE || code === LINE_FEED || code === TAB || code === RETURN;

/** The first place between the two that has no white space. */
export function pastSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(bytes[at])) at += 1;
  return at;
}

/** The place behind a `null`. */
export function pastNull(bytes: Uint8Array, at: number): number {
  const isNull = bytes[at + 1] === LOWER_U && bytes[at + 2] === LOWER_L && bytes[at + 3] === LOWER_L;
  return isNull ? at + 4 : NOT_PLAIN;
}

/** True for what may stand behind a number; an exponent may not. */
export const endsNumber = (code: number | undefined): boolean =>
  code === COMMA || code === CLOSING || isSpace(code);
