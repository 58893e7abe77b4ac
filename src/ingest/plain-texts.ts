import { BACKSLASH, DELETE, NOT_PLAIN, QUOTE, SPACE } from './json-bytes.js';

/** The first byte of the characters U+0080 to U+00BF, of which the lower half are control characters. */
const LATIN_LEAD = 0xc2;
const LOW_LATIN_END = 0xa0;
/** 1 for the bytes that a text consists of, nearly always: one look in place of five questions. */
const IS_PRINTABLE = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(code >= SPACE && code < DELETE && code !== QUOTE && code !== BACKSLASH),
);

/** Finds the ends of an event's texts, and remembers whether all of them were ASCII: what was not may not be UTF-8. */
export class PlainTexts {
  areAscii = true;

  /** Where a text ends that no label would be refused for; one with line breaks, or anything escaped, is not plain. */
  end(bytes: Uint8Array, start: number): number {
    for (let at = start; ; at += 1) {
      while (IS_PRINTABLE[bytes[at] as number] === 1) at += 1;
      const code = bytes[at];
      if (code === QUOTE) return at;
      if (code === undefined || code <= DELETE) return NOT_PLAIN;
      this.areAscii = false;
      if (code === LATIN_LEAD && (bytes[at + 1] ?? 0) < LOW_LATIN_END) return NOT_PLAIN;
    }
  }
}
