import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { type Judged, judged, type Prediction } from '../support/band.js';
import type { SlotPlan } from '../support/calendar-slot.js';
import { varianceOfCase } from '../support/dispersion.js';
import { type Quantity, quantityOf } from '../support/quantity.js';
import { readState } from '../support/read-state.js';
import { createRhythm, type RhythmOptions } from '../support/rhythm.js';
import { bernoulliSteps } from '../support/run-length.js';
import { type SeasonalBaseline, SeasonalBaselineState } from '../support/seasonal-baseline.js';

const State = z.object({
  baseline: SeasonalBaselineState,
  up: z.number(),
  down: z.number(),
  points: z.number().int(),
  casesAPoint: z.number(),
});

/** The odds that are looked for, in parts of the usual ones, on the one side and the inverse on the other. */
const ODDS_RATIO = 2;
const DAY_SECONDS = 86_400;
/** Wanted points between false alarms. */
const RUN_OF_HOURS = 20_000;
const RUN_OF_DAYS = 1_000;
/** Points after which the usual number of cases forgets. */
const MEMORY = 336;
const LEAST_LIMIT = 4;
/** Nearer to 1 a doubling of the odds hardly moves a rate; the other judges see to those. */
const GREATEST_RATE = 0.8;

/**
 * The log-likelihood ratio CUSUM for a doubling (and a halving) of the odds of a rate that is learned with its
 * rhythm: what a standardised residual cannot see, half a case more an hour for days, adds up here.
 *
 * The ratio of every point is divided by its over-dispersion, because that many times fewer orders are independent
 * (quasi-likelihood; Wedderburn, 1974). The limit is ln(c/4), c being the independent cases in the wanted run
 * between false alarms: for a doubling it agrees within 0.03 with the exact limits of the Markov chain in
 * `support/run-length.ts`, from 0.5 % to 4 %.
 */
export class OddsShiftJudge implements Judge {
  readonly #plan: SlotPlan;
  readonly #baseline: SeasonalBaseline;
  readonly #runPoints: number;
  #s: { up: number; down: number; points: number; casesAPoint: number };

  constructor(detector: string, rhythm: RhythmOptions, series: SeriesContext, saved?: Json) {
    const state = saved === undefined ? undefined : readState(State, saved, detector);
    const { plan, baseline } = createRhythm(rhythm, series, state?.baseline);
    this.#plan = plan;
    this.#baseline = baseline;
    this.#runPoints = series.bucketSeconds >= DAY_SECONDS ? RUN_OF_DAYS : RUN_OF_HOURS;
    const { up, down, points, casesAPoint } = state ?? { up: 0, down: 0, points: 0, casesAPoint: 0 };
    this.#s = { up, down, points, casesAPoint };
  }

  observe(point: SeriesPoint): Judgement {
    const quantity = quantityOf(point, 'rate');
    const slot = this.#plan.slotOf(point.bucketStart);
    const prediction = this.#baseline.predict(slot, quantity.size);
    if (prediction === null || prediction.expected > GREATEST_RATE || prediction.ceiling > 1) {
      this.#learn(slot, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' };
    }
    const judgement = this.#judge(quantity, prediction);
    if (judgement.score <= 1) this.#learn(slot, quantity);
    else if (this.#baseline.keepOut(slot, quantity, judgement.direction))
      Object.assign(this.#s, { up: 0, down: 0 });
    return judgement;
  }

  save(): Json {
    return { baseline: { ...this.#baseline.save() }, ...this.#s };
  }

  #learn(slot: number, quantity: Quantity): void {
    const s = this.#s;
    this.#baseline.learn(slot, quantity);
    s.points += 1;
    s.casesAPoint += (quantity.cases - s.casesAPoint) / Math.min(s.points, MEMORY);
  }

  #judge({ cases, size }: Quantity, prediction: Prediction): Judged {
    const s = this.#s;
    const p0 = prediction.expected;
    const dispersion = Math.max(1, (prediction.deviation ** 2 * size) / varianceOfCase(p0));
    const independent = (this.#runPoints * s.casesAPoint) / dispersion;
    const limit = Math.max(LEAST_LIMIT, Math.log(independent / 4));
    const worse = bernoulliSteps(p0, withOdds(p0, ODDS_RATIO));
    const better = bernoulliSteps(p0, withOdds(p0, 1 / ODDS_RATIO));
    const ratio = ({ up, down }: typeof worse) => (cases * up - (size - cases) * down) / dispersion;
    const before = { up: Math.min(s.up, limit), down: Math.min(s.down, limit) };
    const up = Math.max(0, before.up + ratio(worse));
    const down = Math.max(0, before.down + ratio(better));
    // The cases at which a sum reaches the limit; both steps of the halving are negative.
    const edge = (steps: typeof worse, sum: number) =>
      ((limit - sum) * dispersion + size * steps.down) / (steps.up + steps.down);
    s.up = Math.min(up, limit);
    s.down = Math.min(down, limit);
    return judged(prediction, {
      lower: edge(better, before.down) / size,
      upper: edge(worse, before.up) / size,
      score: Math.max(up, down) / limit,
      direction: up >= down ? 'up' : 'down',
    });
  }
}

function withOdds(p: number, ratio: number): number {
  const odds = (p / (1 - p)) * ratio;
  return odds / (1 + odds);
}
