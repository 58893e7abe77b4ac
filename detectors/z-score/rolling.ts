import type { Judge, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { judgeAgainst, type Prediction } from '../support/band.js';
import { defaultAcceptAfter, defaultWidth, weekOfPoints } from '../support/defaults.js';
import { LearnedWindow, LearnedWindowState, MAD_TO_DEVIATION } from '../support/learned-window.js';
import { quantityOf } from '../support/quantity.js';
import { readState } from '../support/read-state.js';
import { NAME, type ZScoreParameters } from './parameters.js';
import { blankPrediction, predictRate, predictValue } from './prediction.js';

/** The z-score over the last points, by mean and standard deviation or by median and MAD. */
export class RollingZScoreJudge implements Judge {
  readonly #params: ZScoreParameters;
  readonly #kind: SeriesContext['kind'];
  readonly #width: number;
  readonly #prediction = blankPrediction();
  readonly #learned: LearnedWindow;

  constructor(params: ZScoreParameters, series: SeriesContext, saved?: Json) {
    this.#params = params;
    this.#kind = series.kind;
    this.#width = params.width ?? defaultWidth(series.bucketSeconds);
    const capacity = params.window ?? weekOfPoints(series.bucketSeconds);
    this.#learned = new LearnedWindow(
      {
        kind: series.kind,
        capacity,
        warmUp: Math.min(params.warm_up, capacity),
        acceptAfter: params.accept_after ?? defaultAcceptAfter(series),
        sorted: params.robust,
      },
      saved === undefined ? undefined : readState(LearnedWindowState, saved, NAME),
    );
  }

  observe(point: SeriesPoint) {
    const quantity = quantityOf(point, this.#kind);
    if (!this.#learned.ready) {
      this.#learned.warmUp(quantity);
      return { status: 'not_evaluable', reason: 'cold_start' } as const;
    }
    const { value, size } = quantity;
    const smallest = this.#kind === 'rate' ? this.#params.min_cases / size : 0;
    const prediction = this.#kind === 'rate' ? this.#predictRate(size) : this.#predictValue();
    const judgement = judgeAgainst(value, prediction, this.#width, smallest);
    if (judgement.score > 1) this.#learned.keepOut(quantity, judgement.direction);
    else this.#learned.learn(quantity);
    return judgement;
  }

  save(): Json {
    return { ...this.#learned.save() };
  }

  #predictRate(size: number): Prediction {
    const { window, exceedsOne } = this.#learned;
    if (!this.#params.robust) return predictRate(window, this.#prediction, size, exceedsOne);
    const { median, medianAbsoluteDeviation } = this.#learned.sorted;
    // Where most points have no case at all the median is 0 and says less than the pooled rate.
    const rate = median > 0 ? median : undefined;
    // What the sum of squares would be if all points spread as the middle half of them does.
    const squares = window.weight * (MAD_TO_DEVIATION * medianAbsoluteDeviation) ** 2;
    return predictRate(window, this.#prediction, size, exceedsOne, { rate, squares });
  }

  #predictValue(): Prediction {
    const { window } = this.#learned;
    if (!this.#params.robust) return predictValue(window, this.#prediction);
    const { median, medianAbsoluteDeviation } = this.#learned.sorted;
    return predictValue(window, this.#prediction, {
      median,
      spread: MAD_TO_DEVIATION * medianAbsoluteDeviation,
    });
  }
}
