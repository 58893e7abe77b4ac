import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type Judgement,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { judgeAgainst, judged, type Prediction } from './support/band.js';
import {
  betaBinomial,
  type CountLaw,
  gammaPoisson,
  logLowerTail,
  logUpperTail,
} from './support/count-tail.js';
import { defaultAcceptAfter, weekOfPoints } from './support/defaults.js';
import { dispersionOfCounts, skewnessOfCount, varianceOfCase } from './support/dispersion.js';
import { LearnedWindow, LearnedWindowState } from './support/learned-window.js';
import { normalQuantile } from './support/normal.js';
import { acceptAfterParameter, WarmUpParameter, WindowParameter } from './support/parameters.js';
import { type Quantity, quantityOf } from './support/quantity.js';
import { onRarerSide } from './support/rarer-side.js';
import { readState } from './support/read-state.js';
import { zScore } from './z-score/z-score.js';

const NAME = 'rate';
const DAY_SECONDS = 86_400;

const Parameters = z.strictObject({
  false_alarm: z
    .number()
    .gt(0)
    .max(0.1)
    .optional()
    .describe(
      'The probability with which a usual point is out of band on one side. Default: 1 in 10,000; for buckets of a day or longer 1 in 1,000.',
    )
    .meta({ tune: [1e-2, 1e-3, 1e-4, 1e-5, 1e-6] }),
  window: WindowParameter,
  warm_up: WarmUpParameter,
  accept_after: acceptAfterParameter(
    'Points out of band in a row, on one side, that become the new baseline.',
  ),
  min_cases: z
    .number()
    .nonnegative()
    .default(4)
    .describe('Cases more (or fewer) than expected that no point is anomalous without.')
    .meta({ tune: [2, 4, 8, 16] }),
});

/** A rate of exactly 0 or 1 has no law; half a case is left on either side. */
const HALF_CASE = 0.5;
/** What the parent slice is expected to be counts as much as this many cases of the slice's own. */
const CASES_OF_PARENT = 2;
/** The least correlation: less over-dispersion than this is none, and the law is the binomial one. */
const LEAST_CORRELATION = 1e-9;
const GREATEST_CORRELATION = 0.5;
/** Standard deviation of the cases of a point, up to which their law is summed exactly. */
const EXACT_UP_TO = 100;

/**
 * How improbable the number of cases is, exactly: the tail of the beta-binomial law at this point's denominator,
 * with the pooled rate of the window and the over-dispersion that it shows (method of moments, drawn towards
 * twice the binomial variance while there is little evidence). Small denominators, where no normal law holds,
 * are what it is for. The rate has a prior from the parent slice, where there is one. A ratio of two different counts, which may be above 1, follows the gamma-Poisson law instead.
 *
 * The score is the root of the logarithm of the tail's probability over that of `false_alarm`: far out in a tail it
 * grows with the distance, as the other detectors' does. Where cases vary by hundreds the normal law with its
 * first correction for skewness is as good and is taken instead. Points out of band are kept out
 * of the window. A series without a denominator is judged by `z-score`.
 */
export const rate = defineDetector({
  name: NAME,
  description: 'Probability of this many cases among so many orders: exact for small numbers.',
  parameters: Parameters,
  create: onRarerSide(NAME, (params, series, saved) => {
    if (series.kind === 'rate') return new RateJudge(params, series, saved);
    const { false_alarm: _, ...window } = params;
    return zScore.create(zScore.parameters.parse(window), series, saved);
  }),
});

