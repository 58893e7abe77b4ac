import { z } from 'zod';

export const FadingTailState = z.object({
  bins: z.array(z.tuple([z.number(), z.number()])),
  total: z.number(),
  unit: z.number(),
  seen: z.number().int(),
});

/** Bins are five parts in a hundred wide, which is the relative error of a remembered size. */
const BIN_WIDTH = 0.05;
const LEAST_SIZE = 1e-12;
/** The bin of sizes that are nothing, as it is saved. */
const NOTHING = -100_000;
/** Bins that are made at once beyond the one that is wanted. */
const SPARE = 8;
/** Fewer than this say nothing about how rare anything is. */
const LEAST_SEEN = 20;
/** The tail that is fitted: this share of what is remembered, and no fewer than so many. */
const TAIL_SHARE = 0.05;
const LEAST_TAIL = 10;
/** Sizes that hardly differ would make the smallest step beyond them infinitely surprising. */
const LEAST_TAIL_INDEX = 0.02;
/** Beyond a history of nothing but zeros there is no tail to fit: as surprising as a thousand times as many zeros. */
const BEYOND_NOTHING = 3;
const GREATEST_UNIT = 1e6;
const FORGOTTEN = 1e-3;

/**
 * How rarely a departure has been this large, from all past departures with fading memory. The sizes are kept as
 * weights of logarithmic bins (as in DDSketch: Masson, Rim and Lee, 2019), so that the state is some hundred
 * numbers however long the history. Beyond the largest size seen, the tail goes on as a power law with the
 * exponent of Hill (1975).
 */
export class FadingTail {
  readonly #memory: number;
  /** The weights of the bins, from the lowest on. */
  #weights = new Float64Array(0);
  #lowest = 0;
  /** The weight of sizes that are nothing. */
  #nothing = 0;
  #total = 0;
  /** The weight of a size added now; it grows instead of all others fading. */
  #unit = 1;
  #seen = 0;

  /** @param memory sizes after which one counts a third of what it did (1/e). */
  constructor(memory: number, saved?: z.infer<typeof FadingTailState>) {
    this.#memory = memory;
    if (saved === undefined) return;
    for (const [bin, weight] of saved.bins) this.#put(bin, weight);
    this.#total = saved.total;
    this.#unit = saved.unit;
    this.#seen = saved.seen;
  }

  /** −log₁₀ of the probability of a size at least this large; 0 or greater, 0 while little is known. */
  surprise(size: number): number {
    if (this.#seen < LEAST_SEEN) return 0;
    const bin = binOf(size);
    const weights = this.#weights;
    let beyond = bin === NOTHING ? this.#nothing : 0;
    for (let at = weights.length - 1; at >= 0 && at >= bin - this.#lowest; at -= 1)
      beyond += weights[at] as number;
    beyond /= this.#unit;
    const rare = Math.log10((this.#total / this.#unit + 1) / (beyond + 0.5));
    return beyond >= 0.5 ? Math.max(0, rare) : rare + this.#beyondLargest(bin);
  }

  add(size: number): void {
    this.#put(binOf(size), this.#unit);
    this.#total += this.#unit;
    this.#seen += 1;
    this.#unit /= 1 - 1 / this.#memory;
    if (this.#unit > GREATEST_UNIT) this.#rescale();
  }

  save(): z.infer<typeof FadingTailState> {
    const bins: [bin: number, weight: number][] = this.#nothing > 0 ? [[NOTHING, this.#nothing]] : [];
    this.#weights.forEach((weight, at) => {
      if (weight > 0) bins.push([this.#lowest + at, weight]);
    });
    return { bins, total: this.#total, unit: this.#unit, seen: this.#seen };
  }

  #put(bin: number, weight: number): void {
    if (bin === NOTHING) this.#nothing += weight;
    else {
      this.#makeRoomFor(bin);
      const at = bin - this.#lowest;
      this.#weights[at] = (this.#weights[at] as number) + weight;
    }
  }

  #makeRoomFor(bin: number): void {
    const { length } = this.#weights;
    const end = this.#lowest + length;
    if (length > 0 && bin >= this.#lowest && bin < end) return;
    const lowest = length === 0 || bin < this.#lowest ? bin - SPARE : this.#lowest;
    const weights = new Float64Array(Math.max(bin + SPARE + 1, length === 0 ? lowest : end) - lowest);
    weights.set(this.#weights, length === 0 ? 0 : this.#lowest - lowest);
    this.#weights = weights;
    this.#lowest = lowest;
  }

  /** What the distance from the largest remembered size adds, in powers of ten. */
  #beyondLargest(bin: number): number {
    const weights = this.#weights;
    const greatest = weights.findLastIndex((weight) => weight > 0);
    if (greatest < 0) return bin === NOTHING ? 0 : BEYOND_NOTHING;
    const wanted = Math.max(LEAST_TAIL, (TAIL_SHARE * this.#total) / this.#unit);
    const largest = this.#lowest + greatest;
    let weight = 0;
    let sum = 0;
    let threshold = largest;
    for (let at = greatest; at >= 0 && weight < wanted; at -= 1) {
      const ofBin = (weights[at] as number) / this.#unit;
      if (ofBin === 0) continue;
      threshold = this.#lowest + at;
      weight += ofBin;
      sum += ofBin * threshold;
    }
    const index = Math.max(LEAST_TAIL_INDEX, (sum / weight - threshold) * BIN_WIDTH);
    return Math.max(0, ((bin - largest) * BIN_WIDTH) / Math.LN10 / index);
  }

  #rescale(): void {
    const scaled = (weight: number): number => (weight / this.#unit < FORGOTTEN ? 0 : weight / this.#unit);
    this.#nothing = scaled(this.#nothing);
    this.#weights = this.#weights.map(scaled);
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, this.#nothing);
    this.#unit = 1;
  }
}

function binOf(size: number): number {
  return size <= LEAST_SIZE ? NOTHING : Math.round(Math.log(size) / BIN_WIDTH);
}
