import { z } from 'zod';

/** Parameters that several detectors have, each with one meaning. */

const MOST_POINTS = 10_000;

/** See `defaultWidth`. */
export const WidthParameter = z
  .number()
  .positive()
  .max(20)
  .optional()
  .describe(
    'Half width of the band, in standard deviations of the next point. Default: 3.5; for buckets of a day or longer, of which there are fewer, 3.',
  )
  .meta({ tune: [2.5, 3, 3.5, 4, 5, 6] });

/** See `weekOfPoints`. */
export const WindowParameter = z
  .number()
  .int()
  .min(5)
  .max(MOST_POINTS)
  .optional()
  .describe('Length of the baseline, in points. Default: a week of points, at least 28, at most 336.');

export const WarmUpParameter = z
  .number()
  .int()
  .min(3)
  .max(MOST_POINTS)
  .default(24)
  .describe('Points before the first judgement, at most the window; until then cold_start.');

export const MinCasesParameter = z
  .number()
  .nonnegative()
  .default(4)
  .describe('Rates only: cases more (or fewer) than expected that no point is anomalous without.')
  .meta({ tune: [2, 4, 8, 16] });

/**
 * The way back for a level that stays; see `defaultAcceptAfter`.
 *
 * @param sentence which points become what.
 */
export const acceptAfterParameter = (sentence: string) =>
  z
    .number()
    .int()
    .min(2)
    .max(MOST_POINTS)
    .optional()
    .describe(
      `${sentence} Default: a week of points, at least 14 and at most 336, or a sixth more than the metric's new_normal_after where that is more.`,
    );
