import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { type Judged, judged, type Prediction } from './band.js';
import type { SlotPlan } from './calendar-slot.js';
import { quantityOf } from './quantity.js';
import { readState } from './read-state.js';
import { createRhythm, type RhythmOptions } from './rhythm.js';
import { type SeasonalBaseline, SeasonalBaselineState } from './seasonal-baseline.js';

/** What a statistic says of a residual, all in standard deviations of a point. */
export interface ResidualFinding {
  /** 1 on the edge. */
  score: number;
  direction: 'up' | 'down';
  /** The residuals from which it would signal now: below 0 and above 0. */
  lower: number;
  upper: number;
}

/** A running statistic over standardised residuals, such as a moving average or a sum. */
export interface ResidualStatistic {
  step(residual: number): ResidualFinding;
  /** Forgets the past: a new level was accepted. */
  reset(): void;
  save(): Json;
}

const State = z.object({ baseline: SeasonalBaselineState, statistic: z.json() });
/** A single case moves a residual by at most one unit, however rare cases are. */
const LEAST_CASES = 1;

/**
 * Takes level and rhythm out of a series and gives what is left, in standard deviations, to a statistic. Points
 * that signal are kept out of the baseline; when a level is accepted the statistic starts again.
 */
export class ResidualJudge implements Judge {
  readonly #kind: SeriesContext['kind'];
  readonly #plan: SlotPlan;
  readonly #baseline: SeasonalBaseline;
  readonly #statistic: ResidualStatistic;

  /** @param createStatistic from what it saved; throws `bug` on what it did not save. */
  constructor(
    detector: string,
    params: RhythmOptions,
    series: SeriesContext,
    createStatistic: (saved?: Json) => ResidualStatistic,
    saved?: Json,
  ) {
    this.#kind = series.kind;
    const state = saved === undefined ? undefined : readState(State, saved, detector);
    const { plan, baseline } = createRhythm(detector, params, series, state?.baseline);
    this.#plan = plan;
    this.#baseline = baseline;
    this.#statistic = createStatistic(state?.statistic as Json | undefined);
  }

  observe(point: SeriesPoint): Judgement {
    const quantity = quantityOf(point, this.#kind);
    const slot = this.#plan.slotOf(point.bucketStart);
    const prediction = this.#baseline.predict(slot, quantity.size);
    if (prediction === null) {
      this.#baseline.learn(slot, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' };
    }
    const judgement = this.#judge(quantity.value, prediction, quantity.size);
    if (judgement.score <= 1) this.#baseline.learn(slot, quantity);
    else if (this.#baseline.keepOut(slot, quantity, judgement.direction)) this.#statistic.reset();
    return judgement;
  }

  save(): Json {
    return { baseline: { ...this.#baseline.save() }, statistic: this.#statistic.save() };
  }

  #judge(value: number, prediction: Prediction, size: number): Judged {
    const { expected, deviation, skewness } = prediction;
    const unit = Math.max(deviation, this.#kind === 'rate' ? LEAST_CASES / size : 0);
    const above = unit * longTail(skewness);
    const below = unit * longTail(-skewness);
    const residual = (value - expected) / (value >= expected ? above : below);
    const { score, direction, lower, upper } = this.#statistic.step(residual);
    return judged(prediction, {
      lower: expected + below * lower,
      upper: expected + above * upper,
      score,
      direction,
    });
  }
}

/**
 * How much longer than a normal law's a tail of this skewness is at two standard deviations, by the first
 * Cornish-Fisher term: 1 + (2² − 1)·γ/6 / 2. Counts of rare cases jump upwards by nature, and two such jumps
 * should not look like a shift. The short tail is left as it is.
 */
export function longTail(skewness: number): number {
  return 1 + Math.min(1, Math.max(0, skewness / 4));
}
