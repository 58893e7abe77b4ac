import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type Judgement,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { judged } from './support/band.js';
import { planSlots, type SlotPlan } from './support/calendar-slot.js';
import { defaultAcceptAfter } from './support/defaults.js';
import { acceptAfterParameter, MinCasesParameter } from './support/parameters.js';
import { type Quantity, quantityOf } from './support/quantity.js';
import { checkSlots, readState } from './support/read-state.js';

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
const LEAST_HALF_WIDTH = 1e-9;

/**
 * The change against the point before, or against the same time of the last day or week, in percent. Sampling is
 * taken into account: the difference of two rates or counts must also exceed what chance alone makes of it (the score
 * test of two samples that are pooled; Pearson, 1900), so that 4 instead of 2 is no doubling. A point out of band is not compared with later;
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
    checkSlots(this.#s.slots.length, this.#plan.slots, NAME);
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
    const expected = cases / sizeBefore;
    const percent = (this.#params.percent / 100) * Math.abs(expected);
    const fewCases = isRate ? this.#params.min_cases / size : 0;
    const least = Math.max(LEAST_RELATIVE_WIDTH * Math.abs(expected), LEAST_HALF_WIDTH);
    const smallest = Math.max(percent, this.#params.min_change, fewCases, least);
    const chance = this.#chance(expected, sizeBefore, size);
    const above = Math.max(smallest, chance.rise);
    const below = Math.max(smallest, chance.fall);
    const up = value >= expected;
    return judged(
      {
        expected,
        floor: isRate || this.#s.isCounts ? 0 : Number.NEGATIVE_INFINITY,
        ceiling: isRate && !this.#s.exceedsOne ? 1 : Number.POSITIVE_INFINITY,
      },
      {
        lower: expected - below,
        upper: expected + above,
        score: up ? (value - expected) / above : (expected - value) / below,
        direction: up ? 'up' : 'down',
      },
    );
  }

  /**
   * How far a second sample may be from the first one by chance: where the difference is so many standard deviations of
   * itself, of which the variance is that of what both samples have together.
   */
  #chance(expected: number, sizeBefore: number, size: number): { rise: number; fall: number } {
    const isRate = this.#kind === 'rate';
    if (!isRate && !this.#s.isCounts) return { rise: 0, fall: 0 };
    const squares = this.#params.sampling_width ** 2 * (1 / size + 1 / sizeBefore);
    const share = size / (size + sizeBefore);
    // (p + share·d)·(1 − of·(p + share·d)) is the variance of a case; what is no share of anything is a Poisson count.
    const of = isRate && !this.#s.exceedsOne ? 1 : 0;
    const a = 1 + of * squares * share * share;
    const b = squares * share * (1 - 2 * of * expected);
    const c = squares * expected * (1 - of * Math.min(expected, 1));
    const root = Math.sqrt(b * b + 4 * a * c);
    return { rise: (root + b) / (2 * a), fall: (root - b) / (2 * a) };
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
