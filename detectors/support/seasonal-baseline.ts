import { z } from 'zod';
import type { SeriesContext } from '../../src/detection/contract.js';
import type { Prediction } from './band.js';
import { predictRate, predictValue } from './count-prediction.js';
import { dispersionOfCounts, varianceOfCase } from './dispersion.js';
import type { Quantity } from './quantity.js';

export interface SeasonalBaselineOptions {
  kind: SeriesContext['kind'];
  slots: number;
  /** Points of a slot before it is evaluable. */
  warmUp: number;
  /** Memory of a slot's share of the rhythm, in points of that slot. */
  slotMemory: number;
  /** Memory of the level and of the spread, in points. */
  levelMemory: number;
  /** Points in a row out of band on one side that become the new level. */
  acceptAfter: number;
  /** Points in a row of one slot out of band, after which the slot is learned anew. */
  acceptInSlot: number;
}

const Sums = z.object({ cases: z.number(), expected: z.number() });

export const SeasonalBaselineState = z.object({
  /** Per slot, with fading memory: cases, their absolute values, what they were counted over, points, misses. */
  cases: z.array(z.number()),
  activity: z.array(z.number()),
  exposure: z.array(z.number()),
  seen: z.array(z.number()),
  missed: z.array(z.number()),
  /** The same over all slots. */
  total: z.object({ activity: z.number(), exposure: z.number() }),
  /** Recent activity against what the profile expected of it. */
  level: Sums,
  spread: z.object({ squares: z.number(), weight: z.number() }),
  /** Values that are not counts, with fading memory. */
  fractions: z.number(),
  /** Rates: true once a value above 1 was learned, which a ratio of two different counts may have. */
  exceedsOne: z.boolean(),
  outside: z.object({ points: z.number(), side: z.enum(['up', 'down']).nullable(), sums: Sums }),
});
type State = z.infer<typeof SeasonalBaselineState>;

/** Squared residuals needed before the spread of a value series is believed at all. */
const LEAST_SPREAD_WEIGHT = 6;
/** A slot of a value series has at least this part of the mean activity's variance: nights are not exact. */
const LEAST_VARIANCE_SHARE = 0.05;
const LEAST_DEVIATION = 1e-9;
const HALF_CASE = 0.5;
/** A series that went silent keeps a trace of its level, so that its profile is not divided by nothing. */
const LEAST_LEVEL = 1e-9;

/**
 * What a series usually is at this time of its period: level × slot profile, the multiplicative form of Holt
 * (1957) and Winters (1960), with pooled counts in the place of smoothed ratios.
 *
 * A slot's profile is the cases seen in it over what they were counted over times the level of their time; the
 * level is the recent cases over what the profile expected of them. Both forget exponentially, so the state is
 * a few numbers per slot and a point costs the same whatever came before. Thin slots are drawn towards the
 * series' overall rate by half a case (Jeffreys, 1946).
 *
 * The variance of a point is φ·V: V is the binomial variance for rates and the expected value itself for counts
 * and sums (a sum of independent cases varies in proportion to how many there are); both are increased by the
 * uncertainty of profile and level. φ comes from the squared residuals of past points, each against what was
 * expected before it was seen.
 */
export class SeasonalBaseline {
  readonly #options: SeasonalBaselineOptions;
  #s: State;

  constructor(options: SeasonalBaselineOptions, saved?: State) {
    this.#options = options;
    this.#s = saved ?? emptyState(options.slots);
  }

