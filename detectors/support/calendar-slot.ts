import { DateTime } from 'luxon';
import type { Instant } from '../../src/model/clock.js';

/**
 * The rhythm that a baseline knows: none, the hours of the day, the hours and days of the week, or the days of the month,
 * of which the last ones are the same slots whether the month has 28 days or 31.
 */
export type Period = 'none' | 'day' | 'week' | 'month';

const DAY_SECONDS = 86_400;
/** Finer slots than a quarter of an hour would each see too little; shorter buckets share one. */
const LEAST_SLOT_SECONDS = 900;
/** Days at either end of a month that have a slot of their own; those in the middle share one. */
const DAYS_AT_THE_TURN = 10;

/** The slots that a period is cut into, in wall-clock time of a time zone. */
export interface SlotPlan {
  /** How many slots a period has. */
  slots: number;
  /** How many buckets of one period fall into one slot. */
  bucketsPerSlot: number;
  /** The slot of the bucket that starts then, from 0. */
  slotOf(bucketStart: Instant): number;
}

/**
 * Cuts a period into slots of the local clock. 09:00 is the same slot in summer and in winter; on the day that
 * loses an hour a slot stays empty, on the day that gains one a slot is visited twice. Buckets longer than a
 * day have no such rhythm and share one slot.
 *
 * @param leastSeconds buckets shorter than this share a slot.
 */
export function planSlots(
  period: Period,
  bucketSeconds: number,
  timezone: string,
  leastSeconds = LEAST_SLOT_SECONDS,
): SlotPlan {
  if (period === 'none' || bucketSeconds > DAY_SECONDS) {
    return { slots: 1, bucketsPerSlot: 1, slotOf: () => 0 };
  }
  if (period === 'month') return planMonth(bucketSeconds, timezone);
  const slotSeconds = Math.max(bucketSeconds, leastSeconds);
  const slotsPerDay = Math.ceil(DAY_SECONDS / slotSeconds);
  const cache = cacheOf(`${timezone} ${slotSeconds} ${period}`);
  return {
    slots: period === 'day' ? slotsPerDay : 7 * slotsPerDay,
    bucketsPerSlot: Math.max(1, Math.round(slotSeconds / bucketSeconds)),
    slotOf: remembered(cache, timezone, (local) => {
      const second = local.hour * 3_600 + local.minute * 60 + local.second;
      const slotOfDay = Math.floor(second / slotSeconds);
      return period === 'day' ? slotOfDay : (local.weekday - 1) * slotsPerDay + slotOfDay;
    }),
  };
}

/** Salaries, invoices and closings fall on the turn of a month, so that its last days are counted from its end. */
function planMonth(bucketSeconds: number, timezone: string): SlotPlan {
  return {
    slots: 2 * DAYS_AT_THE_TURN + 1,
    bucketsPerSlot: Math.max(1, Math.round(DAY_SECONDS / bucketSeconds)),
    slotOf: remembered(cacheOf(`${timezone} month`), timezone, ({ day, daysInMonth }) => {
      const left = (daysInMonth ?? day) - day;
      if (day <= DAYS_AT_THE_TURN) return day - 1;
      return left < DAYS_AT_THE_TURN ? 2 * DAYS_AT_THE_TURN - left : DAYS_AT_THE_TURN;
    }),
  };
}

const remembered =
  (cache: SlotCache, timezone: string, slotOf: (local: DateTime) => number) =>
  (bucketStart: Instant): number =>
    cache.get(bucketStart, () => slotOf(DateTime.fromMillis(bucketStart, { zone: timezone })));

/**
 * All series of a metric ask for the same buckets, and reading a time zone's rules is the dearest step of a
 * judgement: the answers are kept, per process, because they never change. The last one is at hand, because in a
 * tick all series ask for the same bucket, one after the other.
 */
class SlotCache {
  readonly #slots = new Map<Instant, number>();
  #lastStart: Instant = Number.NaN;
  #lastSlot = 0;

  get(bucketStart: Instant, find: () => number): number {
    if (bucketStart === this.#lastStart) return this.#lastSlot;
    let slot = this.#slots.get(bucketStart);
    if (slot === undefined) {
      slot = find();
      if (this.#slots.size >= GREATEST_CACHE) this.#slots.clear();
      this.#slots.set(bucketStart, slot);
    }
    this.#lastStart = bucketStart;
    this.#lastSlot = slot;
    return slot;
  }
}

const caches = new Map<string, SlotCache>();
const GREATEST_CACHE = 50_000;

function cacheOf(key: string): SlotCache {
  const cache = caches.get(key) ?? new SlotCache();
  caches.set(key, cache);
  return cache;
}
