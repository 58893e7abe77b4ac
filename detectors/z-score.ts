import { median, medianAbsoluteDeviation } from 'simple-statistics';
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
import { quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';
import { RollingWindow, RollingWindowState } from './support/rolling-window.js';

const Parameters = z.strictObject({
  width: z
    .number()
    .positive()
    .max(20)
    .optional()
    .describe(
      'Half width of the band, in standard deviations of the next point. Default: 3.5; for buckets of a day or longer, of which there are fewer, 3.',
    ),
  window: z
    .number()
    .int()
    .min(5)
    .max(10_000)
    .optional()
    .describe('Length of the baseline, in points. Default: a week of points, at least 28, at most 336.'),
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
    .describe('Rates only: cases more (or fewer) than expected that no point is anomalous without.'),
});

const State = z.object({
  window: RollingWindowState,
  ready: z.boolean(),
  exceedsOne: z.boolean(),
  outside: z.array(z.tuple([z.number(), z.number()])),
  side: z.enum(['up', 'down']).nullable(),
});

/** Warm-up points further than this from their median, in robust standard deviations, are not learned from. */
const SCREEN_WIDTH = 6;
/** The MAD of a normal law times this is its standard deviation. */
const MAD_TO_DEVIATION = 1.4826;
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
  readonly #warmUp: number;
  readonly #capacity: number;
  readonly #acceptAfter: number;
  readonly #window: RollingWindow;
  #ready = false;
  /** True once a rate above 1 was seen, which a ratio of two different counts may have. */
  #exceedsOne = false;
  /** Points out of band in a row on one side, as value and weight: the baseline to be if they stay. */
  #outside: [number, number][] = [];
  #side: 'up' | 'down' | null = null;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#width = params.width ?? defaultWidth(series.bucketSeconds);
    this.#capacity = params.window ?? weekOfPoints(series.bucketSeconds);
    this.#warmUp = Math.min(params.warm_up, this.#capacity);
    this.#acceptAfter = params.accept_after ?? defaultAcceptAfter(series.bucketSeconds);
    const state = saved === undefined ? undefined : readState(State, saved, zScore.name);
    this.#window = new RollingWindow(this.#capacity, state?.window);
    if (state === undefined) return;
    this.#ready = state.ready;
    this.#exceedsOne = state.exceedsOne;
    this.#outside = state.outside;
    this.#side = state.side;
  }

  observe(point: SeriesPoint) {
    const { value, size } = quantityOf(point, this.#kind);
    if (!this.#ready) {
      this.#add(value, size);
      if (this.#window.count >= this.#warmUp) this.#finishWarmUp();
      return { status: 'not_evaluable', reason: 'cold_start' } as const;
    }
    const smallest = this.#kind === 'rate' ? this.#params.min_cases / size : 0;
    const judgement = judgeAgainst(value, this.#predict(size), this.#width, smallest);
    if (judgement.score > 1) this.#keepOut(value, size, judgement.direction);
    else this.#learn(value, size);
    return judgement;
  }

  save(): Json {
    return {
      window: { ...this.#window.save() },
      ready: this.#ready,
      exceedsOne: this.#exceedsOne,
      outside: this.#outside.map(([value, size]) => [value, size]),
      side: this.#side,
    };
  }

  #predict(size: number): Prediction {
    const window = this.#window;
    if (this.#kind === 'rate') {
      const expected = (window.mean * window.weight + 0.5) / (window.weight + 1);
      const variance = varianceOfCase(expected);
      const dispersion = dispersionOfCounts(window.sumOfSquares / variance, window.count - 1);
      return {
        expected,
        deviation: Math.sqrt(dispersion * variance * (1 / size + 1 / (window.weight + 1))),
        skewness: skewnessOfCount(dispersion, size * variance, 1 - 2 * expected),
        degreesOfFreedom: window.count - 1 + PRIOR_DEGREES_OF_FREEDOM,
        floor: 0,
        ceiling: this.#exceedsOne ? Number.POSITIVE_INFINITY : 1,
      };
    }
    const expected = window.mean;
    const isCounts = window.isCounts;
    const deviation = Math.max(
      Math.sqrt(window.sumOfSquares / Math.max(1, window.count - 1)),
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

  #finishWarmUp(): void {
    const entries = this.#window.entries();
    const middle = median(entries.map(([value]) => value));
    const distances = entries.map(([value, size]) => (value - middle) * Math.sqrt(size));
    const spread = MAD_TO_DEVIATION * medianAbsoluteDeviation(distances);
    if (spread > 0) {
      this.#window.filter(
        (value, size) => Math.abs(value - middle) * Math.sqrt(size) <= SCREEN_WIDTH * spread,
      );
    }
    this.#ready = true;
  }

  #add(value: number, size: number): void {
    this.#window.add(value, size);
    if (this.#kind === 'rate' && value > 1) this.#exceedsOne = true;
  }

  #learn(value: number, size: number): void {
    this.#add(value, size);
    this.#outside = [];
    this.#side = null;
  }

  /** A level that stays out of band long enough replaces the baseline. */
  #keepOut(value: number, size: number, side: 'up' | 'down'): void {
    if (side !== this.#side) this.#outside = [];
    this.#side = side;
    this.#outside.push([value, size]);
    if (this.#outside.length < this.#acceptAfter) return;
    this.#window.clear();
    for (const [accepted, weight] of this.#outside) this.#add(accepted, weight);
    this.#outside = [];
    this.#side = null;
    this.#ready = this.#window.count >= this.#warmUp;
  }
}
