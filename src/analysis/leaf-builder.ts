import type { Leaves } from './leaves.js';

/** Node and code together stay exact integers up to so many values of a dimension, and as many leaves. */
const MOST_CODES = 2 ** 26;

/** Numbers the combinations of dimension values as they come. */
export class LeafBuilder {
  readonly #dimensions: readonly string[];
  readonly #values: Map<string, number>[];
  readonly #codes: number[][];
  /** A tree of the codes: from a node and the next dimension's code to the next node. */
  readonly #nodes: Map<number, number>[];
  #size = 0;

  constructor(dimensions: readonly string[]) {
    this.#dimensions = dimensions;
    this.#values = dimensions.map(() => new Map());
    this.#codes = dimensions.map(() => []);
    this.#nodes = dimensions.map(() => new Map());
  }

  /** The leaf of a row's dimension values. A missing value is a value like any other: the empty one. */
  leaf(row: readonly string[]): number {
    const codes = row.map((value, dimension) => {
      const known = this.#values[dimension] as Map<string, number>;
      const code = known.get(value);
      if (code !== undefined) return code;
      known.set(value, known.size);
      return known.size - 1;
    });
    let node = 0;
    for (let dimension = 0; dimension < codes.length; dimension++) {
      const nodes = this.#nodes[dimension] as Map<number, number>;
      const key = node * MOST_CODES + (codes[dimension] as number);
      node = nodes.get(key) ?? nodes.size;
      if (node === nodes.size) nodes.set(key, node);
    }
    if (node < this.#size) return node;
    codes.forEach((code, dimension) => {
      this.#codes[dimension]?.push(code);
    });
    return this.#size++;
  }

  get size(): number {
    return this.#size;
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
