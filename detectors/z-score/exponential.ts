import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { judgeAgainst } from '../support/band.js';
import { defaultAcceptAfter, defaultWidth, weekOfPoints } from '../support/defaults.js';
import { FadingMoments, FadingMomentsState } from '../support/fading-moments.js';
import { LearnedWindow, LearnedWindowState } from '../support/learned-window.js';
import { boundedValue, quantityOf } from '../support/quantity.js';
import { readState } from '../support/read-state.js';
import { NAME, type ZScoreParameters } from './parameters.js';
import { blankPrediction, predictRate, predictValue } from './prediction.js';

const State = z.object({
  /** The first points, until there are enough of them. */
  warmUp: LearnedWindowState.nullable(),
  moments: FadingMomentsState,
  exceedsOne: z.boolean(),
  outside: z.object({
    points: z.number().int(),
    side: z.enum(['up', 'down']).nullable(),
    moments: FadingMomentsState,
  }),
});

const COLD: Judgement = { status: 'not_evaluable', reason: 'cold_start' };

/** The z-score with exponentially fading memory: a handful of numbers, and the same work at every point. */
export class ExponentialZScoreJudge implements Judge {
  readonly #isRate: boolean;
  readonly #kind: SeriesContext['kind'];
  readonly #width: number;
  readonly #prediction = blankPrediction();
  readonly #minCases: number;
  readonly #acceptAfter: number;
  readonly #memory: number;
  #warmUp: LearnedWindow | null;
  #moments: FadingMoments;
  #exceedsOne: boolean;
  #outside: FadingMoments;
  #outsidePoints: number;
  #side: 'up' | 'down' | null;

  constructor(params: ZScoreParameters, series: SeriesContext, saved?: Json) {
    this.#kind = series.kind;
    this.#isRate = series.kind === 'rate';
    this.#width = params.width ?? defaultWidth(series.bucketSeconds);
    this.#minCases = params.min_cases;
    this.#acceptAfter = params.accept_after ?? defaultAcceptAfter(series);
    this.#memory = params.window ?? weekOfPoints(series.bucketSeconds);
    const state = saved === undefined ? undefined : readState(State, saved, NAME);
    const warmUp = {
      kind: series.kind,
      capacity: params.warm_up,
      warmUp: params.warm_up,
      acceptAfter: this.#acceptAfter,
      sorted: false,
    };
    this.#warmUp = state?.warmUp === null ? null : new LearnedWindow(warmUp, state?.warmUp);
    this.#moments = new FadingMoments(this.#memory, state?.moments);
    this.#exceedsOne = state?.exceedsOne ?? false;
    this.#outside = new FadingMoments(this.#memory, state?.outside.moments);
    this.#outsidePoints = state?.outside.points ?? 0;
    this.#side = state?.outside.side ?? null;
  }

  observe(point: SeriesPoint): Judgement {
    if (this.#warmUp !== null) {
      this.#warmUp.warmUp(quantityOf(point, this.#kind));
      if (this.#warmUp.ready) this.#begin(this.#warmUp);
      return COLD;
    }
    return this.#isRate ? this.#observeRate(point) : this.#observeValue(boundedValue(point));
  }

  #observeRate(point: SeriesPoint): Judgement {
    const { value, size } = quantityOf(point, 'rate');
    const prediction = predictRate(this.#moments, this.#prediction, size, this.#exceedsOne);
    const judgement = judgeAgainst(value, prediction, this.#width, this.#minCases / size);
    if (judgement.score > 1) this.#keepOut(value, size, judgement.direction);
    else this.#learn(value, size);
    return judgement;
  }

  #observeValue(value: number): Judgement {
    const judgement = judgeAgainst(value, predictValue(this.#moments, this.#prediction), this.#width);
    if (judgement.score > 1) this.#keepOut(value, 1, judgement.direction);
    else this.#learn(value, 1);
    return judgement;
  }

  save(): Json {
    return {
      warmUp: this.#warmUp === null ? null : { ...this.#warmUp.save() },
      moments: { ...this.#moments.save() },
      exceedsOne: this.#exceedsOne,
      outside: { points: this.#outsidePoints, side: this.#side, moments: { ...this.#outside.save() } },
    };
  }

  #begin(warmUp: LearnedWindow): void {
    for (const [value, size] of warmUp.window.entries()) this.#moments.add(value, size);
    this.#exceedsOne = warmUp.exceedsOne;
    this.#warmUp = null;
  }

  #learn(value: number, size: number): void {
    this.#moments.add(value, size);
    if (this.#isRate && value > 1) this.#exceedsOne = true;
    if (this.#side !== null) this.#forgetOutside(null);
  }

  #keepOut(value: number, size: number, side: 'up' | 'down'): void {
    if (side !== this.#side) this.#forgetOutside(side);
    this.#outside.add(value, size);
    this.#outsidePoints += 1;
    if (this.#outsidePoints < this.#acceptAfter) return;
    this.#moments = this.#outside;
    if (this.#isRate && this.#moments.mean > 1) this.#exceedsOne = true;
    this.#forgetOutside(null);
  }

  #forgetOutside(side: 'up' | 'down' | null): void {
    this.#outside = new FadingMoments(this.#memory);
    this.#outsidePoints = 0;
    this.#side = side;
  }
}
