import { errorFunction } from 'simple-statistics';
import { z } from 'zod';
import type { Json } from '../model/json.js';

/** Width of a bin of the scale, and their number: what lies beyond the last is in it. */
const STEP = 0.05;
const BINS = 160;
/** Buckets after which a score counts for a third. */
const MEMORY = 1_000;
/**
 * Scores that are taken to have been seen before the first one, by the normal law with its usual band, and what is left
 * of them in the end. They fade as scores do: a metric of one series gives a thousand in all its memory, which would never
 * speak louder than what was believed.
 */
const BELIEF = 2_000;
const LEAST_BELIEF = 200;
const USUAL_WIDTH = 3.5;
/** The empirical tail is believed as far as so many scores lie beyond; the slope is taken from there to four times as many. */
const BEYOND = 20;
const STEEPEST = 12;
const FLATTEST = 0.5;
/**
 * Where bands end and evidence begins to gather (`run.ts`). The law bends there, so that nothing is said of what lies
 * beyond by a slope from before; so many excesses of so much in the mean are believed before the first one is seen.
 */
const BAND = 1;
const BELIEVED_EXCESSES = 3;
const BELIEVED_EXCESS = 1 / 8;
/**
 * An excess is learned as no more than so many times the mean of those before: chance goes farther once in 150 times, and
 * incidents do. Cut off there, the mean of an exponential law comes out a hundredth too small.
 */
const LEARNED_EXCESS = 5;

/** `slope` from the last score that is often seen to the bend, `beyond` from there on; both in logarithms by score. */
interface Law {
  edge: number;
  slope: number;
  bend: number;
  beyond: number;
}

const State = z.object({
  total: z.number(),
  counts: z.record(z.string(), z.number()),
  belief: z.number().default(BELIEF),
});

/**
 * How probable a score is when nothing has happened: the distribution of the scores of all series of a metric
 * together, as they were. Series differ, but the number of false alarms over all of them is the sum of their
 * chances, and that is what the common distribution gives.
 *
 * Beyond the scores that were often seen the tail goes on exponentially (peaks over a threshold; J. Pickands, 1975,
 * with the shape of a light tail): up to the bands' edge with the slope of its last stretch, and beyond it with the
 * mean excess m of what was seen there. Where the law's logarithm bends down, as the normal's does, that is too great a
 * probability far beyond the edge, and it may be too small a one nearer to it than m, where such a law is never below
 * exp(-t / m) at the distance t (R. Barlow and F. Proschan, 1965). Where it bends up it is too small far out.
 */
export class ScoreTail {
  readonly #counts = new Float64Array(BINS);
  #total = 0;
  #belief = BELIEF;
  /** Scores above each bin's lower edge, the belief included; made anew when scores are added. */
  #above: Float64Array | null = null;
  /** Where the tail is a law; made anew in the same way. */
  #law: Law | null = null;

  constructor(saved?: Json) {
    if (saved === undefined) return;
    const state = State.parse(saved);
    this.#total = state.total;
    this.#belief = state.belief;
    for (const [bin, count] of Object.entries(state.counts)) this.#counts[Number(bin)] = count;
  }

  /** Takes in the scores of one bucket; those of long ago fade. */
  learn(scores: readonly number[]): void {
    const fade = 1 - 1 / MEMORY;
    for (let bin = 0; bin < BINS; bin += 1) this.#counts[bin] = (this.#counts[bin] as number) * fade;
    this.#total = this.#total * fade + scores.length;
    this.#belief = Math.max(LEAST_BELIEF, this.#belief * fade);
    for (const score of scores) {
      const bin = binOf(score);
      this.#counts[bin] = (this.#counts[bin] as number) + 1;
    }
    this.#above = null;
    this.#law = null;
  }

  /** The probability that a point of some series has at least this score, when nothing has happened to it. */
  probability(score: number): number {
    const { edge, slope, bend, beyond } = this.#lawOfRest();
    const everything = this.#total + this.#belief;
    if (score <= edge) return Math.min(1, this.#countAbove(score) / everything);
    const steps = slope * (Math.min(score, bend) - edge) + beyond * Math.max(0, score - bend);
    return (BEYOND / everything) * Math.exp(-steps);
  }

  /** The score that has this probability. */
  scoreOf(probability: number): number {
    const count = probability * (this.#total + this.#belief);
    if (count >= BEYOND) return this.#score(count);
    const { edge, slope, bend, beyond } = this.#lawOfRest();
    const steps = Math.log(BEYOND / count);
    const toBend = slope * (bend - edge);
    return steps <= toBend ? edge + steps / slope : bend + (steps - toBend) / beyond;
  }

  /** What a greater score counts as when it is learned. */
  get mostToLearn(): number {
    const { bend, beyond } = this.#lawOfRest();
    return bend + LEARNED_EXCESS / beyond;
  }

  save(): Json {
    const counts: Record<string, number> = {};
    for (const [bin, count] of this.#counts.entries()) if (count > 1e-9) counts[bin] = count;
    return { total: this.#total, counts, belief: this.#belief };
  }

  #lawOfRest(): Law {
    if (this.#law !== null) return this.#law;
    const edge = this.#score(BEYOND);
    const stretch = edge - this.#score(4 * BEYOND);
    const bend = Math.max(edge, BAND);
    this.#law = {
      edge,
      slope: withinReason(Math.log(4) / Math.max(stretch, STEP / 10)),
      bend,
      beyond: withinReason(this.#slopeBeyond(bend)),
    };
    return this.#law;
  }

  /** One over the mean excess, which is the area under the tail by its height. */
  #slopeBeyond(bend: number): number {
    const above = this.#aboveEdges();
    const first = Math.ceil(bend / STEP - 1e-9);
    let area = 0;
    for (let bin = first; bin < BINS; bin += 1)
      area += (STEP * ((above[bin] as number) + (above[bin + 1] ?? 0))) / 2;
    return ((above[first] ?? 0) + BELIEVED_EXCESSES) / (area + BELIEVED_EXCESSES * BELIEVED_EXCESS);
  }

  /** The score that so many lie above, between two edges by the logarithm of their numbers. */
  #score(count: number): number {
    const above = this.#aboveEdges();
    let bin = 0;
    while (bin + 1 < BINS && (above[bin + 1] as number) > count) bin += 1;
    const [more, fewer] = [above[bin] as number, above[bin + 1] ?? 0];
    if (more <= count) return bin * STEP;
    const share = fewer <= 0 ? 1 : Math.log(more / count) / Math.log(more / fewer);
    return (bin + Math.min(1, share)) * STEP;
  }

  #countAbove(score: number): number {
    const above = this.#aboveEdges();
    const place = Math.min(Math.max(0, score / STEP), BINS - 1);
    const bin = Math.floor(place);
    const [more, fewer] = [above[bin] as number, above[bin + 1] ?? 0];
    return fewer <= 0 ? more : more * (fewer / more) ** (place - bin);
  }

  #aboveEdges(): Float64Array {
    if (this.#above !== null) return this.#above;
    const above = new Float64Array(BINS);
    let seen = 0;
    for (let bin = BINS - 1; bin >= 0; bin -= 1) {
      seen += this.#counts[bin] as number;
      above[bin] = seen + this.#belief * normalTail(USUAL_WIDTH * bin * STEP);
    }
    this.#above = above;
    return above;
  }
}

const binOf = (score: number): number => Math.min(BINS - 1, Math.max(0, Math.floor(score / STEP)));

const withinReason = (slope: number): number => Math.min(STEEPEST, Math.max(FLATTEST, slope));

const normalTail = (z: number): number => (1 - errorFunction(z / Math.SQRT2)) / 2;
