import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { judgeAgainst, type Prediction } from './support/band.js';
import { defaultAcceptAfter, defaultWidth, weekOfPoints } from './support/defaults.js';
import {
  dispersionOfCounts,
  PRIOR_DEGREES_OF_FREEDOM,
  skewnessOfCount,
  varianceOfCase,
} from './support/dispersion.js';
import { LearnedWindow, LearnedWindowState, MAD_TO_DEVIATION } from './support/learned-window.js';
import { quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';

const Parameters = z.strictObject({
  width: z
    .number()
    .positive()
    .max(20)
    .optional()
    .describe(
      'Half width of the band, in standard deviations of the next point. Default: 3.5; for buckets of a day or longer, of which there are fewer, 3.',
    )
    .meta({ tune: [2.5, 3, 3.5, 4, 5, 6] }),
  window: z
    .number()
    .int()
    .min(5)
    .max(10_000)
    .optional()
    .describe('Length of the baseline, in points. Default: a week of points, at least 28, at most 336.'),
  robust: z
    .boolean()
    .default(false)
    .describe(
      'Median and MAD of the window in the place of mean and standard deviation: outliers below the edge of the band do not widen it.',
    ),
  warm_up: z
    .number()
    .int()
    .min(3)
    .max(10_000)
    .default(24)
    .describe('Points before the first judgement, at most the window; until then cold_start.'),
  accept_after: z
    .number()
    .int()
    .min(2)
    .max(10_000)
    .optional()
    .describe(
      'Points out of band in a row, on one side, that become the new baseline. Default: a week of points, at least 14, at most 336.',
    ),
  min_cases: z
    .number()
    .nonnegative()
    .default(4)
    .describe('Rates only: cases more (or fewer) than expected that no point is anomalous without.')
    .meta({ tune: [2, 4, 8, 16] }),
});

/** No spread of a value series is believed below this part of its mean: a constant series has a thin band. */
const LEAST_RELATIVE_DEVIATION = 1e-3;
const LEAST_DEVIATION = 1e-9;

/**
 * The distance of a point from the mean of the points before it, in standard deviations. It knows no rhythm of
 * day or week: such a rhythm widens its band. Its strength is the sudden, large departure.
 *
 * Rates: the baseline is the pooled rate with Jeffreys' half case (1946), so that no cases so far is not a rate
 * of exactly 0; the variance is the binomial one at this point's denominator times the over-dispersion of the
 * window, plus the baseline's own. Values: mean and sample variance of the window; the deviation is at least a
 * thousandth of the mean, and, for a series of whole numbers that are not negative (counts), at least
 * Poisson's √mean and at least 1.
 *
 * Points out of band are kept out of the window. The warm-up, which nothing judges, is screened once by median
 * and MAD (Hampel, 1974), so that an accident in it does not blind the detector for a window's length.
 */
export const zScore = defineDetector({
  name: 'z-score',
  description: 'Distance from the rolling mean in standard deviations: sudden, large departures.',
  parameters: Parameters,
  create: (params, series, saved) => new ZScoreJudge(params, series, saved),
});

class ZScoreJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #kind: SeriesContext['kind'];
  readonly #width: number;
  readonly #learned: LearnedWindow;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#width = params.width ?? defaultWidth(series.bucketSeconds);
    const capacity = params.window ?? weekOfPoints(series.bucketSeconds);
    this.#learned = new LearnedWindow(
      {
        kind: series.kind,
        capacity,
        warmUp: Math.min(params.warm_up, capacity),
        acceptAfter: params.accept_after ?? defaultAcceptAfter(series.bucketSeconds),
        sorted: params.robust,
      },
      saved === undefined ? undefined : readState(LearnedWindowState, saved, zScore.name),
    );
  }

  observe(point: SeriesPoint) {
    const quantity = quantityOf(point, this.#kind);
    if (!this.#learned.ready) {
      this.#learned.warmUp(quantity);
      return { status: 'not_evaluable', reason: 'cold_start' } as const;
    }
    const { value, size } = quantity;
    const smallest = this.#kind === 'rate' ? this.#params.min_cases / size : 0;
    const prediction = this.#kind === 'rate' ? this.#predictRate(size) : this.#predictValue();
    const judgement = judgeAgainst(value, prediction, this.#width, smallest);
    if (judgement.score > 1) this.#learned.keepOut(quantity, judgement.direction);
    else this.#learned.learn(quantity);
    return judgement;
  }

  save(): Json {
    return { ...this.#learned.save() };
  }

  #predictRate(size: number): Prediction {
    const { window, exceedsOne } = this.#learned;
    const pooled = (window.mean * window.weight + 0.5) / (window.weight + 1);
    const expected = this.#params.robust ? this.#robustRate(pooled) : pooled;
    const variance = varianceOfCase(expected);
    const squares = this.#params.robust ? this.#robustSquares() : window.sumOfSquares;
    const dispersion = dispersionOfCounts(squares / variance, window.count - 1);
    return {
      expected,
      deviation: Math.sqrt(dispersion * variance * (1 / size + 1 / (window.weight + 1))),
      skewness: skewnessOfCount(dispersion, size * variance, 1 - 2 * expected),
      degreesOfFreedom: window.count - 1 + PRIOR_DEGREES_OF_FREEDOM,
      floor: 0,
      ceiling: exceedsOne ? Number.POSITIVE_INFINITY : 1,
    };
  }

  #predictValue(): Prediction {
    const { window, sorted } = this.#values();
    const { isCounts } = window;
    const expected = sorted?.median ?? window.mean;
    const spread =
      sorted === null
        ? Math.sqrt(window.sumOfSquares / Math.max(1, window.count - 1))
        : MAD_TO_DEVIATION * sorted.medianAbsoluteDeviation;
    const deviation = Math.max(
      spread,
      LEAST_RELATIVE_DEVIATION * Math.abs(expected),
      LEAST_DEVIATION,
      isCounts ? Math.sqrt(Math.max(1, expected)) : 0,
    );
    const mean = Math.max(1, expected);
    return {
      expected,
      deviation: deviation * Math.sqrt(1 + 1 / window.count),
      skewness: isCounts ? skewnessOfCount(deviation ** 2 / mean, mean, 1) : 0,
      degreesOfFreedom: window.count - 1,
      floor: isCounts ? 0 : Number.NEGATIVE_INFINITY,
      ceiling: Number.POSITIVE_INFINITY,
    };
  }

  #values() {
    const { window } = this.#learned;
    return { window, sorted: this.#params.robust ? this.#learned.sorted : null };
  }

  /** The median of rates; where most points have no case at all, it is 0 and says less than the pooled rate. */
  #robustRate(pooled: number): number {
    const { median } = this.#learned.sorted;
    return median > 0 ? median : pooled;
  }

  /** What the sum of squares would be if all points spread as the middle half of them does. */
  #robustSquares(): number {
    const { window, sorted } = this.#learned;
    return window.weight * (MAD_TO_DEVIATION * sorted.medianAbsoluteDeviation) ** 2;
  }
}
