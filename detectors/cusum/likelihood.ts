import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import { RedressError } from '../../src/model/errors.js';
import type { Json } from '../../src/model/json.js';
import { judged } from '../support/band.js';
import { quantityOf } from '../support/quantity.js';
import { readState } from '../support/read-state.js';
import { type BernoulliSteps, bernoulliSteps, limitForRunLength } from '../support/run-length.js';

const State = z.object({ sum: z.number().nonnegative() });

export interface LikelihoodOptions {
  /** Rate when all is well. */
  p0: number;
  /** Rate that should be found; above p0. */
  p1: number;
  /** Wanted mean number of orders between false alarms. */
  runLength: number;
  /** Where the sum starts, in parts of the limit. */
  headStart: number;
}

/** Series of one metric share their limit, and finding one takes some milliseconds. */
const limits = new Map<string, number>();

function limitOf({ p0, p1, runLength }: LikelihoodOptions): number {
  const key = `${p0} ${p1} ${runLength}`;
  const limit = limits.get(key) ?? limitForRunLength(bernoulliSteps(p0, p1), p0, runLength);
  limits.set(key, limit);
  return limit;
}

/**
 * The log-likelihood ratio CUSUM of Page (1954) on the orders themselves (Reynolds and Stoumbos, 1999): no rule
 * with as few false alarms finds the change from p0 to p1 sooner (Moustakides, 1986). The limit follows from the
 * wanted run length ({@link limitForRunLength}).
 *
 * A bucket does not say in which order its cases came; they are taken to be spread evenly over it. The sum is held
 * to the limit once it has signalled, so that an alert ends soon after its cause does.
 */
export class LikelihoodCusumJudge implements Judge {
  readonly #options: LikelihoodOptions;
  readonly #steps: BernoulliSteps;
  readonly #limit: number;
  readonly #isRate: boolean;
  #sum = 0;

  constructor(detector: string, options: LikelihoodOptions, series: SeriesContext, saved?: Json) {
    this.#options = options;
    this.#steps = bernoulliSteps(options.p0, options.p1);
    this.#limit = limitOf(options);
    this.#isRate = series.kind === 'rate';
    this.#sum = saved === undefined ? options.headStart * this.#limit : readState(State, saved, detector).sum;
  }

  observe(point: SeriesPoint): Judgement {
    if (!this.#isRate)
      throw new RedressError('usage', 'cusum with p0 judges rates; this series has no denominator');
    const { value, cases, size } = quantityOf(point, 'rate');
    const { peak, end } = this.#walk(cases, size);
    const upper = this.#fewestThatSignal(size) / size;
    this.#sum = Math.min(end, this.#limit);
    return judged(
      { expected: this.#options.p0, floor: 0, ceiling: Number.POSITIVE_INFINITY },
      {
        lower: 0,
        upper,
        score: peak / this.#limit,
        direction: value >= this.#options.p0 ? 'up' : 'down',
      },
    );
  }

  save(): Json {
    return { sum: this.#sum };
  }

  /** The greatest and the last sum of a bucket whose cases are spread evenly over it. */
  #walk(cases: number, size: number): { peak: number; end: number } {
    const { up, down } = this.#steps;
    const between = (Math.max(0, size - cases) / (cases + 1)) * down;
    if (cases === 0) return { peak: this.#sum, end: Math.max(0, this.#sum - between) };
    const first = Math.max(0, this.#sum - between) + up;
    const last = Math.max(up, first + (cases - 1) * (up - between));
    return { peak: Math.max(first, last), end: Math.max(0, last - between) };
  }

  /** Half a case below the fewest cases that would take the sum over the limit, so that no count is on the edge. */
  #fewestThatSignal(size: number): number {
    const signals = (cases: number) => this.#walk(cases, size).peak > this.#limit;
    let below = 0;
    let above = 1;
    while (!signals(above)) {
      below = above;
      above *= 2;
    }
    while (above - below > 1) {
      const middle = (below + above) >> 1;
      if (signals(middle)) above = middle;
      else below = middle;
    }
    return above - 0.5;
  }
}
