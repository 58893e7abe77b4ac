import type { History } from '../../src/analysis/expectation.js';
import type { Counted, Leaves } from '../../src/analysis/leaves.js';
import { Random } from '../../src/simulation/random.js';

export interface MadeMarket {
  leaves: Leaves;
  now: Counted;
  history: History;
  /** The slices that were made worse, enough that one who knows which to look at would see it. */
  causes: Record<string, string>[];
  /** What would have come of each leaf in the span without any cause, as only its maker knows. */
  usual: Float64Array;
}

export interface MarketPlan {
  seed: number;
  causes: number;
  /** One dimension's values change their weights, which moves the whole rate without any cause. */
  mixShift?: boolean;
}

const REGIONS = 8;
const CATEGORIES = 12;
const CHANNELS = 3;
const MERCHANTS = 60;
const BUCKETS = 6;
/** Coefficients of variation between buckets: of each value of a dimension, and of each leaf. */
export const VALUE_SPREAD = 0.04;
const LEAF_SPREAD = 0.1;

/**
 * A marketplace of about `orders` orders in each bucket, whose dispute rates differ by dimension, wander from
 * bucket to bucket more than chance does, and rise in the span within the given number of slices of 50 to
 * 50,000 orders, each by an odds ratio of 1.5 to 5. A slice is drawn again until an oracle sees it.
 */
