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
  #rate = 0.5;
  #flipped = false;
  /** True where the rarer side is taken for more than it is. */
  #isRarest = false;
  #size = 0.5;
  #scale = 0.5;
  #clumps = 0.5;
  #shape = 0.5;
  #isShare = true;
  /** What a case adds to the evidence, and what the expected ones take from it, in the unit of the shape. */
  #gain = 0.5;
  #drop = 0.5;
  /** What is expected of {@link counted}. */
  mean = 0.5;

  /**
   * Takes the point that all else is about. One ratio serves all points, one after the other, because making one for
   * each costs as much as what is computed with it; the fractions above keep its fields numbers of double precision.
   *
   * @param rate the usual one.
   * @param exceedsOne true for a ratio of two different counts, which are no share of each other.
   * @param uncertainty variance of the true rate, in parts of its square, that is this point's own.
   */
  of(rate: number, exceedsOne: boolean, size: number, law: Noise, uncertainty: number): this {
    this.#isShare = !exceedsOne;
    const share = Math.min(rate, 1 - LEAST_COMPLEMENT);
    this.#flipped = this.#isShare && share > 0.5;
    this.#isRarest = this.#isShare && rate > share;
    this.#rate = this.#isShare ? (this.#flipped ? 1 - share : share) : rate;
    this.#size = size;
    this.#scale = this.#isShare ? 1 - this.#rate : 1;
    this.#clumps = law.clumps;
    this.#shape = 1 / Math.max(LEAST_WANDERING, law.wandering + uncertainty);
    this.mean = (size * this.#rate) / this.#scale;
    return this;
  }

  /** The cases on the rarer side, scaled so that chance alone makes their variance their mean. */
  counted(cases: number): number {
    return (this.#flipped ? this.#size - cases : cases) / this.#scale;
  }

  /** Takes the odds that {@link evidence} and {@link casesAt} are about, as so many times the usual ones. */
  against(odds: number): this {
    const ofRarer = this.#flipped ? 1 / odds : odds;
    const factor = this.#isShare ? ofRarer / (1 + this.#rate * (ofRarer - 1)) : ofRarer;
    const mean = this.mean / this.#clumps;
    this.#drop = Math.log1p(((factor - 1) * mean) / (this.#shape + mean));
    this.#gain = Math.log(factor) - this.#drop;
    // That even less is left than there is taken to be says nothing.
    if (this.#isRarest && odds > 1) {
      this.#drop = 0;
      this.#gain = -Number.MIN_VALUE;
    }
    return this;
  }

  /** The log-likelihood ratio. */
  evidence(cases: number): number {
    return (this.counted(cases) / this.#clumps) * this.#gain - this.#shape * this.#drop;
  }

  /** The cases at which the evidence is so great; may be fewer than none or more than all. */
  casesAt(evidence: number): number {
    const counted = ((evidence + this.#shape * this.#drop) / this.#gain) * this.#clumps * this.#scale;
    return this.#flipped ? this.#size - counted : counted;
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
