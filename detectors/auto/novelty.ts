import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { HAIR, judgedByScore } from '../support/band-of-score.js';
import { planSlots, type SlotPlan } from '../support/calendar-slot.js';
import { FadingTail, FadingTailState } from '../support/fading-tail.js';
import { quantityOf } from '../support/quantity.js';
import { checkSlots, readState } from '../support/read-state.js';
import { ShapeMemory, ShapeMemoryState } from '../support/shape-memory.js';

const State = z.object({
  points: z.number().int(),
  /** Starts of the first and of the latest one's bucket. */
  first: z.number(),
  latest: z.number(),
  slotSums: z.array(z.number()),
  slotWeights: z.array(z.number()),
  level: z.number(),
  departure: z.number(),
  size: z.number(),
  tails: z.array(FadingTailState).length(3),
  shapes: z.array(ShapeMemoryState).length(2),
  episode: z.object({ peak: z.number(), at: z.number().int() }).nullable(),
});

const SECOND = 1_000;
const DAY_SECONDS = 86_400;
/** Points before the first judgement. */
const WARM_UP = 100;
/** The mean of the three surprises at which a point is anomalous: one that is as great as can be is enough. */
const LIMIT = 1.15;
/** The mean at which an episode begins, within which only more surprise is news. */
const ONSET = 1;
/** Surprise is worth less to somebody who has seen little: half of it at this many points. */
const INEXPERIENCE = 30;
/** No single answer counts as rarer than once in 5,000: what a tail says further out is a guess. */
const GREATEST_SURPRISE = 3.7;
/** Departures after which one counts a third in how rare the next one is. */
const TAIL_MEMORY = 2_000;
/** Days after which a slot of the day forgets in the same way. */
const SLOT_MEMORY_DAYS = 5;
/** Points after which the level forgets that stands in for slots never seen. */
const LEVEL_MEMORY = 2_000;
/** What a surprise must have more than the last one for it to be news within the same episode. */
const NEWS_MARGIN = 0.15;
/** The score of an episode that goes on without news: it keeps an alert open and does not rank with onsets. */
const OLD_NEWS = 1.001;
const LEAST_EPISODE_POINTS = 48;
const SMOOTHING_SECONDS = 1_800;
/** A shape of some two hours and one of most of a day, for buckets of up to half an hour. */
const SHAPES = [
  { blockSeconds: 1_800, shapeBlocks: 4, memoryBlocks: 1_500 },
  { blockSeconds: 3_600, shapeBlocks: 16, memoryBlocks: 1_000 },
] as const;
/** One point is no average, and a block of one would make every spike a shape. */
const LEAST_BLOCK_POINTS = 2;
/** Half width of the band, in usual departures: outside of it the size of most series is remarkable. */
const USUAL_WIDTH = 3;
const ANY_VALUE = { floor: Number.NEGATIVE_INFINITY, ceiling: Number.POSITIVE_INFINITY };

/**
 * Judges values by how new they are, without any law for them. Three questions are asked of every point:
 *
 * - how far is the recent mean from what this time of the day usually brings?
 * - how little do the last hours look like any earlier hours?
 * - how little does the last day look like any earlier day?
 *
 * Each answer is turned into a surprise, −log₁₀ of how rarely it was that large before ({@link FadingTail}), so
 * that a series which often departs is surprised less easily. The mean of the three over a limit is the score:
 * Fisher's (1925) combination of p-values, with the limit found by experience instead of his χ² because the three
 * depend on each other. Hours that are missing are no shape: none goes across a gap.
 *
 * A departure is news once. Within a day of it, or 48 points where that is longer, points that are not clearly
 * more surprising score just over 1: the alert stays open, and does not rank as another onset. Nothing is masked:
 * a level that stays stops being surprising, at the latest when its days fill the memory of the slots.
 *
 * The band is where the size alone would be unremarkable; when it is the shape that is new, the nearer edge is
 * drawn in to leave the point outside.
 */
export class NoveltyJudge implements Judge {
  readonly #detector: string;
  readonly #plan: SlotPlan;
  readonly #smoothing: number;
  readonly #slotFade: number;
  readonly #episodePoints: number;
  readonly #tails: readonly FadingTail[];
  readonly #shapes: readonly ShapeMemory[];
  /** Points that are averaged into a block of each. */
  readonly #blocks: readonly number[];
  readonly #bucket: number;
  #s: Omit<z.infer<typeof State>, 'tails' | 'shapes'>;

