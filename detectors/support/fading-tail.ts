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
/** The bin of sizes that are nothing. */
const NOTHING = -100_000;
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
  readonly #bins: Map<number, number>;
  #total: number;
  /** The weight of a size added now; it grows instead of all others fading. */
  #unit: number;
  #seen: number;

  /** @param memory sizes after which one counts a third of what it did (1/e). */
  constructor(memory: number, saved?: z.infer<typeof FadingTailState>) {
    this.#memory = memory;
    this.#bins = new Map(saved?.bins);
    this.#total = saved?.total ?? 0;
    this.#unit = saved?.unit ?? 1;
    this.#seen = saved?.seen ?? 0;
  }

  /** −log₁₀ of the probability of a size at least this large; 0 or greater, 0 while little is known. */
  surprise(size: number): number {
    if (this.#seen < LEAST_SEEN) return 0;
    const bin = binOf(size);
    let beyond = 0;
    for (const [at, weight] of this.#bins) if (at >= bin) beyond += weight;
    beyond /= this.#unit;
    const rare = Math.log10((this.#total / this.#unit + 1) / (beyond + 0.5));
    return beyond >= 0.5 ? Math.max(0, rare) : rare + this.#beyondLargest(bin);
  }

  add(size: number): void {
    const bin = binOf(size);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + this.#unit);
    this.#total += this.#unit;
    this.#seen += 1;
    this.#unit /= 1 - 1 / this.#memory;
    if (this.#unit > GREATEST_UNIT) this.#rescale();
  }

  save(): z.infer<typeof FadingTailState> {
    return { bins: [...this.#bins], total: this.#total, unit: this.#unit, seen: this.#seen };
  }

  /** What the distance from the largest remembered size adds, in powers of ten. */
  #beyondLargest(bin: number): number {
    const descending = [...this.#bins].sort(([a], [b]) => b - a);
    const [largest = NOTHING] = descending[0] ?? [];
    if (largest === NOTHING) return bin === NOTHING ? 0 : BEYOND_NOTHING;
    const wanted = Math.max(LEAST_TAIL, (TAIL_SHARE * this.#total) / this.#unit);
    let weight = 0;
    let sum = 0;
    let threshold = largest;
    for (const [at, ofBin] of descending) {
      if (weight >= wanted || at === NOTHING) break;
      weight += ofBin / this.#unit;
      sum += (ofBin / this.#unit) * at;
      threshold = at;
    }
    const index = Math.max(LEAST_TAIL_INDEX, (sum / weight - threshold) * BIN_WIDTH);
    return Math.max(0, ((bin - largest) * BIN_WIDTH) / Math.LN10 / index);
  }

  #rescale(): void {
    this.#total = 0;
    for (const [bin, weight] of this.#bins) {
      const scaled = weight / this.#unit;
      if (scaled < FORGOTTEN) this.#bins.delete(bin);
      else {
        this.#bins.set(bin, scaled);
        this.#total += scaled;
      }
    }
    this.#unit = 1;
  }
}

function binOf(size: number): number {
  return size <= LEAST_SIZE ? NOTHING : Math.round(Math.log(size) / BIN_WIDTH);
}
