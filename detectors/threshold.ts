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
import { normalQuantile } from './support/normal.js';
import { quantityOf } from './support/quantity.js';
import { readState } from './support/read-state.js';

const NAME = 'threshold';

const Parameters = z
  .strictObject({
    above: z.number().optional().describe("Anomalous above this, in the metric's unit."),
    below: z.number().optional().describe("Anomalous below this, in the metric's unit; less than above."),
    confidence: z
      .number()
      .min(0)
      .lt(1)
      .default(0.95)
      .describe(
        'Rates only: how sure it must be that the rate itself, not only this sample of it, is beyond. 0 takes the sample as it is.',
      ),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, {
    path: ['above'],
    message: 'or below must be given',
  })
  .refine(({ above, below }) => above === undefined || below === undefined || below < above, {
    path: ['below'],
    message: 'must be less than above',
  });

const State = z.object({ least: z.number().nullable(), greatest: z.number().nullable() });

/** The room between a limit and what is expected where there is only one limit and it is 0. */
const SOME = 1;

/**
 * A fixed limit, for what was promised rather than learned. A rate is beyond its limit when its Wilson interval
 * (1927) of the wanted confidence lies wholly beyond it, which is the case from limit ± z·√(limit·(1 − limit)/n)
 * on: 3 of 4 is not above 5 %, 300 of 4,000 is. A limit above 1 is one for a ratio of two different counts, with
 * Poisson's z·√(limit/n).
 *
 * What is expected is the middle between two limits; with one alone, 0 on the good side of it, or half or twice
 * the limit where 0 is not on that side. The open side of the band reaches as far as the series ever did.
 */
export const threshold = defineDetector({
  name: NAME,
  fixed: true,
  description: 'A fixed limit above or below, with sampling error taken into account.',
  parameters: Parameters,
  create: (params, series, saved) => new ThresholdJudge(params, series, saved),
});

/** Of a single case at the limit; only a ratio of two different counts has one above 1. */
const varianceAt = (limit: number): number => (limit > 1 ? limit : limit * (1 - limit));

class ThresholdJudge implements Judge {
  readonly #above: number | undefined;
  readonly #below: number | undefined;
  readonly #kind: SeriesContext['kind'];
  readonly #z: number;
  #reach: z.infer<typeof State>;

  constructor(params: z.infer<typeof Parameters>, series: SeriesContext, saved?: Json) {
    this.#above = params.above;
    this.#below = params.below;
    this.#kind = series.kind;
    this.#z = params.confidence === 0 ? 0 : normalQuantile((1 - params.confidence) / 2);
    this.#reach = saved === undefined ? { least: null, greatest: null } : readState(State, saved, NAME);
  }

  observe(point: SeriesPoint): Judgement {
    const { value, size } = quantityOf(point, this.#kind);
    const least = Math.min(this.#reach.least ?? value, value);
    const greatest = Math.max(this.#reach.greatest ?? value, value);
    this.#reach = { least, greatest };
    const room = (limit: number) =>
      this.#kind === 'rate' ? this.#z * Math.sqrt(Math.max(0, varianceAt(limit)) / size) : 0;
    const expected = this.#expected();
    const upper = this.#above === undefined ? null : this.#above + room(this.#above);
    const lower = this.#below === undefined ? null : this.#below - room(this.#below);
    const up = upper !== null && (lower === null || value >= expected);
    const edge = up ? upper : (lower ?? expected);
    return judged(
      {
        expected,
        floor: this.#kind === 'rate' ? Math.min(0, expected) : Number.NEGATIVE_INFINITY,
        ceiling: this.#kind === 'rate' && greatest <= 1 ? 1 : Number.POSITIVE_INFINITY,
      },
      {
        lower: lower ?? Math.min(least, expected),
        upper: upper ?? Math.max(greatest, expected),
        score: Math.max(0, (value - expected) / (edge - expected)),
        direction: value >= expected ? 'up' : 'down',
      },
    );
  }

  save(): Json {
    return { ...this.#reach };
  }

  #expected(): number {
    const above = this.#above;
    const below = this.#below;
    if (above !== undefined && below !== undefined) return (above + below) / 2;
    if (above !== undefined) return above > 0 ? 0 : 2 * above - (above === 0 ? SOME : 0);
    const limit = below as number;
    return limit < 0 ? 0 : 2 * limit + (limit === 0 ? SOME : 0);
  }
}
