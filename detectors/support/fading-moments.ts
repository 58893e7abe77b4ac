import { z } from 'zod';

export const FadingMomentsState = z.object({
  mean: z.number(),
  weight: z.number(),
  squares: z.number(),
  weightSquares: z.number(),
  points: z.number(),
  isCounts: z.boolean(),
});

/**
 * Weighted mean and sum of squares with exponentially fading memory, by the updates of West (1979): no value is kept,
 * and nothing is subtracted from something nearly as great. The first values count alike, because there is not yet
 * anything older that could count less.
 */
export class FadingMoments {
  readonly #keep: number;
  // Numbers from the start: a field that was once undefined takes a new place in memory for each number it is given.
  #mean = 0;
  #weight = 0;
  #squares = 0;
  #weightSquares = 0;
  #points = 0;
  #isCounts = true;

  /** @param memory values after which one counts a third of what it did (1/e). */
  constructor(memory: number, saved?: z.infer<typeof FadingMomentsState>) {
    this.#keep = 1 - 1 / memory;
    if (saved === undefined) return;
    this.#mean = saved.mean;
    this.#weight = saved.weight;
    this.#squares = saved.squares;
    this.#weightSquares = saved.weightSquares;
    this.#points = saved.points;
    this.#isCounts = saved.isCounts;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Sum of the weights: for a rate, what was counted over. */
  get weight(): number {
    return this.#weight;
  }

  /** Weighted sum of squared distances from the mean. */
  get sumOfSquares(): number {
    return this.#squares;
  }

  /** How many values of equal weight would know as much (Kish, 1965). */
  get count(): number {
    return this.#weightSquares > 0 ? (this.#weight * this.#weight) / this.#weightSquares : 0;
  }

  /** How many values stand behind the sum of squares, with the same fading. */
  get points(): number {
    return this.#points;
  }

  /** True when every value was a whole number that is not negative, as counts are. */
  get isCounts(): boolean {
    return this.#isCounts;
  }

  add(value: number, weight: number): void {
    const keep = this.#keep;
    const total = keep * this.#weight + weight;
    const distance = value - this.#mean;
    this.#mean += (weight / total) * distance;
    this.#squares = keep * this.#squares + weight * distance * (value - this.#mean);
    this.#weight = total;
    this.#points = keep * this.#points + 1;
    this.#weightSquares = keep * keep * this.#weightSquares + weight * weight;
    if (this.#isCounts && (value < 0 || !Number.isInteger(value))) this.#isCounts = false;
  }

  save(): z.infer<typeof FadingMomentsState> {
    return {
      mean: this.#mean,
      weight: this.#weight,
      squares: this.#squares,
      weightSquares: this.#weightSquares,
      points: this.#points,
      isCounts: this.#isCounts,
    };
  }
}
