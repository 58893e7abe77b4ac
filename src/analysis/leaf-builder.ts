import type { Leaves } from './leaves.js';

/** Numbers the combinations of dimension values as they come. */
export class LeafBuilder {
  readonly #dimensions: readonly string[];
  readonly #values: Map<string, number>[];
  readonly #codes: number[][];
  /** Combinations by their codes. */
  readonly #places = new Map<string, number>();

  constructor(dimensions: readonly string[]) {
    this.#dimensions = dimensions;
    this.#values = dimensions.map(() => new Map());
    this.#codes = dimensions.map(() => []);
  }

  /** The leaf of a row's dimension values. A missing value is a value like any other: the empty one. */
  leaf(row: readonly string[]): number {
    let key = '';
    const codes = row.map((value, dimension) => {
      const known = this.#values[dimension] as Map<string, number>;
      const code = known.get(value) ?? known.size;
      if (code === known.size) known.set(value, code);
      key += `${code},`;
      return code;
    });
    const place = this.#places.get(key);
    if (place !== undefined) return place;
    const added = this.#places.size;
    this.#places.set(key, added);
    codes.forEach((code, dimension) => {
      this.#codes[dimension]?.push(code);
    });
    return added;
  }

  get size(): number {
    return this.#places.size;
  }

  build(): Leaves {
    return {
      dimensions: this.#dimensions,
      values: this.#values.map((values) => [...values.keys()]),
      codes: this.#codes.map((codes) => Int32Array.from(codes)),
      unnamed: this.#dimensions.map(() => -1),
      size: this.size,
    };
  }
}
