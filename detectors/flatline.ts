import { z } from 'zod';
import {
  defineDetector,
  type Judge,
  type Judgement,
  type SeriesContext,
  type SeriesPoint,
} from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { judgedByScore } from './support/band-of-score.js';
import { defaultAcceptAfter } from './support/defaults.js';
import { acceptAfterParameter } from './support/parameters.js';
import { quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';

const NAME = 'flatline';

const Parameters = z.strictObject({
  points: z
    .number()
    .int()
    .min(2)
    .max(10_000)
    .optional()
    .describe(
      'Points in a row with the same value that are still usual. Default: three times the longest such run so far, and at least 6.',
    ),
  warm_up: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(24)
    .describe('Changes of the value that must have been seen before it can be said to be stuck.'),
  accept_after: acceptAfterParameter(
    'Points beyond the usual run after which a run of that length is usual, unless `points` says what is.',
  ),
});

const State = z.object({
  last: z.number().nullable(),
  run: z.number().int(),
  longest: z.number().int(),
  changes: z.number().int(),
  points: z.number().int(),
  mean: z.number(),
  departure: z.number(),
});

const LEAST_RUN = 6;
const TIMES_LONGEST = 3;
/** Points after which the mean that the band is drawn around forgets. */
const MEMORY = 336;
/** Half width of the band, in usual departures. */
const WIDTH = 3;

/**
 * A value that no longer moves: a sensor, a feed or a job that is stuck goes on delivering its last number. How long
 * a run of equal values is usual is learned from the runs before (the longest one), so that a series of rare cases,
 * which is mostly 0, is left alone. A series that never moved cannot be told from one that is stuck: cold_start.
 */
export const flatline = defineDetector({
  name: NAME,
  fixed: true,
  description: 'A value that has stopped moving, in a series that used to.',
  parameters: Parameters,
  create: (params, series, saved) => new FlatlineJudge(params, series, saved),
});

class FlatlineJudge implements Judge {
  readonly #params: z.infer<typeof Parameters>;
  readonly #kind: SeriesContext['kind'];
  readonly #acceptAfter: number;
  #s: z.infer<typeof State>;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#acceptAfter = params.accept_after ?? defaultAcceptAfter(series);
    this.#s =
      saved === undefined
        ? { last: null, run: 0, longest: 0, changes: 0, points: 0, mean: 0, departure: 0 }
        : readState(State, saved, NAME);
  }

  observe(point: SeriesPoint): Judgement {
    const { value } = quantityOf(point, this.#kind);
    const s = this.#s;
    const usual = this.#params.points ?? Math.max(LEAST_RUN, TIMES_LONGEST * s.longest);
    if (value === s.last) s.run += 1;
    else {
      if (s.run <= usual || s.changes < this.#params.warm_up) s.longest = Math.max(s.longest, s.run);
      if (s.last !== null) s.changes += 1;
      s.run = 1;
    }
    s.last = value;
    const { mean, departure } = s;
    if (s.run <= usual) this.#learn(value);
    else if (s.run >= usual + this.#acceptAfter) s.longest = s.run;
    if (s.changes < this.#params.warm_up) return { status: 'not_evaluable', reason: 'cold_start' };
    const limits =
      this.#kind === 'rate'
        ? { floor: 0, ceiling: 1 }
        : { floor: Number.NEGATIVE_INFINITY, ceiling: Number.POSITIVE_INFINITY };
    return judgedByScore(value, mean, WIDTH * departure, s.run / usual, limits);
  }

  save(): Json {
    return { ...this.#s };
  }

  #learn(value: number): void {
    const s = this.#s;
    s.points += 1;
    const share = 1 / Math.min(s.points, MEMORY);
    s.departure += (Math.abs(value - s.mean) - s.departure) * share;
    s.mean += (value - s.mean) * share;
  }
}
