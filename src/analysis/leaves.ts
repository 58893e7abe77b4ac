/**
 * A table of leaves: one row for each combination of dimension values that was seen, by columns, values as
 * codes into a dictionary.
 */
export interface Leaves {
  dimensions: readonly string[];
  /** For each dimension the values, by their code. */
  values: readonly (readonly string[])[];
  /** For each dimension the code of each leaf. */
  codes: readonly Int32Array[];
  /** For each dimension the code that stands for all values too rare to be named; -1 where there is none. */
  unnamed: readonly number[];
  size: number;
}

/** What is known of each leaf: what was seen in the span, and what was expected of it. */
export interface JudgedLeaves extends Leaves {
  /** Events, or for a sum the amount; for a rate its numerator. */
  observed: Float64Array;
  expected: Float64Array;
  /** The denominators of a rate; null for counts and sums. */
  trials: Float64Array | null;
  /** Expected events in the whole baseline, which say how well the expectation is known; null for a forecast. */
  backing: Float64Array | null;
  noise: Noise;
  /** The counts themselves, for a rate: of the quiet part of the baseline, and of the span. */
  rates: { before: Counted; after: Counted } | null;
}

/** What a rate is made of, by leaf. */
export interface Counted {
  numerator: Float64Array;
  denominator: Float64Array;
}

/** How much a leaf strays by chance: its variance is `perUnit · expected + (common + shared) · expected²`. */
export interface Noise {
  /** 1 for events that come singly (Poisson); for amounts, their usual size. */
  perUnit: number;
  /** The squared coefficient of variation of a single leaf, which averages away over many. */
  common: number;
  /** The squared coefficient of variation of a whole slice, which no volume averages away. */
  shared: number;
}

/** One combination of dimension values, as pairs of dimension index and code, by dimension. */
export type Combination = readonly (readonly [dimension: number, code: number])[];

export function sliceOf(leaves: Leaves, combination: Combination): Record<string, string> {
  return Object.fromEntries(
    combination.map(([dimension, code]) => [
      leaves.dimensions[dimension] as string,
      leaves.values[dimension]?.[code] as string,
    ]),
  );
}

export function contains(leaves: Leaves, combination: Combination, leaf: number): boolean {
  for (const [dimension, code] of combination) if (leaves.codes[dimension]?.[leaf] !== code) return false;
  return true;
}

/** A mark on each leaf of a slice. */
export function markLeaves(leaves: Leaves, combination: Combination, marks: Uint8Array, bit: number): void {
  const first = combination[0];
  const rest = combination.slice(1);
  const codes = first === undefined ? null : (leaves.codes[first[0]] as Int32Array);
  for (let leaf = 0; leaf < leaves.size; leaf++) {
    if (codes !== null && first !== undefined && codes[leaf] !== first[1]) continue;
    if (rest.length === 0 || contains(leaves, rest, leaf)) marks[leaf] = (marks[leaf] as number) | bit;
  }
}
