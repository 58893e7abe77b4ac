import { buildCuboids, type Cuboid, combinationOf } from './cuboids.js';
import { likelihoodRatio } from './evidence.js';
import { type Combination, contains, type JudgedLeaves, markLeaves } from './leaves.js';

/** A slice with what speaks for its having moved. */
export interface Candidate {
  combination: Combination;
  observed: number;
  expected: number;
  trials: number | null;
  /** The relative departure from the level it was held against, where no known cause explains it. */
  effect: number;
  /** The likelihood ratio by which slices are compared; it lets a cause hit its leaves unevenly. */
  score: number;
  /** The likelihood ratio against chance alone. */
  evidence: number;
  /** The evidence from which on chance is ruled out, with all slices of its depth allowed for. */
  threshold: number;
}

export interface JudgeOptions {
  /** The most dimensions of one slice. */
  depth: number;
  /** How unevenly a cause hits the leaves below it: a coefficient of variation. */
  spread: number;
  /** The chance of naming any slice of a table in which nothing moved. */
  falseAlarm: number;
  /** How many times better than the best slice the whole must explain the change: it localizes nothing. */
  wholeHandicap: number;
}

/** What a level explains beyond this is what a slice with part of it already explained is charged for the rest. */
const SECOND_PART_COST = 10;
/** The share of a slice's old part that its new part must reach for both to count. */
const SECOND_PART_SHARE = 0.1;
/** Twice the log of the odds from which on a rest counts as unmoved: about 150 to 1. */
const REST_MARGIN = 10;
/** Causes are told apart by bits. */
export const MOST_CAUSES = 8;

/** Sums over the leaves of each cell; where causes are known, those that they cover come after the others. */
interface Sums {
  observed: Float64Array;
  expected: Float64Array;
  trials: Float64Array | null;
  backing: Float64Array | null;
}

/** Holds slices of one table against a level: what is expected of each leaf, known causes included. */
export class Judge {
  readonly cuboids: readonly Cuboid[];
  readonly #leaves: JudgedLeaves;
  readonly #options: JudgeOptions;
  /** How much of a leaf's count is taken when slices are compared, and when one is held against chance. */
  readonly #compared: Float64Array;
  readonly #tested: Float64Array;
  readonly #thresholds: readonly number[];

