import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type Judgement,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { judgeAgainst } from './support/band.js';
import { planSlots, type SlotPlan } from './support/calendar-slot.js';
import { defaultAcceptAfter } from './support/defaults.js';
import { varianceOfCase } from './support/dispersion.js';
import { acceptAfterParameter, MinCasesParameter } from './support/parameters.js';
import { type Quantity, quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';

const NAME = 'percent-change';

const Parameters = z.strictObject({
  percent: z
    .number()
    .positive()
    .max(10_000)
    .default(50)
    .describe('Half width of the band, in percent of what it is compared with.')
    .meta({ tune: [20, 30, 50, 75, 100] }),
  against: z
    .enum(['previous', 'day', 'week'])
    .default('week')
    .describe(
      'What a point is compared with: the point before, or the same time of the last day or week, in the time zone of the series.',
    ),
  min_change: z
    .number()
    .nonnegative()
    .default(0)
    .describe("No change smaller than this is anomalous, in the metric's unit."),
  min_cases: MinCasesParameter,
  sampling_width: z
    .number()
    .nonnegative()
    .max(20)
    .default(3.5)
    .describe('Rates and counts: standard deviations of sampling that a change must exceed as well.'),
  accept_after: acceptAfterParameter(
    'Points out of band in a row, on one side, that become what is compared with.',
  ),
});

const Pair = z.tuple([z.number(), z.number()]);
const State = z.object({
  /** Cases and size by slot, null where none was seen. */
  slots: z.array(Pair.nullable()),
  seen: z.number().int(),
  isCounts: z.boolean(),
  exceedsOne: z.boolean(),
  outside: z.object({ side: z.enum(['up', 'down']).nullable(), points: z.number(), sum: Pair }),
});

/** With fewer points even the one before is no habit. */
const WARM_UP = 24;
const LEAST_RELATIVE_WIDTH = 1e-3;
const LEAST_DEVIATION = 1e-9;

/**
 * The change against the point before, or against the same time of the last day or week, in percent. Sampling is
 * taken into account: the difference of two rates or counts must also exceed what chance alone makes of it (a
 * pooled two-sample test), so that 4 instead of 2 is no doubling. A point out of band is not compared with later;
 * the next one is held against the last good point of its time.
 */
export const percentChange = defineDetector({
  name: NAME,
  description: 'Change in percent against the point before or the same time last week.',
  parameters: Parameters,
  create: (params, series, saved) => new PercentChangeJudge(params, series, saved),
});

class PercentChangeJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #kind: SeriesContext['kind'];
  readonly #acceptAfter: number;
  readonly #plan: SlotPlan;
  #s: z.infer<typeof State>;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#acceptAfter = params.accept_after ?? defaultAcceptAfter(series);
    const period = params.against === 'previous' ? 'none' : params.against;
    // Every bucket has a slot of its own: in one that is shared it would be compared with its neighbour.
    this.#plan = planSlots(period, series.bucketSeconds, series.timezone, series.bucketSeconds);
    this.#s =
      saved === undefined
        ? {
            slots: new Array<null>(this.#plan.slots).fill(null),
            seen: 0,
            isCounts: true,
            exceedsOne: false,
            outside: nothingOutside(),
          }
        : readState(State, saved, NAME);
  }

  observe(point: SeriesPoint): Judgement {
    const quantity = quantityOf(point, this.#kind);
    const slot = this.#plan.slotOf(point.bucketStart);
    const before = this.#s.slots[slot] ?? null;
    if (before === null || this.#s.seen < WARM_UP) {
      this.#learn(slot, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' };
    }
    const judgement = this.#judge(quantity, before);
    if (judgement.score <= 1) this.#learn(slot, quantity);
    else this.#keepOut(quantity, judgement.direction);
    return judgement;
  }

  save(): Json {
    return structuredClone(this.#s);
  }

  #judge({ value, size }: Quantity, [cases, sizeBefore]: readonly [number, number]) {
    const isRate = this.#kind === 'rate';
    const { isCounts, exceedsOne } = this.#s;
    const expected = cases / sizeBefore;
    const percent = (this.#params.percent / 100) * Math.abs(expected);
    const fewCases = isRate ? this.#params.min_cases / size : 0;
    const smallest = Math.max(percent, this.#params.min_change, fewCases);
    const prediction = {
      expected,
      deviation: this.#deviation(cases, sizeBefore, size),
      skewness: 0,
      degreesOfFreedom: Number.POSITIVE_INFINITY,
      floor: isRate || isCounts ? 0 : Number.NEGATIVE_INFINITY,
      ceiling: isRate && !exceedsOne ? 1 : Number.POSITIVE_INFINITY,
    };
    return judgeAgainst(value, prediction, Math.max(1, this.#params.sampling_width), smallest);
  }

  /** Standard deviation of the difference between two samples, where chance is known to play a part. */
  #deviation(cases: number, sizeBefore: number, size: number): number {
    const least = Math.max(LEAST_RELATIVE_WIDTH * Math.abs(cases / sizeBefore), LEAST_DEVIATION);
    if (this.#params.sampling_width === 0) return least;
    if (this.#kind === 'rate') {
      const pooled = (cases + 0.5) / (sizeBefore + 1);
      return Math.max(least, Math.sqrt(varianceOfCase(pooled) * (1 / size + 1 / sizeBefore)));
    }
    return this.#s.isCounts ? Math.max(least, Math.sqrt(2 * Math.max(1, cases))) : least;
  }

  #learn(slot: number, { value, cases, size }: Quantity): void {
    const s = this.#s;
    s.slots[slot] = [cases, size];
    s.seen += 1;
    if (cases < 0 || !Number.isInteger(cases)) s.isCounts = false;
    if (value > 1) s.exceedsOne = true;
    s.outside = nothingOutside();
  }

  /** A level that stays out of band long enough is what every time of the period is compared with. */
  #keepOut({ cases, size }: Quantity, side: 'up' | 'down'): void {
    const s = this.#s;
    if (s.outside.side !== side) s.outside = { ...nothingOutside(), side };
    s.outside.points += 1;
    s.outside.sum = [s.outside.sum[0] + cases, s.outside.sum[1] + size];
    const { points, sum } = s.outside;
    if (points < this.#acceptAfter) return;
    s.slots.fill([sum[0] / points, sum[1] / points]);
    s.outside = nothingOutside();
  }
}

function nothingOutside(): z.infer<typeof State>['outside'] {
  return { side: null, points: 0, sum: [0, 0] };
}
