import { DateTime } from 'luxon';
import type { Instant } from '../../src/model/clock.js';

/** The rhythm that a baseline knows: none, the hours of the day, or the hours and days of the week. */
export type Period = 'none' | 'day' | 'week';

const DAY_SECONDS = 86_400;
/** Finer slots than a quarter of an hour would each see too little; shorter buckets share one. */
const LEAST_SLOT_SECONDS = 900;

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
 */
export function planSlots(period: Period, bucketSeconds: number, timezone: string): SlotPlan {
  if (period === 'none' || bucketSeconds > DAY_SECONDS) {
    return { slots: 1, bucketsPerSlot: 1, slotOf: () => 0 };
  }
  const slotSeconds = Math.max(bucketSeconds, LEAST_SLOT_SECONDS);
  const slotsPerDay = Math.ceil(DAY_SECONDS / slotSeconds);
  const cache = cacheOf(`${timezone} ${slotSeconds} ${period}`);
  return {
    slots: period === 'day' ? slotsPerDay : 7 * slotsPerDay,
    bucketsPerSlot: Math.max(1, Math.round(slotSeconds / bucketSeconds)),
    slotOf(bucketStart) {
      const known = cache.get(bucketStart);
      if (known !== undefined) return known;
      const local = DateTime.fromMillis(bucketStart, { zone: timezone });
      const second = local.hour * 3_600 + local.minute * 60 + local.second;
      const slotOfDay = Math.floor(second / slotSeconds);
      const slot = period === 'day' ? slotOfDay : (local.weekday - 1) * slotsPerDay + slotOfDay;
      if (cache.size >= GREATEST_CACHE) cache.clear();
      cache.set(bucketStart, slot);
      return slot;
    },
  };
}

/**
 * All series of a metric ask for the same buckets, and reading a time zone's rules is the dearest step of a
 * judgement: the answers are kept, per process, because they never change.
 */
const caches = new Map<string, Map<Instant, number>>();
const GREATEST_CACHE = 50_000;

function cacheOf(key: string): Map<Instant, number> {
  const cache = caches.get(key) ?? new Map<Instant, number>();
  caches.set(key, cache);
  return cache;
}
