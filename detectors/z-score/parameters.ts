import { z } from 'zod';
import {
  acceptAfterParameter,
  MinCasesParameter,
  WarmUpParameter,
  WidthParameter,
  WindowParameter,
} from '../support/parameters.js';

export const NAME = 'z-score';

export const ZScoreParameters = z
  .strictObject({
    width: WidthParameter,
    window: WindowParameter,
    weighting: z
      .enum(['rolling', 'exponential'])
      .default('rolling')
      .describe(
        'rolling: the last points of a window count alike. exponential: all do, the older the less; one counts a third (1/e) after a window, and the state is a few numbers however long it is.',
      ),
    robust: z
      .boolean()
      .default(false)
      .describe(
        'Median and MAD of the window in the place of mean and standard deviation: outliers below the edge of the band do not widen it. Only with rolling weighting.',
      ),
    warm_up: WarmUpParameter,
    accept_after: acceptAfterParameter(
      'Points out of band in a row, on one side, that become the new baseline.',
    ),
    min_cases: MinCasesParameter,
  })
  .refine(({ weighting, robust }) => weighting === 'rolling' || !robust, {
    path: ['robust'],
    message: 'needs rolling weighting: a median has no fading memory',
  });
export type ZScoreParameters = z.infer<typeof ZScoreParameters>;
