import type { Instant } from '../../src/model/clock.js';
import { planSlots, type SlotPlan } from '../support/calendar-slot.js';
import { weekOfPoints } from '../support/defaults.js';

/** One kind of slots, and how their factors come about. */
interface PlannedTier {
  plan: SlotPlan;
  /** What is left of what a slot has seen when it is seen again. */
  fade: number;
  /** How much its slots differ before there is evidence, as the variance of their factors. */
  spread: number;
  /** False where it stays so. */
  learnsSpread: boolean;
}

export interface Tier extends PlannedTier {
  /** The place of its first slot among the slots of all tiers. */
  first: number;
}

const DAY_SECONDS = 86_400;
/** Weeks after which what was seen counts a third of what it did (1/e). */
export const MEMORY_WEEKS = 8;
/**
 * Before there is evidence slots are taken to differ so much: by the hour of the day, the day of the week and the hour of
 * the week.
 */
const PRIOR_SPREADS = { day: 0.04, weekday: 0.02, week: 0.005 } as const;
/** The variance of the level of one week around that of two months. */
const LEVEL_SPREAD = 0.03;

/** The tiers of a bucket's length and a time zone, the level last: the same for all series of a metric. */
export class Tiers {
  readonly list: readonly Tier[];
  /** The slots of all tiers together. */
  readonly slots: number;
  readonly #places: Int32Array;
  #at: Instant = Number.NaN;

  private constructor(planned: readonly PlannedTier[]) {
    let slots = 0;
    this.list = planned.map((tier) => {
      const first = slots;
      slots += tier.plan.slots;
      return { ...tier, first };
    });
    this.slots = slots;
    this.#places = new Int32Array(planned.length);
  }

  static of(bucketSeconds: number, timezone: string): Tiers {
    const key = `${bucketSeconds} ${timezone}`;
    const tiers = known.get(key) ?? new Tiers(planTiers(bucketSeconds, timezone));
    known.set(key, tiers);
    return tiers;
  }

  /**
   * The places of a bucket's slots, one in each tier; to be read before another bucket is asked for. In a tick all series
   * ask for the same one, each of them several times.
   */
  placesOf(at: Instant): Int32Array {
    if (at !== this.#at) {
      this.#at = at;
      for (const [index, { first, plan }] of this.list.entries())
        this.#places[index] = first + plan.slotOf(at);
    }
    return this.#places;
  }
}

const known = new Map<string, Tiers>();

/** Hours know day, weekday and week; days know the weekday; anything longer knows no rhythm. All have a level, the last. */
function planTiers(bucketSeconds: number, timezone: string): PlannedTier[] {
  const pointsAWeek = (7 * DAY_SECONDS) / bucketSeconds;
  const rhythm = (plan: SlotPlan, spread: number): PlannedTier => ({
    plan,
    fade: 1 - 1 / Math.max(2, (MEMORY_WEEKS * pointsAWeek) / plan.slots),
    spread,
    learnsSpread: true,
  });
  const level: PlannedTier = {
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
