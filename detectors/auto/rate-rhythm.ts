import { z } from 'zod';
import type { Instant } from '../../src/model/clock.js';
import { RedressError } from '../../src/model/errors.js';
import { planSlots, type SlotPlan } from '../support/calendar-slot.js';
import { weekOfPoints } from '../support/defaults.js';
import { pack, unpack } from '../support/packed-numbers.js';
import type { Noise } from './count-noise.js';

/** Per slot, with fading memory: cases, the cases that were expected there without it, and points. */
interface Tally {
  cases: Float32Array;
  usual: Float32Array;
  seen: Float32Array;
}

export const RateRhythmState = z.object({
  points: z.number().int(),
  base: z.object({ cases: z.number(), size: z.number(), seen: z.number() }),
  /** The tallies of the tiers, packed: of each the cases, the usual ones and the points. */
  tallies: z.string(),
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
  /** The part of it that all points share, because few cases tell of the level. */
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
  /** What the tallies look into. */
  readonly #numbers: Float32Array;
  readonly #tallies: readonly Tally[];
  #s: Omit<State, 'tallies'>;

  /** @param detector whose state it is, for the error when `saved` is not its own. */
  constructor(detector: string, bucketSeconds: number, timezone: string, saved?: State) {
    this.#tiers = tiersOf(bucketSeconds, timezone);
    this.#baseFade = 1 - 1 / (MEMORY_WEEKS * weekOfPoints(bucketSeconds));
    const slots = this.#tiers.map(({ plan }) => plan.slots);
    const count = FIELDS * slots.reduce((sum, length) => sum + length, 0);
    this.#numbers = saved === undefined ? new Float32Array(count) : unpack(saved.tallies, count, detector);
    this.#tallies = talliesOf(this.#numbers, slots);
    if (saved !== undefined && saved.spreads.length !== slots.length)
      throw new RedressError('bug', `state of detector ${detector} cannot be read: other tiers`);
    const { points, base, spreads } = saved ?? {
      points: 0,
      base: { cases: 0, size: 0, seen: 0 },
      spreads: this.#tiers.map(({ spread }) => spread),
    };
    this.#s = { points, base: { ...base }, spreads };
  }

  /** How many points were learned. */
  get points(): number {
    return this.#s.points;
  }

  /** False for a time of the day, or a day of the week where buckets are days, that was never seen. */
  knows(at: Instant): boolean {
    const slot = this.#tiers[0]?.plan.slotOf(at) ?? 0;
    return (this.#tallies[0]?.seen[slot] ?? 0) > 0;
  }

  usual(at: Instant, noise: Noise): UsualRate {
    const { base, spreads } = this.#s;
    let rate = (base.cases + HALF_CASE) / (base.size + 1);
    const ofLevel = noise.clumps / (base.cases + HALF_CASE);
    let uncertainty = ofLevel + noise.wandering / (base.seen + 1);
    for (let index = 0; index < this.#tiers.length; index += 1) {
      const slot = (this.#tiers[index] as Tier).plan.slotOf(at);
      const { factor, variance } = factorOf(
        this.#tallies[index] as Tally,
        slot,
        spreads[index] as number,
        noise,
      );
      rate *= factor;
      uncertainty += variance;
    }
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
    for (let index = 0; index < this.#tiers.length; index += 1) {
      const { plan, fade } = this.#tiers[index] as Tier;
      const slot = plan.slotOf(at);
      const tally = this.#tallies[index] as Tally;
      const { factor } = factorOf(tally, slot, s.spreads[index] as number, noise);
      tally.cases[slot] = fade * (tally.cases[slot] as number) + cases;
      tally.usual[slot] = fade * (tally.usual[slot] as number) + expected;
      tally.seen[slot] = fade * (tally.seen[slot] as number) + 1;
      expected *= factor;
    }
    s.points += 1;
    if (s.points % REFRESH === 0)
      s.spreads = this.#tiers.map((tier, index) =>
        tier.learnsSpread ? spreadOf(tier, this.#tallies[index] as Tally, noise) : tier.spread,
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
    const level = this.#tallies.at(-1);
    for (const list of [level?.cases, level?.usual, level?.seen]) list?.fill(0);
  }

  save(): State {
    return { ...structuredClone(this.#s), tallies: pack(this.#numbers) };
  }
}

/** The same for all series of a metric, which are many. */
const known = new Map<string, Tier[]>();

function tiersOf(bucketSeconds: number, timezone: string): readonly Tier[] {
  const key = `${bucketSeconds} ${timezone}`;
  const tiers = known.get(key) ?? planTiers(bucketSeconds, timezone);
  known.set(key, tiers);
  return tiers;
}

/** Hours know day, weekday and week; days know the weekday; anything longer knows no rhythm. All have a level, the last. */
function planTiers(bucketSeconds: number, timezone: string): Tier[] {
  const pointsAWeek = (7 * DAY_SECONDS) / bucketSeconds;
  const rhythm = (plan: SlotPlan, spread: number): Tier => ({
    plan: withLastSlot(plan),
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

/** In a tick all series ask for the slot of the same bucket, each of them several times. */
function withLastSlot(plan: SlotPlan): SlotPlan {
  let lastStart = Number.NaN;
  let lastSlot = 0;
  return {
    ...plan,
    slotOf: (bucketStart) => {
      if (bucketStart !== lastStart) {
        lastSlot = plan.slotOf(bucketStart);
        lastStart = bucketStart;
      }
      return lastSlot;
    },
  };
}

/** The answer of {@link factorOf}, filled in again each time: a new one for each tier would be most of the garbage. */
const answer = { factor: 0.5, variance: 0.5 };

/** A slot's factor and the variance of the true one around it; to be read before the next one is asked for. */
function factorOf(
  { cases, usual, seen }: Tally,
  slot: number,
  spread: number,
  noise: Noise,
): Readonly<typeof answer> {
  const expected = usual[slot] as number;
  const chance = expected === 0 ? 0 : chanceOf(expected, seen[slot] as number, noise);
  const credibility = expected === 0 ? 0 : spread / (spread + chance);
  answer.factor = expected === 0 ? 1 : 1 + credibility * ((cases[slot] as number) / expected - 1);
  answer.variance = expected === 0 ? spread : credibility * chance;
  return answer;
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
    const points = seen[slot] as number;
    if (expected === 0 || points < LEAST_VISITS * plan.bucketsPerSlot) return;
    const chance = chanceOf(expected, points, noise);
    const variance = chance * expected ** 2;
    beyond += ((cases[slot] as number) - expected) ** 2 - variance;
    error += 2 * variance ** 2 + noise.clumps ** 2 * variance;
    squares += expected ** 2;
    slots += 1;
  });
  if (slots === 0) return spread;
  const prior = (PRIOR_SLOTS * squares) / slots;
  return Math.max(LEAST_SPREAD, (beyond - SURE * Math.sqrt(error) + spread * prior) / (squares + prior));
}

/** Numbers of a tally for each slot. */
const FIELDS = 3;

function talliesOf(numbers: Float32Array, slots: readonly number[]): Tally[] {
  let from = 0;
  const next = (length: number) => {
    const part = numbers.subarray(from, from + length);
    from += length;
    return part;
  };
  return slots.map((length) => ({ cases: next(length), usual: next(length), seen: next(length) }));
}
