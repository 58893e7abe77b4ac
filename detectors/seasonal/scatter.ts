import type { Prediction } from '../support/band.js';
import { predictRate, predictValue } from '../support/count-prediction.js';
import { dispersionOfCounts, varianceOfCase } from '../support/dispersion.js';
import type { Quantity } from '../support/quantity.js';
import type { Form } from './forms.js';
import type { SeasonalModelState } from './state.js';

type State = Pick<SeasonalModelState, 'spread' | 'isCounts' | 'exceedsOne'>;

/** Cases expected of a point, and their variance before the dispersion. */
export interface Moments {
  mean: number;
  variance: number;
}

/** One case more or less than usual is never clipped, however rare cases are. */
const LEAST_CLIP = 2;
/** Squared distances before the spread of values is believed at all. */
const LEAST_SPREAD_WEIGHT = 6;
/** A point of values has at least this part of the usual one's variance: nights are not exact. */
const LEAST_VARIANCE_SHARE = 0.05;
const LEAST = 1e-9;

/**
 * How points scatter around what is expected of them: with the variance φ·V, V that of a count (see `dispersion.ts`), 1
 * where rhythms add. φ is learned from squared distances, each in parts of the V that was known before.
 */
export class Scatter {
  readonly #isRate: boolean;
  readonly #keep: number;
  readonly #s: State;

  /** @param memory points after which a distance counts a third of what it did (1/e). */
  constructor(isRate: boolean, memory: number, saved?: State) {
    this.#isRate = isRate;
    this.#keep = 1 - 1 / memory;
    const { spread, isCounts, exceedsOne } = saved ?? {
      spread: { squares: 0, weight: 0 },
      isCounts: true,
      exceedsOne: false,
    };
    this.#s = { spread, isCounts, exceedsOne };
  }

  /** False while values are too few for a spread; that of a rate is known beforehand. */
  get isKnown(): boolean {
    return this.#isRate || this.#s.spread.weight >= LEAST_SPREAD_WEIGHT;
  }

  /** φ: the variance of a point in parts of a count's. */
  get dispersion(): number {
    const { squares, weight } = this.#s.spread;
    return this.#isRate ? dispersionOfCounts(squares, weight) : squares / weight;
  }

  /** False for a ratio of two different counts, of which one may exceed the other. */
  get isShare(): boolean {
    return this.#isRate && !this.#s.exceedsOne;
  }

  /** Cases within which nothing is clipped; 0 for values that are not counts. */
  get leastClip(): number {
    return this.#isRate || this.#s.isCounts ? LEAST_CLIP : 0;
  }

  /** @param uncertainty of the mean, as the variance of the true one in parts of its square; of V where rhythms add. */
  varianceOf({ multiplies, base }: Form, mean: number, size: number, uncertainty = 0): number {
    if (!multiplies) return 1 + uncertainty;
    if (this.#isRate) return size * varianceOfCase(mean / size) + mean * mean * uncertainty;
    const uncertain = Number.isFinite(uncertainty) ? Math.min(mean, mean * mean * uncertainty) : mean;
    return Math.max(mean, LEAST_VARIANCE_SHARE * base, LEAST) + uncertain;
  }

  predictionOf(moments: Moments, size: number): Prediction {
    const { spread, isCounts } = this.#s;
    return this.#isRate
      ? predictRate(moments, size, this.dispersion, spread.weight, this.isShare)
      : predictValue(moments, this.dispersion, spread.weight, isCounts);
  }

  /** Notes what kind of numbers these are. */
  note({ cases, size }: Quantity): void {
    const s = this.#s;
    if (!this.#isRate && s.isCounts && (cases < 0 || !Number.isInteger(cases))) s.isCounts = false;
    if (this.#isRate && cases > size) s.exceedsOne = true;
  }

  /** @param square of a distance from the mean, in parts of the variance before φ. */
  learn(square: number): void {
    const { spread } = this.#s;
    spread.squares = this.#keep * spread.squares + square;
    spread.weight = this.#keep * spread.weight + 1;
  }

  save(): State {
    return structuredClone(this.#s);
  }
}
