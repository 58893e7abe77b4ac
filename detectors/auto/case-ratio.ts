import type { Noise } from './count-noise.js';

/** Nearer to 1 a rate has nothing left that could be counted. */
const LEAST_COMPLEMENT = 1e-3;
const LEAST_WANDERING = 1e-9;

/**
 * The log-likelihood ratio of the cases of one point, for odds that are so many times the usual ones. The rarer side
 * is what is counted. Its variance is the binomial one, increased as {@link Noise} says, which a gamma-Poisson law of
 * scaled counts has as well; its likelihood ratio is linear in the cases.
 */
export class CaseRatio {
  readonly #rate: number;
  readonly #flipped: boolean;
  readonly #size: number;
  readonly #scale: number;
  readonly #clumps: number;
  readonly #shape: number;
  readonly #isShare: boolean;
  /** What is expected of {@link counted}. */
  readonly mean: number;

  /**
   * @param rate the usual one.
   * @param exceedsOne true for a ratio of two different counts, which are no share of each other.
   * @param uncertainty variance of the true rate, in parts of its square, that is this point's own.
   */
  constructor(rate: number, exceedsOne: boolean, size: number, law: Noise, uncertainty: number) {
    this.#isShare = !exceedsOne;
    const share = Math.min(rate, 1 - LEAST_COMPLEMENT);
    this.#flipped = this.#isShare && share > 0.5;
    this.#rate = this.#isShare ? (this.#flipped ? 1 - share : share) : rate;
    this.#size = size;
    this.#scale = this.#isShare ? 1 - this.#rate : 1;
    this.#clumps = law.clumps;
    this.#shape = 1 / Math.max(LEAST_WANDERING, law.wandering + uncertainty);
    this.mean = (size * this.#rate) / this.#scale;
  }

  /** The cases on the rarer side, scaled so that chance alone makes their variance their mean. */
  counted(cases: number): number {
    return (this.#flipped ? this.#size - cases : cases) / this.#scale;
  }

  /** The log-likelihood ratio. */
  evidence(odds: number, cases: number): number {
    const { log, drop } = this.#terms(odds);
    return (this.counted(cases) / this.#clumps) * (log - drop) - this.#shape * drop;
  }

  /** The cases at which the evidence is so great; may be fewer than none or more than all. */
  casesAt(odds: number, evidence: number): number {
    const { log, drop } = this.#terms(odds);
    const counted = ((evidence + this.#shape * drop) / (log - drop)) * this.#clumps * this.#scale;
    return this.#flipped ? this.#size - counted : counted;
  }

  #terms(odds: number): { log: number; drop: number } {
    const ofRarer = this.#flipped ? 1 / odds : odds;
    const factor = this.#isShare ? ofRarer / (1 + this.#rate * (ofRarer - 1)) : ofRarer;
    const mean = this.mean / this.#clumps;
    return {
      log: Math.log(factor),
      drop: Math.log1p(((factor - 1) * mean) / (this.#shape + mean)),
    };
  }
}

/**
 * Independent cases between false alarms of a sum with the limit h, in parts of e^h: one over the information that a
 * case carries against the shift, increased by how far a case overshoots the limit. For odds of 1.5, 2.2 and 4.5 it
 * agrees with the Markov chain of `support/run-length.ts`.
 */
export function casesARun(odds: number): number {
  const overshoot = odds > 1 ? 1 + 0.43 * Math.log(odds) : 1;
  return overshoot / (odds - 1 - Math.log(odds));
}
