import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type Judgement,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import { RedressError } from '../src/model/errors.js';
import type { Json } from '../src/model/json.js';
import { judged } from './support/band.js';
import { quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';

const NAME = 'burn-rate';
const SECOND = 1_000;
const HOUR = 3_600_000;

const WindowSchema = z.strictObject({
  long_hours: z.number().positive().max(2_160).describe('Over which the budget is burned, in hours.'),
  short_hours: z
    .number()
    .positive()
    .max(2_160)
    .describe('Over which it must still be burning, in hours; at least a bucket.'),
  burn: z.number().positive().describe('How many times faster than the budget allows.'),
});

const Parameters = z.strictObject({
  objective: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.99)
    .describe(
      'The share of orders that is to go well; 1 − objective is the budget for the cases that are counted.',
    ),
  windows: z
    .array(WindowSchema)
    .min(1)
    .max(10)
    .default([
      { long_hours: 1, short_hours: 1 / 12, burn: 14.4 },
      { long_hours: 6, short_hours: 0.5, burn: 6 },
      { long_hours: 72, short_hours: 6, burn: 1 },
    ])
    .describe('Pairs of windows with the burn rate at which each pair alerts.'),
  min_cases: z
    .number()
    .nonnegative()
    .default(5)
    .describe('Cases in the long window that no pair alerts without: few orders burn any budget.'),
});

const State = z.object({
  /** When the first bucket began; null before it. */
  since: z.number().nullable(),
  buckets: z.array(z.tuple([z.number(), z.number(), z.number()])),
});

/** A bucket on the good side of the whole budget is never the one that alerts. */
const SUSTAINABLE = 1;

/**
 * Multi-window, multi-burn-rate alerting against an objective (Beyer and others, The Site Reliability Workbook, 2018,
 * chapter 5): anomalous when, for one of the pairs, the budget burns faster than the pair's rate over the long
 * window, and still does over the short one. The bucket itself must burn faster than is sustainable, so that an
 * alert ends with its cause. The default pairs spend 2 %, 5 % and 10 % of a month's budget.
 *
 * The score is the least of these burn rates in parts of what is allowed; the band ends where it reaches 1. There
 * is nothing to learn and no cold start: the part of a long window that was before the first bucket has burned nothing,
 * so that an hour in which a little too much went wrong is not taken for three days of it.
 */
export const burnRate = defineDetector({
  name: NAME,
  fixed: true,
  description: 'How fast an objective’s error budget is being spent, over several windows. Rates only.',
  parameters: Parameters,
  create: (params, series, saved) => new BurnRateJudge(params, series, saved),
});

class BurnRateJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #series: SeriesContext;
  readonly #longest: number;
  #since: number | null;
  /** Start, cases and size, in order. */
  #buckets: [start: number, cases: number, size: number][];

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#series = series;
    this.#longest = Math.max(...params.windows.map(({ long_hours: hours }) => hours * HOUR));
    const state = saved === undefined ? { since: null, buckets: [] } : readState(State, saved, NAME);
    this.#since = state.since;
    this.#buckets = state.buckets;
  }

  observe(point: SeriesPoint): Judgement {
    if (this.#series.kind !== 'rate')
      throw new RedressError('usage', `${NAME} judges rates; this series has no denominator`);
    const { value, cases, size } = quantityOf(point, 'rate');
    const at = point.bucketStart;
    this.#since ??= at;
    this.#forget(at - this.#longest);
    const budget = 1 - this.#params.objective;
    let edge = Number.POSITIVE_INFINITY;
    let score = Number.NEGATIVE_INFINITY;
    for (const window of this.#params.windows) {
      const pair = this.#pair(window, at, cases, size, budget);
      edge = Math.min(edge, pair.edge);
      score = Math.max(score, pair.score);
    }
    this.#buckets.push([at, cases, size]);
    const upper = edge / size;
    return judged(
      {
        expected: Math.min(budget, upper),
        floor: 0,
        // A ratio of two different counts may be above 1.
        ceiling: this.#buckets.some(([, of, all]) => of > all) ? Number.POSITIVE_INFINITY : 1,
      },
      { lower: 0, upper, score, direction: value > budget ? 'up' : 'down' },
    );
  }

  save(): Json {
    return { since: this.#since, buckets: this.#buckets.map(([start, cases, size]) => [start, cases, size]) };
  }

  /** The score of a pair, and the cases of this bucket at which it would be 1. */
  #pair(
    pair: z.infer<typeof WindowSchema>,
    at: number,
    cases: number,
    size: number,
    budget: number,
  ): { score: number; edge: number } {
    const long = this.#before(at - pair.long_hours * HOUR);
    const short = this.#before(at - pair.short_hours * HOUR);
    const allowed = pair.burn * budget;
    const known = at + this.#series.bucketSeconds * SECOND - (this.#since ?? at);
    const windows = Math.max(1, (pair.long_hours * HOUR) / known);
    const found = { score: Number.POSITIVE_INFINITY, edge: Number.NEGATIVE_INFINITY };
    hold(found, long.cases, cases, allowed * windows * (long.size + size));
    hold(found, short.cases, cases, allowed * (short.size + size));
    hold(found, long.cases, cases, this.#params.min_cases);
    hold(found, 0, cases, SUSTAINABLE * budget * size);
    return found;
  }

  /** Drops the buckets that started up to this moment. */
  #forget(until: number): void {
    let gone = 0;
    while (gone < this.#buckets.length && (this.#buckets[gone] as [number, number, number])[0] <= until)
      gone += 1;
    if (gone > 0) this.#buckets.splice(0, gone);
  }

  /** Everything that was counted in the buckets that started after this moment. */
  #before(from: number): { cases: number; size: number } {
    let cases = 0;
    let size = 0;
    for (let index = this.#buckets.length - 1; index >= 0; index -= 1) {
      const [start, ofBucket, orders] = this.#buckets[index] as [number, number, number];
      if (start <= from) break;
      cases += ofBucket;
      size += orders;
    }
    return { cases, size };
  }
}

/** Holds a pair to one more limit; one of 0 allows nothing, and is none. */
function hold(found: { score: number; edge: number }, before: number, cases: number, limit: number): void {
  if (!(limit > 0)) return;
  found.score = Math.min(found.score, (before + cases) / limit);
  found.edge = Math.max(found.edge, limit - before);
}
