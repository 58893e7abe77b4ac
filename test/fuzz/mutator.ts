import type { Random } from '../../src/simulation/random.js';

/** Pieces that have broken somebody's reader. */
const AWKWARD = [
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '😀',
  '%s',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a piece that looks like a placeholder.
  '${x}',
  '<!channel>',
  "'; DROP TABLE events_log; --",
  '__proto__',
  'constructor',
  'null',
  'true',
  'NaN',
  '-0',
  '1e400',
  '99999999999999999999',
  '2026-02-30T25:61:61Z',
  '0000-00-00',
  '+275760-09-13T00:00:00Z',
  '&a',
  '*a',
  '!!binary',
  '<<:',
  '? ',
  '| ',
  '(a+)+$',
];

/** Makes inputs out of good ones, each a little or a lot wrong; the same random numbers make the same. */
export class Mutator {
  readonly #random: Random;
  readonly #seeds: readonly Buffer[];
  readonly #pieces: readonly Buffer[];

  /** `words` are pieces of the language that the inputs are written in. */
  constructor(random: Random, seeds: readonly string[], words: readonly string[]) {
    this.#random = random;
    this.#seeds = seeds.map((seed) => Buffer.from(seed));
    this.#pieces = [...AWKWARD, ...words].map((piece) => Buffer.from(piece));
  }

  next(): Buffer {
    if (this.#random.chance(0.02)) return this.#noise(this.#below(200));
    let input = this.#one(this.#seeds);
    for (let left = 1 + this.#below(this.#random.chance(0.2) ? 20 : 4); left > 0; left -= 1)
      input = this.#mutated(input);
    return input;
  }

  #mutated(input: Buffer): Buffer {
    const at = this.#below(input.length + 1);
    const to = Math.min(input.length, at + this.#below(this.#random.chance(0.1) ? input.length + 1 : 12));
    const [before, inside, after] = [input.subarray(0, at), input.subarray(at, to), input.subarray(to)];
    switch (this.#below(8)) {
      case 0:
        return Buffer.concat([before, after]);
      case 1:
        return Buffer.concat([before, this.#one(this.#pieces), after]);
      case 2:
        return Buffer.concat([before, this.#one(this.#pieces), input.subarray(at)]);
      case 3:
        return Buffer.concat([before, inside, inside, after]);
      case 4:
        return Buffer.concat([before, this.#noise(1 + this.#below(3)), after]);
      case 5:
        return Buffer.concat([
          before,
          Buffer.alloc(this.#below(2_000), inside.length > 0 ? inside : '['),
          after,
        ]);
      case 6: {
        const other = this.#one(this.#seeds);
        return Buffer.concat([before, other.subarray(this.#below(other.length + 1))]);
      }
      default:
        return Buffer.concat([after, inside, before]);
    }
  }

  #noise(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)));
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.uniform() * limit);
  }
}
