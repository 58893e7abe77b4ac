import { likelihoodRatio } from './evidence.js';
import type { Counted, JudgedLeaves } from './leaves.js';

/** Values of one dimension that are told apart; a slice of a rarer one could not be judged anyway. */
const MOST_VALUES = 2_000;

/**
 * The same table with nothing in it that cannot matter: dimensions of one value, leaves without anything
 * observed or expected, and, in a dimension of very many values, all but the largest and the most striking, which
 * become one value without a name. The leaves stay apart, since a cause is weighed by how many of them it moved.
 */
export function prepare(leaves: JudgedLeaves): JudgedLeaves {
  const varied = leaves.dimensions.map((_, d) => d).filter((d) => (leaves.values[d]?.length ?? 0) > 1);
  const kept = varied.map((dimension) => fewerValues(leaves, dimension));
  return withoutEmpty({
    ...leaves,
    dimensions: varied.map((d) => leaves.dimensions[d] as string),
    values: kept.map(({ values }) => values),
    codes: kept.map(({ codes }) => codes),
    unnamed: kept.map(({ unnamed }) => unnamed),
  });
}

interface Values {
  values: readonly string[];
  codes: Int32Array;
  unnamed: number;
}

function fewerValues(leaves: JudgedLeaves, dimension: number): Values {
  const values = leaves.values[dimension] as readonly string[];
  const codes = leaves.codes[dimension] as Int32Array;
  if (values.length <= MOST_VALUES) return { values, codes, unnamed: -1 };
  const observed = new Float64Array(values.length);
  const expected = new Float64Array(values.length);
  for (let leaf = 0; leaf < leaves.size; leaf++) {
    const code = codes[leaf] as number;
    observed[code] = (observed[code] as number) + (leaves.observed[leaf] as number);
    expected[code] = (expected[code] as number) + (leaves.expected[leaf] as number);
  }
  const best = (of: (code: number) => number): number[] => {
    const worth = Float64Array.from(values, (_, code) => of(code));
    return [...worth.keys()]
      .sort((a, b) => (worth[b] as number) - (worth[a] as number))
      .slice(0, MOST_VALUES / 2);
  };
  const named = new Set([
    ...best((code) => likelihoodRatio(observed[code] as number, expected[code] as number, null)),
    ...best((code) => Math.abs(observed[code] as number) + Math.abs(expected[code] as number)),
  ]);
  const renamed = new Int32Array(values.length).fill(named.size);
  const names: string[] = [];
  for (const code of named) renamed[code] = names.push(values[code] as string) - 1;
  return { values: [...names, ''], codes: codes.map((code) => renamed[code] as number), unnamed: named.size };
}

function withoutEmpty(leaves: JudgedLeaves): JudgedLeaves {
  const kept = Int32Array.from(
    Array.from({ length: leaves.size }, (_, leaf) => leaf).filter((leaf) => !isEmpty(leaves, leaf)),
  );
  const floats = (values: Float64Array) => Float64Array.from(kept, (leaf) => values[leaf] as number);
  const counted = ({ numerator, denominator }: Counted) => ({
    numerator: floats(numerator),
    denominator: floats(denominator),
  });
  return {
    ...leaves,
    codes: leaves.codes.map((codes) => Int32Array.from(kept, (leaf) => codes[leaf] as number)),
    size: kept.length,
    observed: floats(leaves.observed),
    expected: floats(leaves.expected),
    trials: leaves.trials === null ? null : floats(leaves.trials),
    backing: leaves.backing === null ? null : floats(leaves.backing),
    rates:
      leaves.rates === null
        ? null
        : { before: counted(leaves.rates.before), after: counted(leaves.rates.after) },
  };
}

function isEmpty(leaves: JudgedLeaves, leaf: number): boolean {
  const before = leaves.rates?.before.denominator[leaf] ?? 0;
  return leaves.observed[leaf] === 0 && leaves.expected[leaf] === 0 && before === 0;
}
