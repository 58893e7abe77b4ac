import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import { RedressError } from '../../src/model/errors.js';
import type { Json } from '../../src/model/json.js';
import { judged } from '../support/band.js';
import { quantityOf } from '../support/quantity.js';
import { readState } from '../support/read-state.js';
import { bernoulliSteps, limitForRunLength, type Rates } from '../support/run-length.js';

/** The sum; null before the first point. */
const State = z.object({ sum: z.number().nonnegative().nullable() });

export interface LikelihoodOptions extends Rates {
  /** Wanted mean number of orders between false alarms. */
  runLength: number;
  /** Where the sum starts, in parts of the limit. */
  headStart: number;
}

/** Limits are found for sizes that are so many powers of two apart, and interpolated between them. */
const OCTAVES = 0.5;
/** Series of one metric share their limits, and finding one takes some milliseconds. */
const limits = new Map<string, number>();

function limitOf(options: LikelihoodOptions, size: number): number {
  const place = Math.max(0, Math.log2(size)) / OCTAVES;
  const low = Math.floor(place);
  const share = place - low;
  const at = (step: number): number => limitAt(options, Math.round(2 ** (step * OCTAVES)));
  return share === 0 ? at(low) : (1 - share) * at(low) + share * at(low + 1);
}

function limitAt({ p0, p1, runLength }: LikelihoodOptions, size: number): number {
  const key = `${p0} ${p1} ${runLength} ${size}`;
  const limit = limits.get(key) ?? limitForRunLength({ p0, p1 }, runLength, size);
  limits.set(key, limit);
  return limit;
}

/**
 * The log-likelihood ratio CUSUM of Page (1954) on the orders themselves (Reynolds and Stoumbos, 1999): no rule
 * with as few false alarms finds the change from p0 to p1 sooner (Moustakides, 1986). The limit follows from the
 * wanted run length ({@link limitForRunLength}).
 *
 * A bucket does not say in which order its cases came, so that the sum is seen at its end alone; the more orders it has,
 * the lower is the limit that gives the same run. The sum is held to the limit once it has signalled, so that an alert
 * ends soon after its cause does.
 */
export class LikelihoodCusumJudge implements Judge {
  readonly #options: LikelihoodOptions;
  readonly #isRate: boolean;
  #sum: number | null;

  constructor(detector: string, options: LikelihoodOptions, series: SeriesContext, saved?: Json) {
    this.#options = options;
    this.#isRate = series.kind === 'rate';
    this.#sum = saved === undefined ? null : readState(State, saved, detector).sum;
  }

  observe(point: SeriesPoint): Judgement {
    if (!this.#isRate)
      throw new RedressError('usage', 'cusum with p0 judges rates; this series has no denominator');
    const { value, cases, size } = quantityOf(point, 'rate');
    const { p0, headStart } = this.#options;
    const { up, down } = bernoulliSteps(this.#options);
    const limit = limitOf(this.#options, size);
    const before = Math.min(this.#sum ?? headStart * limit, limit);
    const after = Math.max(0, before + cases * up - Math.max(0, size - cases) * down);
    // A sum that is no number would stay none until a restart.
    this.#sum = Number.isNaN(after) ? before : Math.min(after, limit);
    const room = limit - before;
    // Where there are more cases than orders none takes anything away.
    const edge = room > size * up ? room / up : (room + size * down) / (up + down);
    return judged(
      { expected: p0, floor: 0, ceiling: Number.POSITIVE_INFINITY },
      { lower: 0, upper: edge / size, score: after / limit, direction: value >= p0 ? 'up' : 'down' },
    );
  }

  save(): Json {
    return { sum: this.#sum };
  }
}
