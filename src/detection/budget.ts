import { z } from 'zod';
import { type Instant, SECOND, WEEK } from '../model/clock.js';
import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import { type MetricDefinition, nominalSeconds } from '../model/metric.js';
import { COMBINED } from '../model/verdict.js';
import { discoveryLimit, rateFor } from './false-discovery.js';
import { ScoreTail } from './score-tail.js';

const State = z.object({ tail: z.json(), limits: z.array(z.tuple([z.number(), z.number()])) });

/** The slice under which what a metric's series share is saved; no series has it. */
export const SHARED = '';

/**
 * How much evidence a metric's series need, so that chance alone gives no more alerts a week than people are willing
 * to hear. All series of a bucket are judged together: the more there are, the further out the farthest of them is
 * by chance, and the more that are found, the less each of them needs (Benjamini and Hochberg).
 */
export class Budget {
  readonly #metric: MetricDefinition;
  /** Of false discoveries in a bucket; null where any number is allowed. */
  readonly #rate: number | null;
  readonly #tail: ScoreTail;
  /** The newest limits by bucket, for points that are judged again. */
  readonly #limits: Map<Instant, number>;
  readonly #remembered: number;
  #until: Instant;

  /** @param horizon how far back points can be judged again, ms. */
  constructor(metric: MetricDefinition, horizon: number, saved: SavedJudge | undefined) {
    this.#metric = metric;
    const width = nominalSeconds(metric.bucket) * SECOND;
    const { falseAlertsPerWeek } = metric;
    this.#rate = falseAlertsPerWeek === undefined ? null : rateFor((falseAlertsPerWeek * width) / WEEK);
    this.#remembered = 2 + Math.ceil((2 * horizon) / width);
    const state = saved === undefined ? null : State.parse(saved.state);
    this.#tail = new ScoreTail(state?.tail as Json | undefined);
    this.#limits = new Map(state?.limits ?? []);
    this.#until = saved?.observedUntil ?? Number.NEGATIVE_INFINITY;
  }

  /** True for a bucket that has not been settled yet. */
  isNews(bucketStart: Instant): boolean {
    return bucketStart > this.#until;
  }

  /** The evidence that is too much for chance among these, the series of one bucket that nothing is known against. */
  limitFor(bucketStart: Instant, evidence: readonly number[]): number {
    this.#until = bucketStart;
    if (this.#rate === null || evidence.length === 0) return 0;
    const probabilities = evidence.map((each) => this.#tail.probability(each));
    const limit = this.#tail.scoreOf(discoveryLimit(probabilities, this.#rate));
    // One true incident, learned as far out as it was, would hide all small ones for weeks.
    const most = this.#tail.mostToLearn;
    this.#tail.learn(evidence.map((each) => Math.min(each, most)));
    this.#limits.set(bucketStart, limit);
    if (this.#limits.size > this.#remembered)
      this.#limits.delete(this.#limits.keys().next().value as Instant);
    return limit;
  }

  /**
   * The limit that was found when the bucket was judged for the first time; that of a lonely series where there was
   * nothing to judge in it then.
   */
  limitThen(bucketStart: Instant): number {
    if (this.#rate === null) return 0;
    return this.#limits.get(bucketStart) ?? this.#tail.scoreOf(this.#rate);
  }

  save(): SavedJudge {
    return {
      metric: this.#metric.id,
      slice: SHARED,
      detector: COMBINED,
      parameters: '',
      observedUntil: this.#until,
      state: { tail: this.#tail.save(), limits: [...this.#limits].map(([at, limit]) => [at, limit]) },
    };
  }
}
