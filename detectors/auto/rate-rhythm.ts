import { z } from 'zod';
import type { Instant } from '../../src/model/clock.js';
import { planSlots, type SlotPlan } from '../support/calendar-slot.js';
import { weekOfPoints } from '../support/defaults.js';
import type { Noise } from './count-noise.js';

/** Per slot, with fading memory: cases, the cases that were expected there without it, and points. */
const Tally = z.object({ cases: z.array(z.number()), usual: z.array(z.number()), seen: z.array(z.number()) });
type Tally = z.infer<typeof Tally>;

export const RateRhythmState = z.object({
  points: z.number().int(),
  base: z.object({ cases: z.number(), size: z.number(), seen: z.number() }),
  tiers: z.array(Tally),
  /** How much slots of a tier really differ: the variance of their factors. */
  spreads: z.array(z.number()),
});
type State = z.infer<typeof RateRhythmState>;

const DAY_SECONDS = 86_400;
/** Weeks after which what was seen counts a third of what it did (1/e). */
const MEMORY_WEEKS = 8;
/**
 * Before there is evidence slots are taken to differ so much, as a variance of their factors: by the hour of the day, the
 * day of the week and the hour of the week.
 */
const PRIOR_SPREADS = { day: 0.04, weekday: 0.02, week: 0.005 } as const;
/** A slot seen in one period only cannot be told from that period's noise. */
const LEAST_VISITS = 1.5;
/** The slots that this opinion weighs as much as. */
const PRIOR_SLOTS = 3;
/** No rhythm is believed to be more regular than this. */
const LEAST_SPREAD = 1e-4;
/** The variance of the level of one week around that of two months. */
const LEVEL_SPREAD = 0.03;
const HALF_CASE = 0.5;
/** Points after which it is asked again how much slots differ. */
const REFRESH = 24;

/** What a rate usually is, and how surely that is known. */
export interface UsualRate {
  rate: number;
  /** The variance of the true rate around it, in parts of its square. */
  uncertainty: number;
  /** The part of it that all points share, because the level itself is not known better. */
  ofLevel: number;
}

/** One kind of slots, and how their factors come about. */
interface Tier {
  plan: SlotPlan;
  fade: number;
  /** How much its slots differ before there is evidence. */
  spread: number;
  /** False where it stays so. */
  learnsSpread: boolean;
}

/**
 * The usual rate of a series: a base of two months, and upon it factors for the hour of the day, the day of the week,
 * the hour of the week and the level of the last week. Several rhythms are known at once, each explains only what the
 * ones before it leave.
 *
 * Every factor is 1 as far as chance explains it: its distance from 1 counts by the share of its variance that is not
 * noise (the credibility of Bühlmann, 1967, with the spread between slots estimated by moments). A series without a
 * rhythm is so judged by all of its history, one with few cases is not led astray by them, and one with many keeps
 * every hour of its week.
 */
export class RateRhythm {
  readonly #tiers: readonly Tier[];
  readonly #baseFade: number;
  #s: State;

  constructor(bucketSeconds: number, timezone: string, saved?: State) {
    this.#tiers = tiersOf(bucketSeconds, timezone);
    this.#baseFade = 1 - 1 / (MEMORY_WEEKS * weekOfPoints(bucketSeconds));
    this.#s = saved ?? {
      points: 0,
      base: { cases: 0, size: 0, seen: 0 },
      tiers: this.#tiers.map(({ plan }) => ({
        cases: zeros(plan.slots),
        usual: zeros(plan.slots),
        seen: zeros(plan.slots),
      })),
      spreads: this.#tiers.map(({ spread }) => spread),
    };
  }

  /** How many points were learned. */
  get points(): number {
    return this.#s.points;
  }

  /** False for a time of the day, or a day of the week where buckets are days, that was never seen. */
  knows(at: Instant): boolean {
    const slot = this.#tiers[0]?.plan.slotOf(at) ?? 0;
    return valueAt(this.#s.tiers[0]?.seen, slot) > 0;
  }

  usual(at: Instant, noise: Noise): UsualRate {
    const { base, tiers, spreads } = this.#s;
    let rate = (base.cases + HALF_CASE) / (base.size + 1);
    const ofLevel = noise.clumps / (base.cases + HALF_CASE) + noise.wandering / (base.seen + 1);
    let uncertainty = ofLevel;
    this.#tiers.forEach(({ plan }, index) => {
      const factor = factorOf(tiers[index] as Tally, plan.slotOf(at), spreads[index] as number, noise);
      rate *= factor.factor;
      uncertainty += factor.variance;
    });
    return { rate, uncertainty, ofLevel };
  }

  /** Takes in a point that is as usual. */
  learn(at: Instant, cases: number, size: number, noise: Noise): void {
    const s = this.#s;
    let expected = (size * (s.base.cases + HALF_CASE)) / (s.base.size + 1);
    const keep = this.#baseFade;
    s.base.cases = keep * s.base.cases + cases;
    s.base.size = keep * s.base.size + size;
    s.base.seen = keep * s.base.seen + 1;
    this.#tiers.forEach(({ plan, fade }, index) => {
      const slot = plan.slotOf(at);
      const tally = s.tiers[index] as Tally;
      const { factor } = factorOf(tally, slot, s.spreads[index] as number, noise);
      tally.cases[slot] = fade * valueAt(tally.cases, slot) + cases;
      tally.usual[slot] = fade * valueAt(tally.usual, slot) + expected;
      tally.seen[slot] = fade * valueAt(tally.seen, slot) + 1;
      expected *= factor;
    });
    s.points += 1;
    if (s.points % REFRESH === 0)
      s.spreads = this.#tiers.map((tier, index) =>
        tier.learnsSpread ? spreadOf(tier, s.tiers[index] as Tally, noise) : tier.spread,
      );
  }

  /**
   * Gives the base a first value, which weighs as much as one point. Without it the first slots would be held against
   * no rate at all and be known wrongly for weeks.
   */
  begin(cases: number, size: number, points: number): void {
    this.#s.base = { cases: cases / points, size: size / points, seen: 1 };
  }

  /** The level is another one for good: so many times what it was. */
  shift(factor: number): void {
    const s = this.#s;
    s.base.size /= factor;
    const level = s.tiers.at(-1);
    for (const list of [level?.cases, level?.usual, level?.seen]) list?.fill(0);
  }

  save(): State {
    return structuredClone(this.#s);
  }
}

