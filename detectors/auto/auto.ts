import { z } from 'zod';
import { defineDetector } from '../../src/detection/contract.js';
import { cusum } from '../cusum/cusum.js';
import { seasonal } from '../seasonal.js';
import { zScore } from '../z-score.js';
import { ConsensusJudge } from './consensus.js';
import { NoveltyJudge } from './novelty.js';
import { OddsShiftJudge } from './odds-shift.js';

const Parameters = z.strictObject({
  accept_after: z
    .number()
    .int()
    .min(2)
    .max(10_000)
    .optional()
    .describe(
      'Rates only: points out of band in a row, on one side, that become the new normal. Default: a week of points, at least 14, at most 336.',
    ),
});

const NAME = 'auto';

/**
 * What a metric is judged by when nobody chose. A rate is judged on its counts by `z-score`, `seasonal` and `cusum`
 * together ({@link ConsensusJudge}), and by a likelihood CUSUM ({@link OddsShiftJudge}): sudden departures,
 * departures within the rhythm of the week, small shifts that last, and slow ones in series with few cases. Anything else has no law that could be known beforehand and is judged by how new it is
 * ({@link NoveltyJudge}).
 */
export const auto = defineDetector({
  name: NAME,
  description: 'The default: what fits the kind of the series, without anything to choose.',
  parameters: Parameters,
  create(params, series, saved) {
    if (series.kind === 'value') return new NoveltyJudge(NAME, series, saved);
    const members = [zScore, seasonal, cusum].map(
      (detector) => (state?: typeof saved) =>
        detector.create(detector.parameters.parse(params) as never, series, state),
    );
    const rhythm = { ...seasonal.parameters.parse(params), period: 'week' } as const;
    members.push((state) => new OddsShiftJudge(NAME, rhythm, series, state));
    return new ConsensusJudge(NAME, members, saved);
  },
});
