import { z } from 'zod';
import { defineDetector } from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { onRarerSide } from './support/rarer-side.js';
import { readState } from './support/read-state.js';
import { type ResidualFinding, ResidualJudge, type ResidualStatistic } from './support/residual-judge.js';
import { RhythmParameters } from './support/rhythm.js';

const NAME = 'ewma';

const Parameters = z.strictObject({
  weight: z
    .number()
    .gt(0)
    .max(1)
    .default(0.25)
    .describe('λ: the weight of the newest point in the average; small weights find small shifts.'),
  width: z
    .number()
    .positive()
    .max(20)
    .default(3.5)
    .describe('L: half width of the band, in standard deviations of the average.')
    .meta({ tune: [2.5, 3, 3.5, 4, 5] }),
  period: z
    .enum(['none', 'day', 'week'])
    .default('week')
    .describe('The rhythm that is taken out before averaging, in the time zone of the series.'),
  ...RhythmParameters,
});

const State = z.object({ average: z.number() });

/**
 * The exponentially weighted moving average of the residuals against level and rhythm (Roberts, 1959): shifts of
 * about one standard deviation, and drifts. The band is where the next point would take the average over
 * L·√(λ/(2 − λ)), its standard deviation in the long run (Lucas and Saccucci, 1990). An average that is carried
 * on is held to its limit, so that an alert ends soon after its cause does.
 */
export const ewma = defineDetector({
  name: NAME,
  description: 'Moving average of departures from the usual level: moderate shifts and drifts.',
  parameters: Parameters,
  create: onRarerSide(
    NAME,
    ({ weight, width, ...rhythm }, series, saved) =>
      new ResidualJudge(NAME, rhythm, series, (state) => new MovingAverage(weight, width, state), saved),
  ),
});

class MovingAverage implements ResidualStatistic {
  readonly #weight: number;
  readonly #limit: number;
  #average = 0;

  constructor(weight: number, width: number, saved?: Json) {
    this.#weight = weight;
    this.#limit = width * Math.sqrt(weight / (2 - weight));
    if (saved !== undefined) this.#average = readState(State, saved, NAME).average;
  }

  step(residual: number): ResidualFinding {
    const carried = (1 - this.#weight) * this.#average;
    const average = carried + this.#weight * residual;
    this.#average = Math.min(Math.max(average, -this.#limit), this.#limit);
    return {
      score: Math.abs(average) / this.#limit,
      direction: average >= 0 ? 'up' : 'down',
      lower: (-this.#limit - carried) / this.#weight,
      upper: (this.#limit - carried) / this.#weight,
    };
  }

  reset(): void {
    this.#average = 0;
  }

  save(): Json {
    return { average: this.#average };
  }
}
