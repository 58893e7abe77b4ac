import { defineDetector } from '../../src/detection/contract.js';
import { onRarerSide } from '../support/rarer-side.js';
import { ExponentialZScoreJudge } from './exponential.js';
import { NAME, ZScoreParameters } from './parameters.js';
import { RollingZScoreJudge } from './rolling.js';

/**
 * The distance of a point from the mean of the points before it, in standard deviations. It knows no rhythm of
 * day or week: such a rhythm widens its band. Its strength is the sudden, large departure.
 *
 * Rates: the baseline is the pooled rate with Jeffreys' half case (1946), so that no cases so far is not a rate
 * of exactly 0; the variance is the binomial one at this point's denominator times the over-dispersion of the
 * baseline, plus the baseline's own. Values: mean and sample variance; the deviation is at least a
 * thousandth of the mean, and, for a series of whole numbers that are not negative (counts), at least
 * Poisson's √mean and at least 1.
 *
 * Points out of band are kept out of the baseline. The warm-up, which nothing judges, is screened once by median
 * and MAD (Hampel, 1974), so that an accident in it does not blind the detector for a window's length.
 */
export const zScore = defineDetector({
  name: NAME,
  description: 'Distance from the rolling mean in standard deviations: sudden, large departures.',
  parameters: ZScoreParameters,
  create: onRarerSide(NAME, (params, series, saved) =>
    params.weighting === 'rolling'
      ? new RollingZScoreJudge(params, series, saved)
      : new ExponentialZScoreJudge(params, series, saved),
  ),
});
