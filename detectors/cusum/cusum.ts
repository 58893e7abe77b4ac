import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type SeriesContext,
  type SeriesPoint,
} from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { judged, type Prediction } from '../support/band.js';
import type { SlotPlan } from '../support/calendar-slot.js';
import { quantityOf } from '../support/quantity.js';
import { onRarerSide } from '../support/rarer-side.js';
import { readState } from '../support/read-state.js';
import { longTail } from '../support/residual-judge.js';
import { createRhythm, RhythmParameters } from '../support/rhythm.js';
import { type SeasonalBaseline, SeasonalBaselineState } from '../support/seasonal-baseline.js';
import { type CusumSums, cusumStep } from '../support/tabular-cusum.js';
import { LikelihoodCusumJudge } from './likelihood.js';

const NAME = 'cusum';

const Parameters = z
  .strictObject({
    allowance: z
      .number()
      .positive()
      .max(10)
      .default(0.75)
      .describe('k: half the shift to be found, in standard deviations of a point.'),
    threshold: z
      .number()
      .positive()
      .max(100)
      .optional()
      .describe(
        'h: the sum from which a shift is signalled, in standard deviations of a point. Default: 6; for buckets of a day or longer 4.',
      )
      .meta({ tune: [3, 4, 5, 6, 8, 10] }),
    period: z
      .enum(['none', 'day', 'week'])
      .default('week')
      .describe(
        'The rhythm that is taken out before summing, in the time zone of the series. A rhythm left in would add up hour by hour to a shift that is none.',
      ),
    head_start: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe(
        'Where a sum starts, in parts of its limit. Half of it finds a shift that is there from the start sooner (fast initial response; Lucas and Crosier, 1982). Default: 0.',
      ),
    p0: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe(
        'Rates only: the rate when all is well. When it is given, the orders themselves are summed by their log-likelihood ratio, and only head_start, p1 and run_length matter.',
      ),
    p1: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('With p0: the rate that should be found, above p0. Default: twice the odds of p0.'),
    run_length: z
      .number()
      .min(10)
      .max(1e9)
      .default(100_000)
      .describe(
        'With p0: the wanted mean number of orders between false alarms, more than 1/p0; the limit follows from it.',
      ),
    ...RhythmParameters,
  })
  .refine(({ p0, p1 }) => p0 === undefined || p1 === undefined || p1 > p0, {
    path: ['p1'],
    message: 'must be above p0',
  })
  .refine(({ p0, run_length: runLength }) => p0 === undefined || runLength * p0 > 1, {
    path: ['run_length'],
    message: 'must be more than 1/p0: without a case there is no alarm',
  });

const State = z.object({
  baseline: SeasonalBaselineState,
  up: z.number().nonnegative(),
  down: z.number().nonnegative(),
});

/**
 * Hours are judged twenty-four times as often as days. By Siegmund's approximation (1985) with k = 0.75 a Gaussian
 * series gives a false signal once in some 20,000 points at h = 6, and once in some 1,000 at h = 4.
 */
function defaultThreshold(bucketSeconds: number): number {
  return bucketSeconds >= 86_400 ? 4 : 6;
}

/** A single case moves a sum by at most one unit, however rare cases are. */
const LEAST_CASES = 1;

/**
 * A two-sided tabular CUSUM on the standardised residuals of the series against its own level and rhythm: small
 * shifts that last. The score is the greater sum in parts of h; the band says at which value the sum would
 * reach h now.
 *
 * A sum that is carried on never exceeds h. A shift that lasts keeps the score above 1, because every point of
 * it adds more than k; the first points after it bring the sum below h at once. Without the limit a long
 * incident would pile up a sum that takes as long again to run down, and the alert would outlive its cause.
 * The score itself is taken before the limit, so that it tells sizes apart.
 *
 * With `p0` it is another test of the same kind, see {@link LikelihoodCusumJudge}.
 *
 * Points that signal are kept out of the baseline; when a level is accepted, the sums start again at 0.
 */
export const cusum = defineDetector({
  name: NAME,
  description: 'Cumulative sum of departures from the usual level: small shifts that last.',
  parameters: Parameters,
  create(params, series, saved) {
    const { p0, run_length: runLength, head_start: headStart } = params;
    if (p0 === undefined) return createCusum(params, series, saved);
    const p1 = params.p1 ?? twiceTheOdds(p0);
    return new LikelihoodCusumJudge(NAME, { p0, p1, runLength, headStart }, series, saved);
  },
});

const createCusum = onRarerSide(
  NAME,
  (params: z.infer<typeof Parameters>, series, saved) => new CusumJudge(params, series, saved),
);

function twiceTheOdds(p: number): number {
  return (2 * p) / (1 + p);
}

class CusumJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #kind: SeriesContext['kind'];
  readonly #threshold: number;
  readonly #plan: SlotPlan;
  readonly #baseline: SeasonalBaseline;
  #sums: CusumSums;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#threshold = params.threshold ?? defaultThreshold(series.bucketSeconds);
    const state = saved === undefined ? undefined : readState(State, saved, NAME);
    const { plan, baseline } = createRhythm(NAME, params, series, state?.baseline);
    this.#plan = plan;
    this.#baseline = baseline;
    const start = params.head_start * this.#threshold;
    this.#sums = { up: start, down: start };
    if (state !== undefined) this.#sums = { up: state.up, down: state.down };
  }

  observe(point: SeriesPoint) {
    const quantity = quantityOf(point, this.#kind);
    const slot = this.#plan.slotOf(point.bucketStart);
    const prediction = this.#baseline.predict(slot, quantity.size);
    if (prediction === null) {
      this.#baseline.learn(slot, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' } as const;
    }
    const judgement = this.#judge(quantity.value, prediction, quantity.size);
    if (judgement.score <= 1) this.#baseline.learn(slot, quantity);
    else if (this.#baseline.keepOut(slot, quantity, judgement.direction)) this.#sums = { up: 0, down: 0 };
    return judgement;
  }

  save(): Json {
    return { baseline: { ...this.#baseline.save() }, up: this.#sums.up, down: this.#sums.down };
  }

  #judge(value: number, prediction: Prediction, size: number) {
    const k = this.#params.allowance;
    const h = this.#threshold;
    const { expected } = prediction;
    const least = this.#kind === 'rate' ? LEAST_CASES / size : 0;
    const unit = Math.max(prediction.deviation, least);
    const above = unit * longTail(prediction.skewness);
    const below = unit * longTail(-prediction.skewness);
    const before = this.#sums;
    const residual = (value - expected) / (value >= expected ? above : below);
    const after = cusumStep(before, residual, k);
    this.#sums = { up: Math.min(after.up, h), down: Math.min(after.down, h) };
    const up = after.up === after.down ? value >= expected : after.up > after.down;
    return judged(prediction, {
      lower: expected - below * (h + k - before.down),
      upper: expected + above * (h + k - before.up),
      score: Math.max(after.up, after.down) / h,
      direction: up ? 'up' : 'down',
    });
  }
}