  /** What is expected of a point of this size in this slot; null while too little is known. */
  predict(slot: number, size: number): Prediction | null {
    const s = this.#s;
    if (at(s.seen, slot) < this.#options.warmUp) return null;
    if (this.#options.kind === 'value' && s.spread.weight < LEAST_SPREAD_WEIGHT) return null;
    const { squares, weight } = s.spread;
    const found = this.#expect(slot, size);
    return this.#options.kind === 'rate'
      ? predictRate(found, size, dispersionOfCounts(squares, weight), weight, this.#isShare())
      : predictValue(found, squares / weight, weight, s.fractions === 0);
  }

  /** Takes in a point that is in band, or that nothing judged. */
  learn(slot: number, { cases, size }: Quantity): void {
    const { slotMemory, levelMemory, kind } = this.#options;
    const s = this.#s;
    const level = this.#level();
    if (at(s.seen, slot) > 0) {
      const { mean, variance } = this.#expect(slot, size);
      const fade = 1 - 1 / levelMemory;
      s.spread.squares = fade * s.spread.squares + (cases - mean) ** 2 / variance;
      s.spread.weight = fade * s.spread.weight + 1;
      const usual = size * this.#profile(slot).activity;
      s.level.cases = fade * s.level.cases + Math.abs(cases);
      s.level.expected = fade * s.level.expected + usual;
    }
    const fade = 1 - 1 / slotMemory;
    s.cases[slot] = fade * at(s.cases, slot) + cases;
    s.activity[slot] = fade * at(s.activity, slot) + Math.abs(cases);
    s.exposure[slot] = fade * at(s.exposure, slot) + size * level;
    s.seen[slot] = at(s.seen, slot) + 1;
    s.missed[slot] = 0;
    const totalFade = 1 - 1 / (slotMemory * this.#options.slots);
    s.total.activity = totalFade * s.total.activity + Math.abs(cases);
    s.total.exposure = totalFade * s.total.exposure + size * level;
    if (kind === 'value' && (cases < 0 || !Number.isInteger(cases))) s.fractions += 1;
    if (kind === 'rate' && cases > size) s.exceedsOne = true;
    if (s.outside.side !== null) s.outside = nothingOutside();
  }

  /**
   * Keeps a point that is out of band out of the baseline, with two ways back: a level that stays is accepted,
   * and so is a slot that is out of band period after period.
   *
   * @returns true when the level was accepted just now.
   */
  keepOut(slot: number, { cases, size }: Quantity, side: 'up' | 'down'): boolean {
    const s = this.#s;
    if (s.outside.side !== side) s.outside = { ...nothingOutside(), side };
    s.outside.points += 1;
    s.outside.sums.cases += Math.abs(cases);
    s.outside.sums.expected += size * this.#profile(slot).activity;
    s.missed[slot] = at(s.missed, slot) + 1;
    if (s.outside.points >= this.#options.acceptAfter) {
      s.level = s.outside.sums;
      s.outside = nothingOutside();
      s.missed.fill(0);
      return true;
    }
    if (at(s.missed, slot) >= this.#options.acceptInSlot) {
      s.cases[slot] = cases;
      s.activity[slot] = Math.abs(cases);
      s.exposure[slot] = size * this.#level();
      s.seen[slot] = 1;
      s.missed[slot] = 0;
    }
    return false;
  }

  save(): State {
    return structuredClone(this.#s);
  }

  /** Mean and variance, before φ, of the cases of a point of this size. */
  #expect(slot: number, size: number): { mean: number; variance: number } {
    const s = this.#s;
    const profile = this.#profile(slot);
    const unbounded = size * this.#level() * profile.cases;
    const mean = unbounded > size && this.#isShare() ? size : unbounded;
    const known = 1 / (at(s.activity, slot) + this.#halfCase()) + 1 / (s.level.cases + this.#halfCase());
    if (this.#options.kind === 'rate') {
      return { mean, variance: size * varianceOfCase(mean / size) + mean * mean * known };
    }
    const least = Math.max(LEAST_VARIANCE_SHARE * this.#overall(), LEAST_DEVIATION);
    const uncertain = Number.isFinite(known) ? Math.min(Math.abs(mean), mean * mean * known) : Math.abs(mean);
    return { mean, variance: Math.max(Math.abs(mean), least) + uncertain };
  }

  /** Recent activity in parts of what the profile expects; 1 until there is a profile to hold it against. */
  #level(): number {
    const { cases, expected } = this.#s.level;
    const prior = this.#halfCase();
    if (expected + prior === 0) return 1;
    return Math.min(Math.max((cases + prior) / (expected + prior), LEAST_LEVEL), 1 / LEAST_LEVEL);
  }

  /** A slot's cases and activity for one unit of size at a level of 1. */
  #profile(slot: number): { cases: number; activity: number } {
    const s = this.#s;
    const overall = this.#overall();
    const prior = this.#halfCase();
    const exposure = at(s.exposure, slot) + (prior === 0 ? 0 : prior / overall);
    if (exposure === 0) return { cases: overall, activity: overall };
    return {
      cases: (at(s.cases, slot) + prior) / exposure,
      activity: (at(s.activity, slot) + prior) / exposure,
    };
  }

  #overall(): number {
    const { activity, exposure } = this.#s.total;
    const prior = this.#halfCase();
    return exposure + prior > 0 ? (activity + prior) / (exposure + 2 * prior) : 0;
  }

  #isShare(): boolean {
    return this.#options.kind === 'rate' && !this.#s.exceedsOne;
  }

  /** Half a case is a sensible opinion about counts over a size; about a sum in unknown units it is not. */
  #halfCase(): number {
    return this.#options.kind === 'rate' ? HALF_CASE : 0;
  }
}

function emptyState(slots: number): State {
  const zeros = (): number[] => new Array<number>(slots).fill(0);
  return {
    cases: zeros(),
    activity: zeros(),
    exposure: zeros(),
    seen: zeros(),
    missed: zeros(),
    total: { activity: 0, exposure: 0 },
    level: { cases: 0, expected: 0 },
    spread: { squares: 0, weight: 0 },
    fractions: 0,
    exceedsOne: false,
    outside: nothingOutside(),
  };
}

function nothingOutside(): State['outside'] {
  return { points: 0, side: null, sums: { cases: 0, expected: 0 } };
}

function at(list: readonly number[], index: number): number {
  return list[index] ?? 0;
}