class RateJudge implements Judge {
  readonly #minCases: number;
  /** Natural logarithm of the probability on the edge of the band. */
  readonly #edge: number;
  /** The same edge in standard deviations of a normal law. */
  readonly #width: number;
  readonly #learned: LearnedWindow;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    const { bucketSeconds } = series;
    const capacity = params.window ?? weekOfPoints(bucketSeconds);
    this.#minCases = params.min_cases;
    this.#edge = Math.log(params.false_alarm ?? (bucketSeconds >= DAY_SECONDS ? 1e-3 : 1e-4));
    this.#width = normalQuantile(Math.exp(this.#edge));
    this.#learned = new LearnedWindow(
      {
        kind: 'rate',
        capacity,
        warmUp: Math.min(params.warm_up, capacity),
        acceptAfter: params.accept_after ?? defaultAcceptAfter(series),
        sorted: false,
      },
      saved === undefined ? undefined : readState(LearnedWindowState, saved, NAME),
    );
  }

  observe(point: SeriesPoint): Judgement {
    const quantity = quantityOf(point, 'rate');
    if (!this.#learned.ready) {
      this.#learned.warmUp(quantity);
      return { status: 'not_evaluable', reason: 'cold_start' };
    }
    const judgement = this.#judge(quantity, point.parent?.expected ?? null);
    if (judgement.score > 1) this.#learned.keepOut(quantity, judgement.direction);
    else this.#learned.learn(quantity);
    return judgement;
  }

  save(): Json {
    return { ...this.#learned.save() };
  }

  #judge({ value, cases, size }: Quantity, parent: number | null) {
    const { law, prediction } = this.#expect(size, parent);
    if (size * prediction.deviation > EXACT_UP_TO) {
      return judgeAgainst(value, prediction, this.#width, this.#minCases / size);
    }
    const count = Math.round(cases);
    const up = count >= law.mean;
    const distance = Math.abs(count - law.mean);
    const tail = up ? logUpperTail(law, count) : logLowerTail(law, count);
    const byCases = this.#minCases > 0 ? distance / this.#minCases : Number.POSITIVE_INFINITY;
    const enough = Math.ceil(law.mean + this.#minCases);
    const few = Math.floor(law.mean - this.#minCases);
    return judged(
      {
        expected: law.mean / size,
        floor: 0,
        ceiling: this.#learned.exceedsOne ? Number.POSITIVE_INFINITY : 1,
      },
      {
        lower: (Math.min(this.#edgeBelow(law), few) + HALF_CASE) / size,
        upper: (Math.max(this.#edgeAbove(law), enough) - HALF_CASE) / size,
        score: Math.min(Math.sqrt(tail / this.#edge), byCases),
        direction: up ? 'up' : 'down',
      },
    );
  }

  #expect(size: number, parent: number | null): { law: CountLaw; prediction: Prediction } {
    const { window, exceedsOne } = this.#learned;
    const prior = priorOf(parent);
    const pooled = (window.mean * window.weight + prior.cases) / (window.weight + prior.size);
    const perCase = exceedsOne ? pooled : varianceOfCase(pooled);
    const dispersion = dispersionOfCounts(window.sumOfSquares / perCase, window.count - 1);
    const usualSize = window.weight / window.count;
    // What the rate wanders by itself, and what is not known of it: the variance of the pooled rate.
    const wandering = (dispersion - 1) / Math.max(1, usualSize - 1) + dispersion / window.weight;
    const correlation = Math.min(Math.max(wandering, LEAST_CORRELATION), GREATEST_CORRELATION);
    const ofPoint = 1 + (exceedsOne ? size : size - 1) * correlation;
    return {
      law: exceedsOne ? gammaPoisson(size * pooled, ofPoint) : betaBinomial(size, pooled, correlation),
      prediction: {
        expected: pooled,
        deviation: Math.sqrt((perCase * ofPoint) / size),
        skewness: skewnessOfCount(ofPoint, size * perCase, 1 - 2 * Math.min(1, pooled)),
        degreesOfFreedom: Number.POSITIVE_INFINITY,
        floor: 0,
        ceiling: exceedsOne ? Number.POSITIVE_INFINITY : 1,
      },
    };
  }

  /** The fewest cases above the mean that are out of band; one more than all when none is. */
  #edgeAbove(law: CountLaw): number {
    return fewest(Math.floor(law.mean) + 1, law.most + 1, (count) => logUpperTail(law, count) < this.#edge);
  }

  /** The most cases below the mean that are out of band; -1 when none is. */
  #edgeBelow(law: CountLaw): number {
    const mean = Math.ceil(law.mean) - 1;
    return mean - fewest(0, mean + 1, (down) => logLowerTail(law, mean - down) < this.#edge);
  }
}

/**
 * The cases, and what they are counted over, that a slice starts from: Jeffreys' half case (1946), or a few cases at
 * the rate that is expected of its parent, so that a slice with hardly any history is held against the whole.
 */
function priorOf(parent: number | null): { cases: number; size: number } {
  if (parent === null || parent <= 0 || parent >= 1) return { cases: HALF_CASE, size: 2 * HALF_CASE };
  return { cases: CASES_OF_PARENT, size: CASES_OF_PARENT / parent };
}

/** The first whole number of a range for which something holds that holds from there on; the end if for none. */
function fewest(from: number, end: number, holds: (count: number) => boolean): number {
  let step = 1;
  let low = from;
  while (low + step < end && !holds(low + step)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(end, low + step);
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
