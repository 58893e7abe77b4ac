/** Values in order, with their median and MAD, kept up as values come and go. */
export class SortedValues {
  readonly #values: number[];

  constructor(values: readonly number[]) {
    this.#values = values.toSorted((a, b) => a - b);
  }

  add(value: number): void {
    this.#values.splice(this.#from(value), 0, value);
  }

  remove(value: number): void {
    this.#values.splice(this.#from(value), 1);
  }

  /** The middle value, or the mean of the two in the middle. There must be a value. */
  get median(): number {
    return this.#middle((rank) => this.#values[rank] as number);
  }

  /**
   * The median distance from the median. The distances to its left and to its right are each in order already, so
   * that a binary search over how many of the smallest ones lie to the left finds it without making them.
   */
  get medianAbsoluteDeviation(): number {
    const centre = this.median;
    const split = this.#from(centre);
    return this.#middle((rank) => this.#distance(rank, centre, split));
  }

  #middle(at: (rank: number) => number): number {
    const { length } = this.#values;
    const upper = at(length >> 1);
    return length % 2 === 1 ? upper : (at((length >> 1) - 1) + upper) / 2;
  }

  /** The distance with this rank, from 0. */
  #distance(rank: number, centre: number, split: number): number {
    const left = (at: number) => (at < split ? centre - (this.#values[split - 1 - at] as number) : Infinity);
    const right = (at: number) =>
      split + at < this.#values.length ? (this.#values[split + at] as number) - centre : Infinity;
    let least = Math.max(0, rank - (this.#values.length - split));
    let most = Math.min(rank, split);
    while (least < most) {
      const taken = (least + most) >> 1;
      if (left(taken) < right(rank - 1 - taken)) least = taken + 1;
      else most = taken;
    }
    return Math.min(left(least), right(rank - least));
  }

  /** The place of the first value that is not smaller. */
  #from(value: number): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#values[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
