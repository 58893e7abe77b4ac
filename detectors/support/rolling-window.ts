import { z } from 'zod';

export const RollingWindowState = z.object({
  values: z.array(z.number()),
  weights: z.array(z.number()),
  next: z.number().int(),
  sinceRefresh: z.number().int(),
  anchor: z.number(),
  weight: z.number(),
  moment1: z.number(),
  moment2: z.number(),
  broken: z.number().int(),
});

/**
 * The last `capacity` values with their weights, and their weighted mean and sum of squares at a constant cost
 * per value. The running sums are taken around a value of the window and are made anew once in a window's
 * length, so that neither cancellation nor the rounding of many additions and removals can build up.
 */
export class RollingWindow {
  readonly #capacity: number;
  #s: z.infer<typeof RollingWindowState>;

  constructor(capacity: number, saved?: z.infer<typeof RollingWindowState>) {
    this.#capacity = capacity;
    this.#s = saved ?? emptyState();
  }

  get count(): number {
    return this.#s.values.length;
  }

  /** How many values stand behind the sum of squares. */
  get points(): number {
    return this.#s.values.length;
  }

  /** Sum of the weights: for a rate, everything that was counted over. */
  get weight(): number {
    return this.#s.weight;
  }

  get mean(): number {
    const { anchor, moment1, weight } = this.#s;
    return weight > 0 ? anchor + moment1 / weight : anchor;
  }

  /** Weighted sum of squared distances from the mean. */
  get sumOfSquares(): number {
    const { moment1, moment2, weight } = this.#s;
    return weight > 0 ? Math.max(0, moment2 - (moment1 * moment1) / weight) : 0;
  }

  /** True when every value is a whole number that is not negative, as counts are. */
  get isCounts(): boolean {
    return this.#s.broken === 0;
  }

  /** Takes in a value; answers the one that it pushed out, null when there was room. */
  add(value: number, weight: number): number | null {
    const s = this.#s;
    let dropped: number | null = null;
    if (s.values.length < this.#capacity) {
      s.values.push(value);
      s.weights.push(weight);
      if (s.values.length === 1) s.anchor = value;
    } else {
      dropped = s.values[s.next] as number;
      this.#count(dropped, s.weights[s.next] as number, -1);
      s.values[s.next] = value;
      s.weights[s.next] = weight;
      s.next = (s.next + 1) % this.#capacity;
    }
    this.#count(value, weight, 1);
    s.sinceRefresh += 1;
    if (s.sinceRefresh >= this.#capacity) this.#refresh();
    return dropped;
  }

  /** Forgets everything that `keep` says no to. */
  filter(keep: (value: number, weight: number) => boolean): void {
    const pairs = this.entries().filter(([value, weight]) => keep(value, weight));
    this.#s = emptyState();
    for (const [value, weight] of pairs) this.add(value, weight);
  }

  /** Values with their weights, oldest first. */
  entries(): [value: number, weight: number][] {
    const { values, weights, next } = this.#s;
    return values.map((_, index) => {
      const at = (next + index) % values.length;
      return [values[at] as number, weights[at] as number];
    });
  }

  clear(): void {
    this.#s = emptyState();
  }

  save(): z.infer<typeof RollingWindowState> {
    return { ...this.#s, values: [...this.#s.values], weights: [...this.#s.weights] };
  }

  #count(value: number, weight: number, sign: 1 | -1): void {
    const s = this.#s;
    const distance = value - s.anchor;
    s.weight += sign * weight;
    s.moment1 += sign * weight * distance;
    s.moment2 += sign * weight * distance * distance;
    if (!Number.isInteger(value) || value < 0) s.broken += sign;
  }

  #refresh(): void {
    const s = this.#s;
    Object.assign(s, { anchor: this.mean, sinceRefresh: 0, weight: 0, moment1: 0, moment2: 0, broken: 0 });
    for (let at = 0; at < s.values.length; at += 1) {
      this.#count(s.values[at] as number, s.weights[at] as number, 1);
    }
  }
}

function emptyState(): z.infer<typeof RollingWindowState> {
  return {
    values: [],
    weights: [],
    next: 0,
    sinceRefresh: 0,
    anchor: 0,
    weight: 0,
    moment1: 0,
    moment2: 0,
    broken: 0,
  };
}
