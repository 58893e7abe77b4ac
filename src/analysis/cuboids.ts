import type { Combination, Leaves } from './leaves.js';

/** One set of dimensions and its cells: the combinations of their values that were seen. */
export interface Cuboid {
  dimensions: readonly number[];
  /** The cell of each leaf. */
  cellOf: Int32Array;
  /** A leaf of each cell, to read the cell's values from. */
  example: Int32Array;
  /** 1 for a cell of values too rare to be named, which is no slice. */
  unnamed: Uint8Array;
  size: number;
}

/** The most entries of all cuboids together, 4 bytes each; above it the search stays shallower. */
const MOST_ENTRIES = 24_000_000;

/** Every set of at most `depth` dimensions, the shallow ones first, the empty set (the whole) in front. */
export function buildCuboids(leaves: Leaves, depth: number): Cuboid[] {
  const sets = dimensionSets(leaves.dimensions.length, depth);
  if (depth > 1 && sets.length * leaves.size > MOST_ENTRIES) return buildCuboids(leaves, depth - 1);
  return sets.map((dimensions) => buildCuboid(leaves, dimensions));
}

export function combinationOf(leaves: Leaves, cuboid: Cuboid, cell: number): Combination {
  const leaf = cuboid.example[cell] as number;
  return cuboid.dimensions.map((dimension) => [dimension, leaves.codes[dimension]?.[leaf] as number]);
}

function dimensionSets(dimensions: number, depth: number): number[][] {
  const sets: number[][] = [[]];
  for (let dimension = 0; dimension < dimensions; dimension++)
    for (const set of sets.slice()) if (set.length < depth) sets.push([...set, dimension]);
  return sets.sort((a, b) => a.length - b.length);
}

function buildCuboid(leaves: Leaves, dimensions: readonly number[]): Cuboid {
  // Cells are numbered one dimension at a time, so that no product of sizes can leave the range of integers.
  let cellOf = new Int32Array(leaves.size);
  let size = leaves.size === 0 ? 0 : 1;
  for (const dimension of dimensions) {
    const codes = leaves.codes[dimension] as Int32Array;
    const width = leaves.values[dimension]?.length ?? 0;
    const refined = new Int32Array(leaves.size);
    const number = numberingOf(size * width, leaves.size);
    for (let leaf = 0; leaf < leaves.size; leaf++)
      refined[leaf] = number.of((cellOf[leaf] as number) * width + (codes[leaf] as number));
    cellOf = refined;
    size = number.count();
  }
  const example = new Int32Array(size);
  for (let leaf = leaves.size - 1; leaf >= 0; leaf--) example[cellOf[leaf] as number] = leaf;
  const unnamed = Uint8Array.from(example, (leaf) =>
    dimensions.some((dimension) => leaves.codes[dimension]?.[leaf] === leaves.unnamed[dimension]) ? 1 : 0,
  );
  return { dimensions, cellOf, example, unnamed, size };
}

/** Numbers keys in the order in which they come; a table where the keys are dense enough, else a map. */
export function numberingOf(range: number, keys: number): { of(key: number): number; count(): number } {
  let count = 0;
  if (range <= 16 * keys + 65_536) {
    const table = new Int32Array(range).fill(-1);
    return {
      of: (key) => {
        if (table[key] === -1) table[key] = count++;
        return table[key] as number;
      },
      count: () => count,
    };
  }
  const map = new Map<number, number>();
  return {
    of: (key) => {
      const known = map.get(key);
      if (known !== undefined) return known;
      map.set(key, count);
      return count++;
    },
    count: () => count,
  };
}
