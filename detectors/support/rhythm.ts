import { z } from 'zod';
import type { SeriesContext } from '../../src/detection/contract.js';
import { type Period, planSlots, type SlotPlan } from './calendar-slot.js';
import { defaultAcceptAfter, weekOfPoints } from './defaults.js';
import { acceptAfterParameter } from './parameters.js';
import { checkSlots } from './read-state.js';
import { SeasonalBaseline, type SeasonalBaselineState } from './seasonal-baseline.js';

/** The parameters of every detector that holds a point against the rhythm of its series. */
export const RhythmParameters = {
  warm_up: z
    .number()
    .int()
    .min(2)
    .max(1_000)
    .optional()
    .describe(
      'Periods that a slot must have been seen in before it is judged; until then cold_start. Default: 2; without a rhythm 28, in points.',
    ),
  memory: z
    .number()
    .min(2)
    .max(1_000)
    .default(8)
    .describe('Periods after which what a slot has seen counts a third of what it did (1/e).'),
  level_memory: z
    .number()
    .int()
    .min(5)
    .max(10_000)
    .optional()
    .describe(
      'Points after which the level and the spread forget in the same way. Default: a week of points, at least 28, at most 336.',
    ),
  accept_after: acceptAfterParameter('Points out of band in a row, on one side, that become the new level.'),
  accept_in_slot: z
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(3)
    .describe('Periods in a row in which one slot is out of band, after which that slot is learned anew.'),
} as const;

/** The parameters of a rhythm as they are after their defaults. */
export type RhythmOptions = z.infer<z.ZodObject<typeof RhythmParameters>> & { period: Period };

/**
 * The slots and the baseline that the parameters ask for.
 *
 * @throws `bug` when the detector's saved state is of other slots.
 */
export function createRhythm(
  detector: string,
  params: RhythmOptions,
  series: SeriesContext,
  saved?: z.infer<typeof SeasonalBaselineState>,
): { plan: SlotPlan; baseline: SeasonalBaseline } {
  const plan = planSlots(params.period, series.bucketSeconds, series.timezone);
  if (saved !== undefined) checkSlots(saved.seen.length, plan.slots, detector);
  const levelMemory = params.level_memory ?? weekOfPoints(series.bucketSeconds);
  // Daily buckets have no rhythm of the day, nor monthly ones of the week, whatever was asked for.
  const hasRhythm = plan.slots > 1;
  const options = {
    kind: series.kind,
    slots: plan.slots,
    warmUp: hasRhythm ? (params.warm_up ?? 2) * plan.bucketsPerSlot : (params.warm_up ?? 28),
    slotMemory: hasRhythm ? params.memory * plan.bucketsPerSlot : params.memory * levelMemory,
    levelMemory,
    acceptAfter: params.accept_after ?? defaultAcceptAfter(series),
    // With a single slot a few points in a row would be all it takes; there `accept_after` alone decides.
    acceptInSlot: hasRhythm ? params.accept_in_slot * plan.bucketsPerSlot : Number.POSITIVE_INFINITY,
  };
  return { plan, baseline: new SeasonalBaseline(options, saved) };
}
