import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { judgeAgainst } from './support/band.js';
import type { SlotPlan } from './support/calendar-slot.js';
import { defaultWidth } from './support/defaults.js';
import { MinCasesParameter, WidthParameter } from './support/parameters.js';
import { quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';
import { createRhythm, RhythmParameters } from './support/rhythm.js';
import { type SeasonalBaseline, SeasonalBaselineState } from './support/seasonal-baseline.js';

const Parameters = z.strictObject({
  period: z
    .enum(['day', 'week'])
    .default('week')
    .describe('The rhythm to learn, in the time zone of the series: slots of the day, or of the week.'),
  width: WidthParameter,
  min_cases: MinCasesParameter,
  ...RhythmParameters,
});

/**
 * The distance of a point from what its time of the day or week usually brings at the current level, in
 * standard deviations. See {@link SeasonalBaseline} for the model, its sources and what it assumes.
 */
export const seasonal = defineDetector({
  name: 'seasonal',
  description: 'Distance from the usual value at this time of day or week: departures within a rhythm.',
  parameters: Parameters,
  create: (params, series, saved) => new SeasonalJudge(params, series, saved),
});

class SeasonalJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #kind: SeriesContext['kind'];
  readonly #width: number;
  readonly #plan: SlotPlan;
  readonly #baseline: SeasonalBaseline;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#width = params.width ?? defaultWidth(series.bucketSeconds);
    const state = saved === undefined ? undefined : readState(SeasonalBaselineState, saved, seasonal.name);
    const { plan, baseline } = createRhythm(params, series, state);
    this.#plan = plan;
    this.#baseline = baseline;
  }

  observe(point: SeriesPoint) {
    const quantity = quantityOf(point, this.#kind);
    const slot = this.#plan.slotOf(point.bucketStart);
    const prediction = this.#baseline.predict(slot, quantity.size);
    if (prediction === null) {
      this.#baseline.learn(slot, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' } as const;
    }
    const smallest = this.#kind === 'rate' ? this.#params.min_cases / quantity.size : 0;
    const judgement = judgeAgainst(quantity.value, prediction, this.#width, smallest);
    if (judgement.score > 1) this.#baseline.keepOut(slot, quantity, judgement.direction);
    else this.#baseline.learn(slot, quantity);
    return judgement;
  }

  save(): Json {
    return { ...this.#baseline.save() };
  }
}
