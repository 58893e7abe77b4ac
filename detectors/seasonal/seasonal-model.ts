import type { Instant } from '../../src/model/clock.js';
import type { Prediction } from '../support/band.js';
import type { Quantity } from '../support/quantity.js';
import { checkSlots } from '../support/read-state.js';
import { takeApart } from './beginning.js';
import { type Form, share, together } from './forms.js';
import { LevelAndTrend } from './level-and-trend.js';
import { type Periods, planPeriods } from './periods.js';
import { Scatter } from './scatter.js';
import { SlotIndices } from './slot-indices.js';
import { nothingOutside, type SeasonalModelOptions, type SeasonalModelState } from './state.js';

type State = SeasonalModelState;
/** What is not the state of one of the parts. */
type OwnState = Pick<State, 'first' | 'form' | 'base' | 'learnedUntil' | 'outside'>;

const SECOND = 1_000;
const DAY_SECONDS = 86_400;
/** First points that are kept at most: of buckets of five minutes a week of them. */
const MOST_FIRST = 2_016;
/** Standard deviations beyond which a point counts as if it were there (Gelper, Fried and Croux, 2010). */
const CLIP = 2;
/** Mean square of a normal residual that was so clipped. */
const CLIPPED_SQUARE = 0.9205;
/** A rhythm on top of another departs from it by so much before anything is known, in parts of what it departs from. */
const USUAL_DEPARTURE = 0.2;
const HALF_CASE = 0.5;
/** Growth that is believed without much evidence: a hundredth a day; where levels add, a standard deviation a week. */
const GROWTH_A_DAY = 0.01;
const GROWTH_DAYS = 7;
const LEAST = 1e-9;

interface Look {
  slots: readonly number[];
  indices: readonly number[];
  ahead: number;
  level: number;
  /** Cases expected, and their variance before the dispersion. */
  mean: number;
  variance: number;
  /** True where one of the slots has not been seen in enough periods. */
  isCold: boolean;
  /** Once it was asked for. */
  prediction: Prediction | null;
}

/**
 * What a series usually is at this time of all of its periods at once: level and trend with several rhythms on top of
 * each other, as in the exponential smoothing of Holt (1957) and Winters (1960) with the double seasonality of
 * Taylor (2003). A shop's hour is the hour's usual share of a day times what this hour of the week adds to that.
 * Rhythms multiply, unless the series has values below zero or nothing but zeros, where they add.
 *
 * It is robust in the manner of Gelper, Fried and Croux (2010): a point is learned as if it were no further out than two
 * standard deviations, one that is out of band not at all, and the beginning, against which nothing can be held yet,
 * is kept and taken apart at once by medians ({@link takeApart}).
 *
 * Every component is a ratio of fading sums, of what was seen to what the others expected, so that three cases of four
 * weigh little and the state is a few numbers per slot. The variance of a point ({@link Scatter}) grows by the uncertainty
 * of the components.
 */
export class SeasonalModel {
  readonly #options: SeasonalModelOptions;
  readonly #isRate: boolean;
  readonly #half: number;
  readonly #periods: Periods;
  readonly #scatter: Scatter;
  readonly #s: OwnState;
  #level: LevelAndTrend;
  #rhythms: readonly SlotIndices[];
  /** The point that was last predicted. */
  #last: { at: Instant; look: Look } | null = null;

