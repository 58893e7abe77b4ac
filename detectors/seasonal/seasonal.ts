import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type SeriesContext,
  type SeriesPoint,
} from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { judgeAgainst } from '../support/band.js';
import { defaultAcceptAfter, defaultWidth, weekOfPoints } from '../support/defaults.js';
import { MinCasesParameter, WidthParameter } from '../support/parameters.js';
import { quantityOf } from '../support/quantity.js';
import { onRarerSide } from '../support/rarer-side.js';
import { readState } from '../support/read-state.js';
import { RhythmParameters } from '../support/rhythm.js';
import { SeasonalModel } from './seasonal-model.js';
import { SeasonalModelState } from './state.js';

const NAME = 'seasonal';
const PERIODS = ['day', 'week', 'month'] as const;
const WARM_UP_PERIODS = 2;
const WARM_UP_POINTS = 28;

const Parameters = z.strictObject({
  period: z
    .union([
      z.enum(PERIODS),
      z
        .array(z.enum(PERIODS))
        .min(1)
        .refine((periods) => new Set(periods).size === periods.length, 'names a period twice'),
    ])
    .default('week')
    .describe(
      'The rhythms to learn, in the time zone of the series: day, week, month, or several at once, such as [day, week]. Slots are the hours of the day, the hours of the week, the days of the month, of which the last ten are counted from its end.',
    ),
  width: WidthParameter,
  min_cases: MinCasesParameter,
  ...RhythmParameters,
});

/**
 * The distance of a point from what its time of the day, week or month usually brings at the current level and trend, in
 * standard deviations. See {@link SeasonalModel} for the model, its sources and what it assumes.
 */
export const seasonal = defineDetector({
  name: NAME,
  description:
    'Distance from the usual value at this time of day, week or month: departures within a rhythm.',
  parameters: Parameters,
  create: onRarerSide(NAME, (params, series, saved) => new SeasonalJudge(params, series, saved)),
});

class SeasonalJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #kind: SeriesContext['kind'];
  readonly #width: number;
  readonly #model: SeasonalModel;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#width = params.width ?? defaultWidth(series.bucketSeconds);
    const wanted = typeof params.period === 'string' ? [params.period] : params.period;
    this.#model = new SeasonalModel(
      {
        detector: NAME,
        series,
        periods: PERIODS.filter((period) => wanted.includes(period)),
        warmUp: params.warm_up ?? WARM_UP_PERIODS,
        warmUpWithoutRhythm: params.warm_up ?? WARM_UP_POINTS,
        slotMemory: params.memory,
        levelMemory: params.level_memory ?? weekOfPoints(series.bucketSeconds),
        acceptAfter: params.accept_after ?? defaultAcceptAfter(series),
        acceptInSlot: params.accept_in_slot,
      },
      saved === undefined ? undefined : readState(SeasonalModelState, saved, NAME),
    );
  }

  observe(point: SeriesPoint) {
    const quantity = quantityOf(point, this.#kind);
    const prediction = this.#model.predict(point.bucketStart, quantity.size);
    if (prediction === null) {
      this.#model.learn(point.bucketStart, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' } as const;
    }
    const smallest = this.#kind === 'rate' ? this.#params.min_cases / quantity.size : 0;
    const judgement = judgeAgainst(quantity.value, prediction, this.#width, smallest);
    if (judgement.score > 1) this.#model.keepOut(point.bucketStart, quantity, judgement.direction);
    else this.#model.learn(point.bucketStart, quantity);
    return judgement;
  }

  save(): Json {
    return { ...this.#model.save() };
  }
}
