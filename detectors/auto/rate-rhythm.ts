import { z } from 'zod';
import type { Instant } from '../../src/model/clock.js';
import { weekOfPoints } from '../support/defaults.js';
import { unreadable } from '../support/read-state.js';
import type { Noise } from './count-noise.js';
import { SlotFactors } from './slot-factors.js';
import { MEMORY_WEEKS, type Tier, Tiers } from './tiers.js';

export const RateRhythmState = z.object({
  points: z.number().int(),
  base: z.object({ cases: z.number(), size: z.number(), seen: z.number() }),
  /** What {@link SlotFactors} has saved. */
  factors: z.string(),
  /** How much slots of a tier really differ: the variance of their factors. */
  spreads: z.array(z.number()),
});
type State = z.infer<typeof RateRhythmState>;

const HALF_CASE = 0.5;
/** Points after which it is asked again how much slots differ. */
const REFRESH = 24;

/** What a rate usually is, and how surely that is known. */
export interface UsualRate {
  rate: number;
  /** The variance of the true rate around it, in parts of its square. */
  uncertainty: number;
  /** The part of it that all points share, because few cases tell of the level. */
  ofLevel: number;
}

/** Filled in again for each answer, so that a judgement leaves less garbage. */
const answer: UsualRate = { rate: 0.5, uncertainty: 0.5, ofLevel: 0.5 };

/**
 * The usual rate of a series: a base of two months, and upon it factors for the hour of the day, the day of the week,
 * the hour of the week and the level of the last week ({@link Tiers}). Several rhythms are known at once, each explains
 * only what the ones before it leave.
 *
 * As far as chance explains a factor it is 1 ({@link SlotFactors}). A series without a rhythm is so judged by all of its
 * history, one with few cases is not led astray by them, and one with many keeps every hour of its week.
 */
export class RateRhythm {
  readonly #tiers: Tiers;
  readonly #factors: SlotFactors;
  readonly #baseFade: number;
  #points = 0;
  /** With fading memory: cases, what they were counted over, and points. */
  #cases = 0;
  #size = 0;
  #seen = 0;
  /** By tier. */
  readonly #spreads: Float64Array;

  /** @param detector whose state it is, for the error when `saved` is not its own. */
  constructor(detector: string, bucketSeconds: number, timezone: string, saved?: State) {
    this.#tiers = Tiers.of(bucketSeconds, timezone);
    this.#factors = new SlotFactors(detector, this.#tiers, saved?.factors);
    this.#baseFade = 1 - 1 / (MEMORY_WEEKS * weekOfPoints(bucketSeconds));
    const { list } = this.#tiers;
    this.#spreads = Float64Array.from(saved?.spreads ?? list.map(({ spread }) => spread));
    if (this.#spreads.length !== list.length) throw unreadable(detector, 'other tiers');
    if (saved === undefined) return;
    this.#points = saved.points;
    this.#cases = saved.base.cases;
    this.#size = saved.base.size;
    this.#seen = saved.base.seen;
  }

  /** How many points were learned. */
  get points(): number {
    return this.#points;
  }

  /** False for a time of the day, or a day of the week where buckets are days, that was never seen. */
  knows(at: Instant): boolean {
    return this.#factors.knows(this.#tiers.placesOf(at)[0] as number);
  }

  /** What is known now; to be read before it is asked for again, of any series. */
  usual(at: Instant, noise: Noise): Readonly<UsualRate> {
    const places = this.#tiers.placesOf(at);
    const ofLevel = noise.clumps / (this.#cases + HALF_CASE);
    let rate = this.#base();
    let uncertainty = ofLevel + noise.wandering / (this.#seen + 1);
    for (let index = 0; index < places.length; index += 1) {
      const spread = this.#spreads[index] as number;
      const { factor, variance } = this.#factors.of(places[index] as number, spread, noise);
      rate *= factor;
      uncertainty += variance;
    }
    answer.rate = rate;
    answer.uncertainty = uncertainty;
    answer.ofLevel = ofLevel;
    return answer;
  }

  /** Takes in a point that is as usual. */
  learn(at: Instant, cases: number, size: number, noise: Noise): void {
    const { list } = this.#tiers;
    const places = this.#tiers.placesOf(at);
    let expected = size * this.#base();
    const keep = this.#baseFade;
    this.#cases = keep * this.#cases + cases;
    this.#size = keep * this.#size + size;
    this.#seen = keep * this.#seen + 1;
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] as number;
      const { factor } = this.#factors.of(place, this.#spreads[index] as number, noise);
      this.#factors.learn(place, (list[index] as Tier).fade, cases, expected);
      expected *= factor;
    }
    this.#points += 1;
    if (this.#points % REFRESH !== 0) return;
    for (const [index, tier] of list.entries())
      if (tier.learnsSpread) this.#spreads[index] = this.#factors.spreadOf(tier, noise);
  }

  /**
   * Gives the base a first value, which weighs as much as one point. Without it the first slots would be held against
   * no rate at all and be known wrongly for weeks.
   */
  begin(cases: number, size: number, points: number): void {
    this.#cases = cases / points;
    this.#size = size / points;
    this.#seen = 1;
  }

  /** The level is another one for good: so many times what it was. */
  shift(factor: number): void {
    this.#size /= factor;
    this.#factors.forget(this.#tiers.list.at(-1) as Tier);
  }

  save(): State {
    return {
      points: this.#points,
      base: { cases: this.#cases, size: this.#size, seen: this.#seen },
      factors: this.#factors.save(),
      spreads: [...this.#spreads],
    };
  }

  #base(): number {
    return (this.#cases + HALF_CASE) / (this.#size + 1);
  }
}
