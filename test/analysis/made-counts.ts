import { expectForecast } from '../../src/analysis/expectation.js';
import type { JudgedLeaves } from '../../src/analysis/leaves.js';
import { Random } from '../../src/simulation/random.js';
import { sliceKey } from './root-cause.js';

/** The same table with its forecast off by so much: each leaf's is multiplied by 1 plus normal noise. */
export function blurForecast(leaves: JudgedLeaves, error: number, seed: number): JudgedLeaves {
  const random = new Random(seed);
  return expectForecast(
    leaves,
    leaves.observed,
    leaves.expected.map((each) => Math.max(0, each * (1 + error * random.normal()))),
  );
}

const FACTORS = [0, 0.2, 0.4, 0.6, 1.5, 2, 3];

/**
 * A table with its forecast come true, but for causes of the given depth, each of which multiplies its leaves by
 * one factor; where two overlap, the last one holds. A cause has at least 0.3 % of the volume and 8 leaves to speak of.
 */
export function makeCounts(
  leaves: JudgedLeaves,
  plan: { depth: number; causes: number; error: number; seed: number },
): { leaves: JudgedLeaves; causes: string[] } {
  const random = new Random(plan.seed);
  const total = leaves.expected.reduce((sum, each) => sum + each, 0);
  const factor = new Float64Array(leaves.size).fill(1);
  const causes: string[] = [];
  while (causes.length < plan.causes) {
    const like = Math.floor(random.uniform() * leaves.size);
    const dimensions = shuffled(random, leaves.dimensions.length).slice(0, plan.depth);
    const inside = Array.from({ length: leaves.size }, (_, leaf) => leaf).filter((leaf) =>
      dimensions.every((each) => leaves.codes[each]?.[leaf] === leaves.codes[each]?.[like]),
    );
    const volumes = inside.map((leaf) => leaves.expected[leaf] as number);
    const volume = volumes.reduce((sum, each) => sum + each, 0);
    if (volume < 0.003 * total || volumes.filter((each) => each >= 5).length < 8) continue;
    const cause = sliceKey(
      Object.fromEntries(
        dimensions.map((each) => [
          leaves.dimensions[each] as string,
          leaves.values[each]?.[leaves.codes[each]?.[like] as number] as string,
        ]),
      ),
    );
    if (causes.includes(cause)) continue;
    causes.push(cause);
    const by = FACTORS[Math.floor(random.uniform() * FACTORS.length)] as number;
    for (const leaf of inside) factor[leaf] = by;
  }
  const observed = leaves.expected.map((each, leaf) =>
    Math.max(0, Math.round(each * (factor[leaf] as number) * (1 + 0.01 * random.normal()))),
  );
  const made = expectForecast(leaves, observed, leaves.expected);
  return { leaves: blurForecast(made, plan.error, plan.seed + 1), causes };
}

function shuffled(random: Random, size: number): number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  for (let last = size - 1; last > 0; last--) {
    const other = Math.floor(random.uniform() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
