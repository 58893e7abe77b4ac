import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { z } from 'zod';
import type { Quantity } from './quantity.js';
import { RollingWindow, RollingWindowState } from './rolling-window.js';
import { SortedValues } from './sorted-values.js';

export const LearnedWindowState = z.object({
  window: RollingWindowState,
  ready: z.boolean(),
  exceedsOne: z.boolean(),
  /** The last points out of band in a row, no more than the window holds, and how many there were. */
  outside: z.array(z.tuple([z.number(), z.number()])),
  outsidePoints: z.number().int().default(0),
  side: z.enum(['up', 'down']).nullable(),
});

export interface LearnedWindowOptions {
  kind: 'rate' | 'value';
  /** Length in points. */
  capacity: number;
  /** Points before the first judgement, at most the length. */
  warmUp: number;
  /** Points out of band in a row, on one side, that become the new baseline. */
  acceptAfter: number;
  /** Keeps the values in order as well, for their median. */
  sorted: boolean;
}

/** Warm-up points further than this from their median, in robust standard deviations, are not learned from. */
const SCREEN_WIDTH = 6;
/** The MAD of a normal law times this is its standard deviation. */
export const MAD_TO_DEVIATION = 1.4826;

/**
 * The last points that were in band. The warm-up, which nothing judges, is screened once by median and MAD
 * (Hampel, 1974), so that an accident in it does not blind a detector for a window's length. Points out of band
 * are kept aside, as many as the window holds; those that stay on one side long enough replace it.
 */
export class LearnedWindow {
  readonly window: RollingWindow;
  readonly #options: LearnedWindowOptions;
  #sorted: SortedValues | null;
  #ready: boolean;
  #exceedsOne: boolean;
  #outside: [value: number, size: number][];
  #outsidePoints: number;
  #side: 'up' | 'down' | null;

  constructor(options: LearnedWindowOptions, saved?: z.infer<typeof LearnedWindowState>) {
    this.#options = options;
    this.window = new RollingWindow(options.capacity, saved?.window);
    this.#sorted = this.#sort();
    this.#ready = saved?.ready ?? false;
    this.#exceedsOne = saved?.exceedsOne ?? false;
    this.#outside = saved?.outside.slice(-options.capacity) ?? [];
    // What was saved before it was counted is as many as there are.
    this.#outsidePoints = Math.max(saved?.outsidePoints ?? 0, saved?.outside.length ?? 0);
    this.#side = saved?.side ?? null;
  }

  /** True once there is enough to judge by. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Rates: true once a value above 1 was learned, which a ratio of two different counts may have. */
  get exceedsOne(): boolean {
    return this.#exceedsOne;
  }

  /** The values in order; only where the options asked for them. */
  get sorted(): SortedValues {
    if (this.#sorted === null) throw new Error('the values were not asked to be kept in order');
    return this.#sorted;
  }

  warmUp({ value, size }: Quantity): void {
    this.#add(value, size);
    if (this.window.count >= this.#options.warmUp) this.#screen();
  }

  learn({ value, size }: Quantity): void {
    this.#add(value, size);
    this.#nothingOutside();
  }

  keepOut({ value, size }: Quantity, side: 'up' | 'down'): void {
    if (side !== this.#side) this.#nothingOutside();
    this.#side = side;
    this.#outside.push([value, size]);
    this.#outsidePoints += 1;
    if (this.#outside.length > this.#options.capacity) this.#outside.shift();
    if (this.#outsidePoints < this.#options.acceptAfter) return;
    this.window.clear();
    this.#sorted = this.#sort();
    for (const [accepted, weight] of this.#outside) this.#add(accepted, weight);
    this.#nothingOutside();
    this.#ready = this.window.count >= this.#options.warmUp;
  }

  save(): z.infer<typeof LearnedWindowState> {
    return {
      window: { ...this.window.save() },
      ready: this.#ready,
      exceedsOne: this.#exceedsOne,
      outside: this.#outside.map(([value, size]) => [value, size]),
      outsidePoints: this.#outsidePoints,
      side: this.#side,
    };
  }

  #nothingOutside(): void {
    if (this.#outsidePoints > 0) this.#outside = [];
    this.#outsidePoints = 0;
    this.#side = null;
  }

  #screen(): void {
    const entries = this.window.entries();
    const middle = median(entries.map(([value]) => value));
    const distances = entries.map(([value, size]) => (value - middle) * Math.sqrt(size));
    const spread = MAD_TO_DEVIATION * medianAbsoluteDeviation(distances);
    if (spread > 0) {
      this.window.filter(
        (value, size) => Math.abs(value - middle) * Math.sqrt(size) <= SCREEN_WIDTH * spread,
      );
    }
    this.#sorted = this.#sort();
    this.#ready = true;
  }

  #add(value: number, size: number): void {
    const dropped = this.window.add(value, size);
    if (dropped === null) this.#sorted?.add(value);
    else this.#sorted?.replace(dropped, value);
    if (this.#options.kind === 'rate' && value > 1) this.#exceedsOne = true;
  }

  #sort(): SortedValues | null {
    return this.#options.sorted ? new SortedValues(this.window.entries().map(([value]) => value)) : null;
  }
}
