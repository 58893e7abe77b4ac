import { z } from 'zod';

export const ShapeMemoryState = z.object({
  /** Their means; null for a break, where time is missing. */
  blocks: z.array(z.number().nullable()),
  sum: z.number(),
  count: z.number().int(),
  /** Values that are passed over before the next block. */
  skip: z.number().int(),
  distance: z.number(),
});

export interface ShapeMemoryOptions {
  /** Points that are averaged into one block. */
  blockPoints: number;
  /** Blocks that make a shape. */
  shapeBlocks: number;
  /** Blocks that are remembered. */
  memoryBlocks: number;
}

/**
 * How little the latest shape of a series resembles any remembered one: the Euclidean distance from the last few
 * blocks to their nearest neighbour in the past, which does not overlap them. This is the discord of Keogh, Lin
 * and Fu (2005), looked for online and on averages; the level is left in, because the same shape on another
 * level is news.
 */
export class ShapeMemory {
  readonly #options: ShapeMemoryOptions;
  #s: z.infer<typeof ShapeMemoryState>;

  constructor(options: ShapeMemoryOptions, saved?: z.infer<typeof ShapeMemoryState>) {
    this.#options = options;
    this.#s = saved ?? { blocks: [], sum: 0, count: 0, skip: 0, distance: 0 };
  }

  /**
   * Time is missing: no shape goes across it.
   *
   * @param skip values to pass over, so that blocks begin where those before began, and can look like them.
   */
  interrupt(skip: number): void {
    const s = this.#s;
    this.#take(null);
    s.sum = 0;
    s.count = 0;
    s.distance = 0;
    s.skip = skip;
  }

  /** Takes in a value; answers the distance of the last whole shape, 0 while there is none to compare it with. */
  observe(value: number): number {
    const s = this.#s;
    if (s.skip > 0) {
      s.skip -= 1;
      return s.distance;
    }
    s.sum += value;
    s.count += 1;
    if (s.count < this.#options.blockPoints) return s.distance;
    this.#take(s.sum / s.count);
    s.sum = 0;
    s.count = 0;
    s.distance = this.#nearest();
    return s.distance;
  }

  save(): z.infer<typeof ShapeMemoryState> {
    return { ...this.#s, blocks: [...this.#s.blocks] };
  }

  #take(block: number | null): void {
    const { blocks } = this.#s;
    blocks.push(block);
    if (blocks.length > this.#options.memoryBlocks) blocks.shift();
  }

  #nearest(): number {
    const { blocks } = this.#s;
    const width = this.#options.shapeBlocks;
    const last = blocks.length - 1;
    let best = Number.POSITIVE_INFINITY;
    for (let end = width - 1; end <= last - width; end += 1) {
      let distance = 0;
      for (let back = 0; back < width && distance < best; back += 1) {
        const here = blocks[last - back] as number | null;
        const there = blocks[end - back] as number | null;
        distance += here === null || there === null ? Number.POSITIVE_INFINITY : (here - there) ** 2;
      }
      if (distance < best) best = distance;
    }
    return Number.isFinite(best) ? Math.sqrt(best) : 0;
  }
}
