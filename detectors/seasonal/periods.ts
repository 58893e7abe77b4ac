import type { SeriesContext } from '../../src/detection/contract.js';
import { planSlots, type SlotPlan } from '../support/calendar-slot.js';
import type { RhythmPeriod } from './slot-indices.js';

/** The rhythms that a series of this bucket's length can have, of those that were asked for. */
export interface Periods {
  /** From the shortest on. */
  rhythms: readonly { period: RhythmPeriod; plan: SlotPlan }[];
  /** The rhythm with the most slots: the one whose slots are learned anew; -1 where there is none. */
  finest: number;
  /** The hours of the day, where the beginning is taken apart with them and they are no rhythm of their own. */
  hours: SlotPlan | null;
}

/** Daily buckets have no rhythm of the day, nor monthly ones of the week, whatever was asked for. */
export function planPeriods(
  wanted: readonly RhythmPeriod[],
  { bucketSeconds, timezone }: SeriesContext,
): Periods {
  const rhythms = wanted
    .map((period) => ({ period, plan: planSlots(period, bucketSeconds, timezone) }))
    .filter(({ plan }) => plan.slots > 1);
  const counts = rhythms.map(({ plan }) => plan.slots);
  const has = (period: RhythmPeriod) => rhythms.some((rhythm) => rhythm.period === period);
  const hours = planSlots('day', bucketSeconds, timezone);
  return {
    rhythms,
    finest: counts.indexOf(Math.max(...counts)),
    hours: hours.slots > 1 && has('week') && !has('day') ? hours : null,
  };
}