/** Hours know day, weekday and week; days know the weekday; anything longer knows no rhythm. All have a level, the last. */
function tiersOf(bucketSeconds: number, timezone: string): Tier[] {
  const pointsAWeek = (7 * DAY_SECONDS) / bucketSeconds;
  const rhythm = (plan: SlotPlan, spread: number): Tier => ({
    plan,
    fade: 1 - 1 / Math.max(2, (MEMORY_WEEKS * pointsAWeek) / plan.slots),
    spread,
    learnsSpread: true,
  });
  const level: Tier = {
    plan: planSlots('none', bucketSeconds, timezone),
    fade: 1 - 1 / weekOfPoints(bucketSeconds),
    spread: LEVEL_SPREAD,
    learnsSpread: false,
  };
  if (bucketSeconds > DAY_SECONDS) return [level];
  const week = planSlots('week', bucketSeconds, timezone);
  if (bucketSeconds === DAY_SECONDS) return [rhythm(week, PRIOR_SPREADS.weekday), level];
  const day = planSlots('day', bucketSeconds, timezone);
  const weekday: SlotPlan = {
    slots: 7,
    bucketsPerSlot: day.slots * day.bucketsPerSlot,
    slotOf: (at) => Math.floor(week.slotOf(at) / day.slots),
  };
  return [
    rhythm(day, PRIOR_SPREADS.day),
    rhythm(weekday, PRIOR_SPREADS.weekday),
    rhythm(week, PRIOR_SPREADS.week),
    level,
  ];
}

/** A slot's factor and the variance of the true one around it. */
function factorOf(
  { cases, usual, seen }: Tally,
  slot: number,
  spread: number,
  noise: Noise,
): { factor: number; variance: number } {
  const expected = valueAt(usual, slot);
  if (expected === 0) return { factor: 1, variance: spread };
  const chance = chanceOf(expected, valueAt(seen, slot), noise);
  const credibility = spread / (spread + chance);
  return {
    factor: 1 + credibility * (valueAt(cases, slot) / expected - 1),
    variance: credibility * chance,
  };
}

/** The variance, in parts of its square, of what was counted over so many points where so much was expected. */
const chanceOf = (expected: number, points: number, { clumps, wandering }: Noise): number =>
  clumps / expected + wandering / points;

/** How many standard errors a spread must have beyond chance: a rhythm that is not there misleads more than one missed. */
const SURE = 1.5;

/**
 * The variance of the true factors: what the squared distances of cases from what was expected of their slots have
 * surely beyond chance, with an opinion of its own in the place of a few slots.
 */
function spreadOf({ plan, spread }: Tier, { cases, usual, seen }: Tally, noise: Noise): number {
  let beyond = 0;
  let error = 0;
  let squares = 0;
  let slots = 0;
  usual.forEach((expected, slot) => {
    const points = valueAt(seen, slot);
    if (expected === 0 || points < LEAST_VISITS * plan.bucketsPerSlot) return;
    const chance = chanceOf(expected, points, noise);
    const variance = chance * expected ** 2;
    beyond += (valueAt(cases, slot) - expected) ** 2 - variance;
    error += 2 * variance ** 2 + noise.clumps ** 2 * variance;
    squares += expected ** 2;
    slots += 1;
  });
  if (slots === 0) return spread;
  const prior = (PRIOR_SLOTS * squares) / slots;
  return Math.max(LEAST_SPREAD, (beyond - SURE * Math.sqrt(error) + spread * prior) / (squares + prior));
}

const zeros = (length: number): number[] => new Array<number>(length).fill(0);
const valueAt = (list: readonly number[] | undefined, index: number): number => list?.[index] ?? 0;
