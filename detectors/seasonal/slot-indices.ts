import { z } from 'zod';
import type { Instant } from '../../src/model/clock.js';

const DAY = 86_400_000;
/** Two points in the same slot that are further apart than this are of two periods. */
const APART = { day: DAY / 2, week: 3.5 * DAY, month: 14 * DAY } as const;

export type RhythmPeriod = keyof typeof APART;

export const SlotIndicesState = z.object({
  /** Per slot, fading with every period: what was seen, and what was usual without this rhythm. */
  seen: z.array(z.number()),
  usual: z.array(z.number()),
  /** Per slot: periods that it was learned in, and the last ones in a row in which it was out of band. */
  periods: z.array(z.number()),
  missed: z.array(z.number()),
  last: z.object({ slot: z.number(), at: z.number(), learned: z.boolean(), missed: z.boolean() }),
});
type State = z.infer<typeof SlotIndicesState>;

export interface SlotIndicesOptions {
  period: RhythmPeriod;
  slots: number;
  /** Periods after which what a slot has seen counts a third of what it did (1/e). */
  memory: number;
  /** What a slot without a history is: 1 where rhythms multiply, 0 where they add. */
  neutral: 0 | 1;
}

/**
 * One rhythm: how much more or less each of its slots brings than what level and the other rhythms say, learned with
 * exponentially fading memory (Holt, 1957; Winters, 1960). What was seen and what was usual are summed apart, so that
 * a slot with few cases is learned as slowly as it should be.
 */
export class SlotIndices {
  readonly #options: SlotIndicesOptions;
  #s: State;

  constructor(options: SlotIndicesOptions, saved?: State) {
    this.#options = options;
    const zeros = (): number[] => new Array<number>(options.slots).fill(0);
    this.#s = saved ?? {
      seen: zeros(),
      usual: zeros(),
      periods: zeros(),
      missed: zeros(),
      last: { slot: -1, at: 0, learned: false, missed: false },
    };
  }

  /** Periods in which the slot was learned, before the one of this point. */
  periodsBefore(slot: number, at: Instant): number {
    const { periods, last } = this.#s;
    return (periods[slot] as number) - (this.#isSameVisit(slot, at) && last.learned ? 1 : 0);
  }

  /** The slot's index; the neutral one counts as much as `prior` of what is usual. */
  index(slot: number, prior: number): number {
    const { neutral } = this.#options;
    const usual = this.#s.usual[slot] as number;
    if (usual + prior === 0) return neutral;
    return ((this.#s.seen[slot] as number) + prior * neutral) / (usual + prior);
  }

  /** Variance of the index in parts of a point's, relative where rhythms multiply: one over the cases that it is made of. */
  uncertainty(slot: number, prior: number): number {
    const known = (this.#options.neutral === 1 ? this.#s.seen : this.#s.usual)[slot] as number;
    return 1 / (known + prior);
  }

  learn(slot: number, at: Instant, seen: number, usual: number): void {
    const s = this.#s;
    const same = this.#isSameVisit(slot, at);
    if (!same || !s.last.learned) {
      const keep = 1 - 1 / this.#options.memory;
      s.seen[slot] = keep * (s.seen[slot] as number);
      s.usual[slot] = keep * (s.usual[slot] as number);
      s.periods[slot] = (s.periods[slot] as number) + 1;
    }
    s.seen[slot] = (s.seen[slot] as number) + seen;
    s.usual[slot] = (s.usual[slot] as number) + usual;
    s.missed[slot] = 0;
    s.last = { slot, at, learned: true, missed: same && s.last.missed };
  }

  /** Notes a point that is out of band, and answers in how many periods in a row the slot has had one. */
  miss(slot: number, at: Instant): number {
    const s = this.#s;
    const same = this.#isSameVisit(slot, at);
    const missed = (s.missed[slot] as number) + (same && s.last.missed ? 0 : 1);
    s.missed[slot] = missed;
    s.last = { slot, at, learned: same && s.last.learned, missed: true };
    return missed;
  }

  /** Forgets what the slot was and begins with one point. */
  begin(slot: number, seen: number, usual: number): void {
    const s = this.#s;
    s.seen[slot] = seen;
    s.usual[slot] = usual;
    s.periods[slot] = 1;
    s.missed[slot] = 0;
    s.last = { ...s.last, learned: true, missed: false };
  }

  forgetMisses(): void {
    this.#s.missed.fill(0);
  }

  save(): State {
    return structuredClone(this.#s);
  }

  #isSameVisit(slot: number, at: Instant): boolean {
    const { last } = this.#s;
    return last.slot === slot && at - last.at < APART[this.#options.period];
  }
}
