import { z } from 'zod';
import type { SeriesContext } from '../../src/detection/contract.js';
import { LevelAndTrendState } from './level-and-trend.js';
import { type RhythmPeriod, SlotIndicesState } from './slot-indices.js';

export interface SeasonalModelOptions {
  /** Whose model it is, for the error when a saved one is of other slots. */
  detector: string;
  series: SeriesContext;
  /** From the shortest on. */
  periods: readonly RhythmPeriod[];
  /** Periods that a slot is learned in before it is evaluable; points where there is no rhythm. */
  warmUp: number;
  warmUpWithoutRhythm: number;
  /** Memory of a slot, in periods, and of level, trend and spread, in points. */
  slotMemory: number;
  levelMemory: number;
  /** Points in a row out of band on one side that become the new level. */
  acceptAfter: number;
  /** Periods in a row with a point out of band in the same slot, after which the slot is learned anew. */
  acceptInSlot: number;
}

const Sums = z.object({ seen: z.number(), usual: z.number() });

export const SeasonalModelState = z.object({
  /** The first points: start, cases, size; until there are enough to begin with. */
  first: z.array(z.tuple([z.number(), z.number(), z.number()])),
  /** How level and rhythms come together; null until the model has begun. */
  form: z.enum(['multiplies', 'adds']).nullable(),
  /** Where they multiply, cases for one unit of size at a level of 1; where they add, how far rhythms reach. */
  base: z.number(),
  level: LevelAndTrendState,
  learnedUntil: z.number(),
  rhythms: z.array(SlotIndicesState),
  spread: z.object({ squares: z.number(), weight: z.number() }),
  /** True while every value was a whole number that is not negative, as counts are. */
  isCounts: z.boolean(),
  /** Rates: true once a value above 1 was learned, which a ratio of two different counts may have. */
  exceedsOne: z.boolean(),
  outside: Sums.extend({ points: z.number(), side: z.enum(['up', 'down']).nullable() }),
});
export type SeasonalModelState = z.infer<typeof SeasonalModelState>;

export const nothingOutside = (): SeasonalModelState['outside'] => ({
  points: 0,
  side: null,
  seen: 0,
  usual: 0,
});
