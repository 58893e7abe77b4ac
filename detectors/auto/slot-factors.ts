import { pack, unpack } from '../support/packed-numbers.js';
import type { Noise } from './count-noise.js';
import type { Tier, Tiers } from './tiers.js';

/** A slot seen in one period only cannot be told from that period's noise. */
const LEAST_VISITS = 1.5;
/** The slots that the opinion of how much they differ weighs as much as. */
const PRIOR_SLOTS = 3;
/** No rhythm is believed to be more regular than this. */
const LEAST_SPREAD = 1e-4;
/** How many standard errors a spread must have beyond chance: a rhythm that is not there misleads more than one missed. */
const SURE = 1.5;

/** Of each slot, with fading memory: cases, the cases that were expected there without it, and points. */
const FIELDS = 3;
const CASES = 0;
const USUAL = 1;
const SEEN = 2;

/** What a slot multiplies the rate by, and the variance of the true factor around it. */
export interface Factor {
  factor: number;
  variance: number;
}

/** Filled in again for each answer: a new one for each tier would be most of the garbage of a judgement. */
const answer: Factor = { factor: 0.5, variance: 0.5 };

/**
 * The factors of the slots of all tiers. Every factor is 1 as far as chance explains it: its distance from 1 counts by the
 * share of its variance that is not noise (the credibility of Bühlmann, 1967).
 *
 * The numbers of a slot lie side by side in one array: ten thousand series are judged in a tick, and what that takes is
 * fetching them from memory.
 */
export class SlotFactors {
  readonly #numbers: Float32Array;

  /** @param detector whose state it is, for the error when `saved` is not its own. */
  constructor(detector: string, tiers: Tiers, saved?: string) {
    const count = FIELDS * tiers.slots;
    this.#numbers = saved === undefined ? new Float32Array(count) : unpack(saved, count, detector);
  }

  /** False for a slot that was never seen. */
  knows(place: number): boolean {
    return this.#at(place, SEEN) > 0;
  }

  /** @param spread how much slots of the tier differ. The answer is to be read before the next one is asked for. */
  of(place: number, spread: number, noise: Noise): Readonly<Factor> {
    const expected = this.#at(place, USUAL);
    const chance = expected === 0 ? 0 : chanceOf(expected, this.#at(place, SEEN), noise);
    const credibility = expected === 0 ? 0 : spread / (spread + chance);
    answer.factor = expected === 0 ? 1 : 1 + credibility * (this.#at(place, CASES) / expected - 1);
    answer.variance = expected === 0 ? spread : credibility * chance;
    return answer;
  }

  /** Takes in the cases of one point, and what was expected of it but for this slot. */
  learn(place: number, fade: number, cases: number, usual: number): void {
    const numbers = this.#numbers;
    const at = FIELDS * place;
    numbers[at + CASES] = fade * (numbers[at + CASES] as number) + cases;
    numbers[at + USUAL] = fade * (numbers[at + USUAL] as number) + usual;
    numbers[at + SEEN] = fade * (numbers[at + SEEN] as number) + 1;
  }

  /**
   * The variance of the true factors of a tier: what the squared distances of cases from what was expected of their slots
   * have surely beyond chance (an estimate by moments), with an opinion in the place of a few slots.
   */
  spreadOf({ first, plan, spread }: Tier, noise: Noise): number {
    let beyond = 0;
    let error = 0;
    let squares = 0;
    let known = 0;
    for (let place = first; place < first + plan.slots; place += 1) {
      const expected = this.#at(place, USUAL);
      const points = this.#at(place, SEEN);
      if (expected === 0 || points < LEAST_VISITS * plan.bucketsPerSlot) continue;
      const chance = chanceOf(expected, points, noise);
      const variance = chance * expected ** 2;
      beyond += (this.#at(place, CASES) - expected) ** 2 - variance;
      error += 2 * variance ** 2 + noise.clumps ** 2 * variance;
      squares += expected ** 2;
      known += 1;
    }
    if (known === 0) return spread;
    const prior = (PRIOR_SLOTS * squares) / known;
    return Math.max(LEAST_SPREAD, (beyond - SURE * Math.sqrt(error) + spread * prior) / (squares + prior));
  }

  forget({ first, plan }: Tier): void {
    this.#numbers.fill(0, FIELDS * first, FIELDS * (first + plan.slots));
  }

  save(): string {
    return pack(this.#numbers);
  }

  #at(place: number, field: number): number {
    return this.#numbers[FIELDS * place + field] as number;
  }
}

/** The variance, in parts of its square, of what was counted over so many points where so much was expected. */
const chanceOf = (expected: number, points: number, { clumps, wandering }: Noise): number =>
  clumps / expected + wandering / points;