  constructor(leaves: JudgedLeaves, options: JudgeOptions) {
    this.#leaves = leaves;
    this.#options = options;
    this.cuboids = buildCuboids(leaves, options.depth);
    const { perUnit, common } = leaves.noise;
    this.#tested = leaves.expected.map((expected) => 1 / (perUnit + common * Math.abs(expected)));
    this.#compared = leaves.expected.map((expected, leaf) => {
      const level = Math.abs(expected);
      // Half way (in logarithms) between what was expected and what came, so that neither law is favoured.
      const between = Math.sqrt(level * Math.max(level, Math.abs(leaves.observed[leaf] as number)));
      return 1 / (perUnit + (common + options.spread ** 2) * between);
    });
    const cells: number[] = [];
    for (const { dimensions, size } of this.cuboids) {
      // Values without a name were looked at before those with one were chosen.
      const looked = dimensions.some((each) => leaves.unnamed[each] !== -1) ? leaves.size : size;
      cells[dimensions.length] = (cells[dimensions.length] ?? 0) + looked;
    }
    this.#thresholds = cells.map((count) => 2 * Math.log((count * cells.length) / options.falseAlarm));
  }

  /** The slices that depart most from a level, best first; of slices with the same leaves the shallowest. */
  best(
    level: Float64Array,
    most: number,
    causes: readonly Combination[] = [],
    withWhole = true,
  ): Candidate[] {
    const covered = causes.length === 0 ? null : this.#coveredBy(causes);
    const top: { cuboid: Cuboid; cell: number; score: number }[] = [];
    for (const cuboid of this.cuboids) {
      if (!withWhole && cuboid.dimensions.length === 0) continue;
      const sums = this.#sum(cuboid, level, covered);
      for (let cell = 0; cell < cuboid.size; cell++) {
        if (cuboid.unnamed[cell] === 1) continue;
        const last = top[most - 1];
        if (last !== undefined && mostDeparture(sums, cell, cuboid.size) < last.score) continue;
        const score = this.#score(cuboid, sums, cell);
        if (last !== undefined && !clearlyAbove(score, last.score)) continue;
        let place = top.length;
        while (place > 0 && clearlyAbove(score, (top[place - 1] as { score: number }).score)) place--;
        top.splice(place, 0, { cuboid, cell, score });
        if (top.length > most) top.pop();
      }
    }
    return top.map(({ cuboid, cell, score }) => this.#candidate(cuboid, cell, score, level, covered));
  }

  /** A known slice, held against a level. */
  candidate(combination: Combination, level: Float64Array): Candidate {
    const cuboid = this.cuboids.find(
      ({ dimensions }) =>
        dimensions.length === combination.length &&
        dimensions.every((each, i) => each === combination[i]?.[0]),
    ) as Cuboid;
    const leaf = cuboid.cellOf.findIndex((_cell, each) => contains(this.#leaves, combination, each));
    const cell = cuboid.cellOf[leaf] as number;
    return this.#candidate(
      cuboid,
      cell,
      this.#score(cuboid, this.#sum(cuboid, level, null), cell),
      level,
      null,
    );
  }

  /**
   * The level that causes lead to expect: leaves below the same causes are moved by the same factor. Where two
   * causes overlap the factor is the overlap's own, since one may override the other or both may multiply.
   */
  levelWith(causes: readonly Combination[]): Float64Array {
    const { observed, expected, trials, size } = this.#leaves;
    const kind = new Uint8Array(size);
    causes.forEach((combination, index) => {
      markLeaves(this.#leaves, combination, kind, 1 << index);
    });
    const seen = new Float64Array(1 << MOST_CAUSES);
    const awaited = new Float64Array(1 << MOST_CAUSES);
    for (let leaf = 0; leaf < size; leaf++) {
      const weight = this.#compared[leaf] as number;
      add(seen, kind[leaf] as number, weight * (observed[leaf] as number));
      add(awaited, kind[leaf] as number, weight * (expected[leaf] as number));
    }
    return expected.map((each, leaf) => {
      const which = kind[leaf] as number;
      if (which === 0) return each;
      const moved = (each * Math.max(0, seen[which] as number)) / Math.max(awaited[which] as number, 1e-9);
      return trials === null ? moved : Math.min(moved, 0.98 * (trials[leaf] as number));
    });
  }

  /** True when what is left of a slice without some parts of it is as expected rather than moved like the slice. */
  restIsUnmoved(slice: Candidate, parts: readonly Candidate[]): boolean {
    const { observed, expected, trials, size } = this.#leaves;
    const inParts = this.#coveredBy(parts.map(({ combination }) => combination));
    const all = { observed: 0, expected: 0 };
    const rest = { observed: 0, expected: 0, trials: 0 };
    for (let leaf = 0; leaf < size; leaf++) {
      if (!contains(this.#leaves, slice.combination, leaf)) continue;
      const weight = this.#compared[leaf] as number;
      const o = weight * (observed[leaf] as number);
      const e = weight * (expected[leaf] as number);
      all.observed += o;
      all.expected += e;
      if (inParts[leaf] === 1) continue;
      rest.observed += o;
      rest.expected += e;
      rest.trials += weight * (trials?.[leaf] ?? 0);
    }
    const within = trials === null ? null : rest.trials;
    const moved = rest.expected * (all.observed / Math.max(all.expected, 1e-9));
    const asMoved = likelihoodRatio(
      rest.observed,
      within === null ? moved : Math.min(moved, 0.98 * within),
      within,
    );
    return asMoved - likelihoodRatio(rest.observed, rest.expected, within) > REST_MARGIN;
  }

  #coveredBy(causes: readonly Combination[]): Uint8Array {
    const covered = new Uint8Array(this.#leaves.size);
    for (const combination of causes) markLeaves(this.#leaves, combination, covered, 1);
    return covered;
  }

  #sum(cuboid: Cuboid, level: Float64Array, covered: Uint8Array | null): Sums {
    const { observed, trials, backing, size } = this.#leaves;
    const width = covered === null ? cuboid.size : 2 * cuboid.size;
    const sums: Sums = {
      observed: new Float64Array(width),
      expected: new Float64Array(width),
      trials: trials === null ? null : new Float64Array(width),
      backing: backing === null ? null : new Float64Array(cuboid.size),
    };
    const { cellOf } = cuboid;
    for (let leaf = 0; leaf < size; leaf++) {
      const cell = cellOf[leaf] as number;
      const part = covered !== null && covered[leaf] === 1 ? cell + cuboid.size : cell;
      const weight = this.#compared[leaf] as number;
      add(sums.observed, part, weight * (observed[leaf] as number));
      add(sums.expected, part, weight * (level[leaf] as number));
      if (trials !== null && sums.trials !== null) add(sums.trials, part, weight * (trials[leaf] as number));
      if (backing !== null && sums.backing !== null) add(sums.backing, cell, backing[leaf] as number);
    }
    return sums;
  }

  #score(cuboid: Cuboid, sums: Sums, cell: number): number {
    const score = departure(sums, cell, cuboid.size) / (1 + uncertainty(sums, cell, cuboid.size));
    return cuboid.dimensions.length === 0 ? score / this.#options.wholeHandicap : score;
  }

  #candidate(
    cuboid: Cuboid,
    cell: number,
    score: number,
    level: Float64Array,
    covered: Uint8Array | null,
  ): Candidate {
    const { observed, expected, trials, backing, noise, size } = this.#leaves;
    const whole = { observed: 0, expected: 0, trials: 0 };
    const sums: Sums = {
      observed: new Float64Array(2),
      expected: new Float64Array(2),
      trials: trials === null ? null : new Float64Array(2),
      backing: backing === null ? null : new Float64Array(1),
    };
    for (let leaf = 0; leaf < size; leaf++) {
      if (cuboid.cellOf[leaf] !== cell) continue;
      const part = covered !== null && covered[leaf] === 1 ? 1 : 0;
      const weight = this.#tested[leaf] as number;
      whole.observed += observed[leaf] as number;
      whole.expected += expected[leaf] as number;
      whole.trials += trials?.[leaf] ?? 0;
      add(sums.observed, part, weight * (observed[leaf] as number));
      add(sums.expected, part, weight * (level[leaf] as number));
      if (trials !== null && sums.trials !== null) add(sums.trials, part, weight * (trials[leaf] as number));
      if (backing !== null && sums.backing !== null) add(sums.backing, 0, backing[leaf] as number);
    }
    const weighted = (sums.expected[0] as number) + (sums.expected[1] as number);
    const part = sums.expected[0] === 0 && sums.observed[0] === 0 ? 1 : 0;
    return {
      combination: combinationOf(this.#leaves, cuboid, cell),
      observed: whole.observed,
      expected: whole.expected,
      trials: trials === null ? null : whole.trials,
      effect: (sums.observed[part] as number) / Math.max(Math.abs(sums.expected[part] as number), 1e-9) - 1,
      score,
      evidence: departure(sums, 0, 1) / (1 + noise.shared * Math.abs(weighted) + uncertainty(sums, 0, 1)),
      threshold: this.#thresholds[cuboid.dimensions.length] as number,
    };
  }
}

/**
 * The likelihood ratio of a cell. Of a cell that a known cause covers in part, the two parts may have moved each
 * in its own way; that counts if the part that was not explained yet moved too, or a slice inside the cause
 * would do as well.
 */
function departure(sums: Sums, cell: number, cells: number): number {
  const fresh = ratioOf(sums, cell);
  if (sums.observed.length === cells) return fresh;
  const old = cell + cells;
  const explained = ratioOf(sums, old);
  if (sums.expected[old] === 0 && sums.observed[old] === 0) return fresh;
  const together = likelihoodRatio(
    (sums.observed[cell] as number) + (sums.observed[old] as number),
    (sums.expected[cell] as number) + (sums.expected[old] as number),
    sums.trials === null ? null : (sums.trials[cell] as number) + (sums.trials[old] as number),
  );
  const counts = fresh > SECOND_PART_SHARE * explained && fresh > SECOND_PART_COST;
  return counts ? Math.max(together, fresh + explained - SECOND_PART_COST) : together;
}

function ratioOf(sums: Sums, part: number): number {
  return likelihoodRatio(
    sums.observed[part] as number,
    sums.expected[part] as number,
    sums.trials === null ? null : (sums.trials[part] as number),
  );
}

/**
 * A bound of the likelihood ratio of a cell, without a logarithm: a divergence of Kullback and Leibler is never above
 * the chi-square divergence, and that of a whole never above the sum of its parts'. Most cells need no more.
 */
function mostDeparture(sums: Sums, cell: number, cells: number): number {
  const fresh = mostRatio(sums, cell);
  return sums.observed.length === cells ? fresh : fresh + mostRatio(sums, cell + cells);
}

function mostRatio({ observed, expected, trials }: Sums, part: number): number {
  const e = expected[part] as number;
  const o = observed[part] as number;
  if (e <= 1e-9 || o < 0) return o === 0 ? 0 : Number.POSITIVE_INFINITY;
  const rest = trials === null ? Number.POSITIVE_INFINITY : (trials[part] as number) - e;
  return rest <= 1e-9 ? Number.POSITIVE_INFINITY : 2 * (o - e) ** 2 * (1 / e + 1 / rest);
}

/** How much the baseline's own chance adds to that of the span: the ratio of their variances. */
function uncertainty(sums: Sums, cell: number, cells: number): number {
  if (sums.backing === null) return 0;
  const old = sums.expected.length === cells ? 0 : (sums.expected[cell + cells] as number);
  return ((sums.expected[cell] as number) + old) / Math.max(sums.backing[cell] as number, 0.5);
}

/** Sums in another order differ in their last digits, which must not decide between two slices. */
function clearlyAbove(score: number, other: number): boolean {
  return score > other * (1 + 1e-9);
}

function add(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] as number) + value;
}