  constructor(detector: string, series: SeriesContext, saved?: Json) {
    this.#detector = detector;
    const { bucketSeconds, timezone } = series;
    const points = (seconds: number) => Math.max(LEAST_BLOCK_POINTS, Math.round(seconds / bucketSeconds));
    this.#plan = planSlots('day', bucketSeconds, timezone);
    this.#smoothing = points(SMOOTHING_SECONDS);
    this.#slotFade = 1 - 1 / (SLOT_MEMORY_DAYS * this.#plan.bucketsPerSlot);
    this.#episodePoints = Math.max(LEAST_EPISODE_POINTS, Math.round(DAY_SECONDS / bucketSeconds));
    const state = saved === undefined ? undefined : readState(State, saved, this.#detector);
    if (state !== undefined) checkSlots(state.slotSums.length, this.#plan.slots, this.#detector);
    this.#tails = [0, 1, 2].map((at) => new FadingTail(TAIL_MEMORY, state?.tails[at]));
    this.#shapes = SHAPES.map(({ blockSeconds, shapeBlocks, memoryBlocks }, at) => {
      const options = { blockPoints: points(blockSeconds), shapeBlocks, memoryBlocks };
      return new ShapeMemory(options, state?.shapes[at]);
    });
    this.#bucket = bucketSeconds * SECOND;
    this.#blocks = SHAPES.map(({ blockSeconds }) => points(blockSeconds));
    this.#s = state ?? {
      points: 0,
      first: 0,
      latest: 0,
      slotSums: new Array<number>(this.#plan.slots).fill(0),
      slotWeights: new Array<number>(this.#plan.slots).fill(0),
      level: 0,
      departure: 0,
      size: 0,
      episode: null,
    };
  }

  observe(point: SeriesPoint): Judgement {
    const { value } = quantityOf(point, 'value');
    const s = this.#s;
    const slot = this.#plan.slotOf(point.bucketStart);
    const expected = this.#expected(slot, value);
    const halfWidth = USUAL_WIDTH * s.size;
    s.points += 1;
    s.departure += (value - expected - s.departure) / Math.min(s.points, this.#smoothing);
    this.#noteGap(point.bucketStart);
    const departures = [Math.abs(s.departure), ...this.#shapes.map((shape) => shape.observe(value))];
    // What rounding leaves between equal values is no departure.
    const rounding = HAIR * Math.max(Math.abs(value), Math.abs(expected));
    const surprise = this.#surprise(departures.map((departure) => (departure > rounding ? departure : 0)));
    this.#learn(slot, value);
    if (s.points <= WARM_UP) return { status: 'not_evaluable', reason: 'cold_start' };
    return judgedByScore(value, expected, halfWidth, this.#score(surprise), ANY_VALUE);
  }

  save(): Json {
    return {
      ...structuredClone(this.#s),
      tails: this.#tails.map((tail) => ({ ...tail.save() })),
      shapes: this.#shapes.map((shape) => ({ ...shape.save() })),
    };
  }

  /** A shape of which a whole block is missing is none. */
  #noteGap(at: number): void {
    const s = this.#s;
    if (s.points === 1) s.first = at;
    else
      for (const [index, shape] of this.#shapes.entries()) {
        const block = this.#blocks[index] as number;
        if (at - s.latest <= (block + 1) * this.#bucket) continue;
        const begun = Math.round((at - s.first) / this.#bucket) % block;
        shape.interrupt((block - begun) % block);
      }
    s.latest = at;
  }

  #expected(slot: number, value: number): number {
    const { points, slotSums, slotWeights, level } = this.#s;
    if (points === 0) return value;
    const weight = slotWeights[slot] as number;
    return weight > 0.5 ? (slotSums[slot] as number) / weight : level;
  }

  #surprise(departures: readonly number[]): number {
    let sum = 0;
    this.#tails.forEach((tail, at) => {
      const departure = departures[at] as number;
      sum += Math.min(tail.surprise(departure), GREATEST_SURPRISE);
      tail.add(departure);
    });
    const { points } = this.#s;
    return ((sum / this.#tails.length) * points) / (points + INEXPERIENCE);
  }

  #score(surprise: number): number {
    const s = this.#s;
    if (surprise <= ONSET) return surprise / LIMIT;
    const known = s.episode !== null && s.points - s.episode.at <= this.#episodePoints ? s.episode.peak : 0;
    const isNews = known === 0 || surprise > known + NEWS_MARGIN;
    if (surprise > known) s.episode = { peak: surprise, at: s.points };
    if (isNews) return surprise / LIMIT;
    return surprise > LIMIT ? OLD_NEWS : ONSET / LIMIT;
  }

  #learn(slot: number, value: number): void {
    const s = this.#s;
    const expected = this.#expected(slot, value);
    s.size += (Math.abs(value - expected) - s.size) / Math.min(s.points, LEVEL_MEMORY);
    s.slotSums[slot] = (s.slotSums[slot] as number) * this.#slotFade + value;
    s.slotWeights[slot] = (s.slotWeights[slot] as number) * this.#slotFade + 1;
    s.level += (value - s.level) / Math.min(s.points, LEVEL_MEMORY);
  }
}
