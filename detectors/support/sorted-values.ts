const LEAST_ROOM = 64;

/** Values in order, with their median and MAD, kept up as values come and go. */
export class SortedValues {
  #values: Float64Array;
  #count = 0;

  constructor(values: readonly number[]) {
    this.#values = new Float64Array(Math.max(LEAST_ROOM, values.length));
    this.#values.set(values);
    this.#count = values.length;
    this.#values.subarray(0, this.#count).sort();
  }

  add(value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    const at = this.#from(value);
    this.#values.copyWithin(at + 1, at, this.#count);
    this.#values[at] = value;
    this.#count += 1;
  }

  /** The same as removing one value and adding another, moving only what lies between them. */
  replace(old: number, value: number): void {
    const values = this.#values;
    const from = this.#from(old);
    const to = this.#from(value);
    if (to > from) {
      values.copyWithin(from, from + 1, to);
      values[to - 1] = value;
    } else {
      values.copyWithin(to + 1, to, from);
      values[to] = value;
    }
  }

  /** The middle value, or the mean of the two in the middle. There must be a value. */
  get median(): number {
    const half = this.#count >> 1;
    const upper = this.#at(half);
    return this.#count % 2 === 1 ? upper : (this.#at(half - 1) + upper) / 2;
  }

  /**
   * The median distance from the median. The distances to its left and to its right are each in order already, so
   * that a binary search over how many of the smaller half lie to the left finds the middle without making them.
   */
  get medianAbsoluteDeviation(): number {
    const values = this.#values;
    const count = this.#count;
    const centre = this.median;
    const split = this.#from(centre);
    // So many of the smallest distances end with the middle one.
    const wanted = (count >> 1) + 1;
    let least = Math.max(0, wanted - (count - split));
    let most = Math.min(wanted, split);
    while (least < most) {
      const left = (least + most) >> 1;
      const nextLeft = centre - (values[split - 1 - left] as number);
      const lastRight = (values[split + wanted - 1 - left] as number) - centre;
      if (nextLeft < lastRight) least = left + 1;
      else most = left;
    }
    const right = wanted - least;
    const farLeft = least > 0 ? centre - this.#at(split - least) : Number.NEGATIVE_INFINITY;
    const farRight = right > 0 ? this.#at(split + right - 1) - centre : Number.NEGATIVE_INFINITY;
    const upper = Math.max(farLeft, farRight);
    if (count % 2 === 1) return upper;
    const before =
      farLeft > farRight
        ? Math.max(farRight, least > 1 ? centre - this.#at(split - least + 1) : Number.NEGATIVE_INFINITY)
        : Math.max(farLeft, right > 1 ? this.#at(split + right - 2) - centre : Number.NEGATIVE_INFINITY);
    return (before + upper) / 2;
  }

  #at(rank: number): number {
    return this.#values[rank] as number;
  }

  /** The place of the first value that is not smaller. */
  #from(value: number): number {
    const values = this.#values;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