  constructor(options: SeasonalModelOptions, saved?: State) {
    this.#options = options;
    this.#isRate = options.series.kind === 'rate';
    this.#half = this.#isRate ? HALF_CASE : 0;
    this.#periods = planPeriods(options.periods, options.series);
    this.#scatter = new Scatter(this.#isRate, options.levelMemory, saved);
    this.#level = new LevelAndTrend(options.levelMemory, saved?.level);
    this.#s = {
      first: saved?.first ?? [],
      form: saved?.form ?? null,
      base: saved?.base ?? 1,
      learnedUntil: saved?.learnedUntil ?? 0,
      outside: saved?.outside ?? nothingOutside(),
    };
    this.#rhythms = this.#rhythmsOf(saved?.rhythms);
  }

  /** What is expected of a point of this size at this time; null while too little is known. */
  predict(at: Instant, size: number): Prediction | null {
    const s = this.#s;
    if (s.form === null) {
      if (!this.#canBegin(at)) return null;
      this.#begin();
    }
    const look = this.#look(at, size);
    this.#last = { at, look };
    if (look.isCold || !this.#scatter.isKnown) return null;
    look.prediction = this.#scatter.predictionOf(look, size);
    return look.prediction;
  }

  /** Takes in a point that is in band, or that nothing judged. */
  learn(at: Instant, quantity: Quantity): void {
    const s = this.#s;
    const { cases, size } = quantity;
    this.#scatter.note(quantity);
    if (s.form === null) {
      s.first.push([at, cases, size]);
      for (const [rhythm, indices] of this.#rhythms.entries())
        indices.learn(this.#periods.rhythms[rhythm]?.plan.slotOf(at) ?? 0, at, 0, 0);
      return;
    }
    const look = this.#lookAgain(at, size);
    const drawn = look.isCold ? cases : this.#drawn(cases, look, size);
    if (!look.isCold) this.#scatter.learn((cases - look.mean) ** 2 / look.variance);
    this.#take(at, look, drawn, size);
    s.outside = nothingOutside();
  }

  /**
   * Keeps a point that is out of band out of the model, with two ways back: a level that stays is accepted, and so is a
   * slot that is out of band period after period.
   */
  keepOut(at: Instant, { cases, size }: Quantity, side: 'up' | 'down'): void {
    const s = this.#s;
    const look = this.#lookAgain(at, size);
    const told = share(this.#form, look, size, 'level', cases);
    if (s.outside.side !== side) s.outside = { ...nothingOutside(), side };
    s.outside.points += 1;
    s.outside.seen += told.seen;
    s.outside.usual += told.usual;
    const missed = this.#rhythms.map((indices, rhythm) => indices.miss(look.slots[rhythm] as number, at));
    if (s.outside.points >= this.#options.acceptAfter) {
      this.#acceptLevel();
      return;
    }
    if ((missed[this.#periods.finest] ?? 0) < this.#options.acceptInSlot) return;
    const { seen, usual } = share(this.#form, look, size, this.#periods.finest, cases);
    this.#rhythms[this.#periods.finest]?.begin(look.slots[this.#periods.finest] as number, seen, usual);
  }

  save(): State {
    return {
      ...structuredClone(this.#s),
      ...this.#scatter.save(),
      level: this.#level.save(),
      rhythms: this.#rhythms.map((indices) => indices.save()),
    };
  }

  #rhythmsOf(saved?: State['rhythms']): SlotIndices[] {
    return this.#periods.rhythms.map(({ period, plan: { slots } }, rhythm) => {
      if (saved !== undefined) checkSlots(saved[rhythm]?.seen.length ?? 0, slots, this.#options.detector);
      const neutral = this.#s.form === 'adds' ? 0 : 1;
      return new SlotIndices({ period, slots, memory: this.#options.slotMemory, neutral }, saved?.[rhythm]);
    });
  }

  /** A point is predicted and then learned or kept out, and the model does not change in between. */
  #lookAgain(at: Instant, size: number): Look {
    const last = this.#last;
    this.#last = null;
    return last?.at === at ? last.look : this.#look(at, size);
  }

  #canBegin(at: Instant): boolean {
    const { first } = this.#s;
    if (first.length >= MOST_FIRST) return true;
    const finest = this.#rhythms[this.#periods.finest];
    if (finest === undefined) return first.length >= this.#options.warmUpWithoutRhythm;
    const slot = this.#periods.rhythms[this.#periods.finest]?.plan.slotOf(at) ?? 0;
    return finest.periodsBefore(slot, at) >= this.#options.warmUp;
  }

  /** Takes the first points apart, and learns them as if they had come one by one to a model that knew. */
  #begin(): void {
    const s = this.#s;
    const { form, freedom, lessons } = takeApart(s.first, this.#periods, {
      isRate: this.#isRate,
      clip: CLIP,
      leastClip: this.#scatter.leastClip,
    });
    s.form = form.multiplies ? 'multiplies' : 'adds';
    s.base = form.base;
    this.#rhythms = this.#rhythmsOf();
    for (const { at, size, cases, mean, level, rhythms } of lessons) {
      const variance = this.#scatter.varianceOf(form, mean, size) * CLIPPED_SQUARE * freedom;
      this.#scatter.learn((cases - mean) ** 2 / variance);
      this.#level.learn(this.#ahead(at), level.usual, level.seen);
      s.learnedUntil = at;
      for (const [rhythm, { slot, seen, usual }] of rhythms.entries())
        this.#rhythms[rhythm]?.learn(slot, at, seen, usual);
    }
    s.first = [];
  }

  #ahead(at: Instant): number {
    const { learnedUntil } = this.#s;
    const steps = Math.round((at - learnedUntil) / (this.#options.series.bucketSeconds * SECOND));
    return learnedUntil === 0 ? 0 : this.#level.ahead(steps);
  }

  #look(at: Instant, size: number): Look {
    const s = this.#s;
    const { warmUp } = this.#options;
    const slots: number[] = [];
    const indices: number[] = [];
    let uncertainty = 0;
    let isCold = false;
    for (const [rhythm, each] of this.#rhythms.entries()) {
      const slot = this.#periods.rhythms[rhythm]?.plan.slotOf(at) ?? 0;
      const prior = this.#priorOf(rhythm);
      slots.push(slot);
      indices.push(each.index(slot, prior));
      uncertainty += each.uncertainty(slot, prior);
      isCold ||= each.periodsBefore(slot, at) < warmUp;
    }
    const ahead = this.#ahead(at);
    const found = this.#level.at(ahead, this.#ridge(), this.#half, s.form === 'multiplies' ? 1 : 0);
    const level = s.form === 'multiplies' ? Math.max(found.level, LEAST) : found.level;
    const unbounded = together(this.#form, indices, level, size);
    const mean = unbounded > size && this.#scatter.isShare ? size : unbounded;
    const own = this.#level.weight;
    const ofLevel =
      s.form === 'multiplies'
        ? 1 / (own.seen + this.#half) + found.ofTrend / level
        : 1 / own.usual + found.ofTrend;
    const variance = this.#scatter.varianceOf(this.#form, mean, size, ofLevel + uncertainty);
    return { slots, indices, ahead, level, mean, variance, isCold, prediction: null };
  }

  get #form(): Form {
    return { multiplies: this.#s.form === 'multiplies', base: this.#s.base };
  }

  /** A point's cases, drawn to the edge of what is usual. */
  #drawn(cases: number, look: Look, size: number): number {
    const { deviation } = look.prediction ?? this.#scatter.predictionOf(look, size);
    const reach = Math.max(CLIP * deviation * size, this.#scatter.leastClip);
    const drawn = Math.min(Math.max(cases, look.mean - reach), look.mean + reach);
    return this.#s.form === 'multiplies' ? Math.max(0, drawn) : drawn;
  }

  #take(at: Instant, look: Look, cases: number, size: number): void {
    if (!look.isCold) {
      const { seen, usual } = share(this.#form, look, size, 'level', cases);
      this.#level.learn(look.ahead, usual, seen);
      this.#s.learnedUntil = at;
    }
    for (const [rhythm, indices] of this.#rhythms.entries()) {
      const { seen, usual } = share(this.#form, look, size, rhythm, cases);
      indices.learn(look.slots[rhythm] as number, at, seen, usual);
    }
  }

  #acceptLevel(): void {
    const s = this.#s;
    const { seen, usual } = s.outside;
    if (s.form === 'multiplies' && usual > 0) {
      const times = Math.max(LEAST, (seen + this.#half) / (usual + this.#half));
      s.base *= times;
      this.#level.begin(usual * times, Math.max(0, seen));
    } else if (s.form === 'adds') this.#level.begin(usual, seen);
    for (const indices of this.#rhythms) indices.forgetMisses();
    s.outside = nothingOutside();
  }

  /** How much there is to say against a trend; see {@link LevelAndTrend.at}. */
  #ridge(): number {
    const pointsADay = DAY_SECONDS / this.#options.series.bucketSeconds;
    return this.#s.form === 'adds'
      ? (GROWTH_DAYS * pointsADay) ** 2
      : this.#scatter.dispersion * (pointsADay / GROWTH_A_DAY) ** 2;
  }

  /** How much the neutral index of a rhythm counts: cases, or points where levels add (Bühlmann, 1967). */
  #priorOf(rhythm: number): number {
    if (rhythm === 0) return this.#half;
    const reach = this.#s.form === 'adds' ? this.#s.base : 1;
    return reach > 0 ? this.#half + this.#scatter.dispersion / (USUAL_DEPARTURE * reach) ** 2 : 0;
  }
}