export function makeMarket(plan: MarketPlan): MadeMarket {
  const random = new Random(plan.seed);
  const sizes = [REGIONS, CATEGORIES, CHANNELS, MERCHANTS];
  const names = ['region', 'category', 'channel', 'merchant'];
  const weights = sizes.map((size) =>
    Array.from({ length: size }, (_, i) => random.exponential(1) / (1 + i / 6)),
  );
  const risk = sizes.map((size) => Array.from({ length: size }, () => Math.exp(0.4 * random.normal())));
  const orders = 10 ** (4 + 1.5 * random.uniform());
  const baseRate = 0.01 + 0.03 * random.uniform();
  // A merchant sells in one to three categories, so that dimensions depend on each other as they do in life.
  const combinations: number[][] = [];
  for (let merchant = 0; merchant < MERCHANTS; merchant++) {
    const sold = Array.from({ length: 1 + Math.floor(3 * random.uniform()) }, () =>
      Math.floor(CATEGORIES * random.uniform()),
    );
    for (const category of new Set(sold))
      for (let region = 0; region < REGIONS; region++)
        for (let channel = 0; channel < CHANNELS; channel++)
          combinations.push([region, category, channel, merchant]);
  }
  const size = combinations.length;
  const codes = names.map((_, d) => Int32Array.from(combinations, (each) => each[d] as number));
  const leaves: Leaves = {
    dimensions: names,
    values: sizes.map((count, d) => Array.from({ length: count }, (_, i) => `${names[d]?.slice(0, 2)}${i}`)),
    codes,
    unnamed: names.map(() => -1),
    size,
  };
  const product = (table: readonly (readonly number[])[], leaf: number) =>
    codes.reduce((all, code, d) => all * (table[d]?.[code[leaf] as number] as number), 1);
  const raw = combinations.map((_, leaf) => product(weights, leaf));
  const total = raw.reduce((a, b) => a + b, 0);
  const volume = raw.map((each) => (orders * each) / total);
  const rate = combinations.map((_, leaf) => Math.min(0.3, baseRate * product(risk, leaf)));
  const shifted = volume.slice();
  if (plan.mixShift === true) {
    const dimension = Math.floor(3 * random.uniform());
    const factor = Array.from({ length: sizes[dimension] as number }, () => Math.exp(0.7 * random.normal()));
    combinations.forEach((each, leaf) => {
      (shifted[leaf] as number) *= factor[each[dimension] as number] as number;
    });
  }
  const odds = new Float64Array(size).fill(1);
  const causes: Record<string, string>[] = [];
  for (let attempt = 0; causes.length < plan.causes && attempt < 2_000; attempt++) {
    const like = combinations[Math.floor(size * random.uniform())] as number[];
    const depth = 1 + Math.floor(3 * random.uniform());
    const dimensions = [0, 1, 2, 3]
      .sort(() => random.uniform() - 0.5)
      .slice(0, depth)
      .sort();
    const inside = combinations.map((each) => dimensions.every((d) => each[d] === like[d]));
    const sold = shifted.reduce((sum, each, leaf) => sum + (inside[leaf] ? each : 0), 0);
    const ratio = 1.5 + 3.5 * random.uniform();
    const expected = shifted.reduce(
      (sum, each, leaf) => sum + (inside[leaf] ? each * (rate[leaf] as number) : 0),
      0,
    );
    const touched = inside.some((each, leaf) => each && (odds[leaf] as number) > 1);
    const evidence =
      (2 * expected * (ratio * Math.log(ratio) - ratio + 1)) /
      (1 + expected * VALUE_SPREAD ** 2 + 1 / BUCKETS);
    const leavesInside = inside.filter(Boolean).length;
    if (sold < 50 || sold > 50_000 || touched || leavesInside > size / 3 || evidence < 40) continue;
    // A slice that differs from a shallower one by almost nothing cannot be told from it, even by an oracle.
    const needless = dimensions.some((left) => {
      const rest = dimensions.filter((d) => d !== left);
      if (rest.length === 0) return false;
      const wider = shifted.reduce(
        (sum, each, leaf) =>
          sum + (rest.every((d) => combinations[leaf]?.[d] === like[d]) ? each * (rate[leaf] as number) : 0),
        0,
      );
      const others = wider - expected;
      return 2 * others * (ratio * Math.log(ratio) - ratio + 1) < 20;
    });
    const narrower =
      dimensions.length < 3 &&
      [0, 1, 2, 3]
        .filter((d) => !dimensions.includes(d))
        .some((d) => {
          const byValue = new Map<number, number>();
          combinations.forEach((each, leaf) => {
            if (inside[leaf])
              byValue.set(
                each[d] as number,
                (byValue.get(each[d] as number) ?? 0) + (shifted[leaf] as number) * (rate[leaf] as number),
              );
          });
          const most = Math.max(...byValue.values());
          return 2 * (expected - most) * (ratio * Math.log(ratio) - ratio + 1) < 20;
        });
    if (needless || narrower) continue;
    inside.forEach((each, leaf) => {
      if (each) odds[leaf] = ratio;
    });
    causes.push(
      Object.fromEntries(
        dimensions.map((d) => [names[d] as string, leaves.values[d]?.[like[d] as number] as string]),
      ),
    );
  }
  const draw = (volumes: readonly number[], worse: Float64Array | null) => {
    const wander = sizes.map((count) =>
      Array.from({ length: count }, () => Math.exp(VALUE_SPREAD * random.normal())),
    );
    const numerator = new Float64Array(size);
    const denominator = new Float64Array(size);
    for (let leaf = 0; leaf < size; leaf++) {
      const n = random.poisson(volumes[leaf] as number);
      const p = Math.min(
        0.5,
        (rate[leaf] as number) * product(wander, leaf) * Math.exp(LEAF_SPREAD * random.normal()),
      );
      const o = (p / (1 - p)) * (worse?.[leaf] ?? 1);
      denominator[leaf] = n;
      numerator[leaf] = Math.min(n, random.poisson((n * o) / (1 + o)));
    }
    return { numerator, denominator };
  };
  const before = Array.from({ length: BUCKETS }, () => draw(volume, null));
  const join = (pick: (each: Counted) => Float64Array) =>
    Float64Array.from(before.flatMap((each) => [...pick(each)]));
  return {
    leaves,
    usual: Float64Array.from(shifted, (volume, leaf) => volume * (rate[leaf] as number)),
    now: draw(shifted, odds),
    history: {
      leaf: Int32Array.from(before.flatMap(() => combinations.map((_, leaf) => leaf))),
      bucket: Int32Array.from(before.flatMap((_, bucket) => combinations.map(() => bucket))),
      numerator: join((each) => each.numerator),
      denominator: join((each) => each.denominator),
      buckets: BUCKETS,
    },
    causes,
  };
}
