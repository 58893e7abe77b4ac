import { gammaln } from 'simple-statistics';

/** A law of whole numbers from 0, by its probabilities. */
export interface CountLaw {
  mean: number;
  /** The greatest number that there can be; infinite where there is none. */
  most: number;
  /** Natural logarithm of the probability of a count. */
  logProbability(count: number): number;
  /** The probability of `count + 1` over that of `count`. */
  ratio(count: number): number;
}

/**
 * The beta-binomial law (Skellam, 1948): cases of `size` orders, each with the probability `p`, that are correlated
 * because the rate itself wanders. Its variance is size·p·(1 − p)·(1 + (size − 1)·ρ).
 *
 * @param correlation ρ, above 0 and below 1.
 */
export function betaBinomial(size: number, p: number, correlation: number): CountLaw {
  const total = 1 / correlation - 1;
  const a = p * total;
  const b = (1 - p) * total;
  const logBeta = (x: number, y: number) => gammaln(x) + gammaln(y) - gammaln(x + y);
  const constant = gammaln(size + 1) - logBeta(a, b);
  return {
    mean: size * p,
    most: size,
    logProbability: (count) =>
      constant - gammaln(count + 1) - gammaln(size - count + 1) + logBeta(count + a, size - count + b),
    ratio: (count) => (((size - count) / (count + 1)) * (count + a)) / (size - count - 1 + b),
  };
}

/**
 * The gamma-Poisson law, or negative binomial (Greenwood and Yule, 1920), for counts without a greatest one. Its
 * variance is mean·dispersion.
 *
 * @param dispersion above 1.
 */
export function gammaPoisson(mean: number, dispersion: number): CountLaw {
  const shape = mean / (dispersion - 1);
  const share = 1 - 1 / dispersion;
  return {
    mean,
    most: Number.POSITIVE_INFINITY,
    logProbability: (count) =>
      gammaln(count + shape) -
      gammaln(shape) -
      gammaln(count + 1) -
      shape * Math.log(dispersion) +
      count * Math.log(share),
    ratio: (count) => ((count + shape) / (count + 1)) * share,
  };
}

/** Terms smaller than this part of their sum change nothing that is shown. */
const NEGLIGIBLE = 1e-12;

/** Natural logarithm of the probability of a count at least as great as this one. */
export function logUpperTail(law: CountLaw, count: number): number {
  if (count <= 0) return 0;
  if (count > law.most) return Number.NEGATIVE_INFINITY;
  let sum = 1;
  let term = 1;
  for (let at = count; at < law.most; at += 1) {
    const ratio = law.ratio(at);
    term *= ratio;
    sum += term;
    if (ratio < 1 && term < NEGLIGIBLE * sum * (1 - ratio)) break;
  }
  return Math.min(0, law.logProbability(count) + Math.log(sum));
}

/** Natural logarithm of the probability of a count at most as great as this one. */
export function logLowerTail(law: CountLaw, count: number): number {
  if (count < 0) return Number.NEGATIVE_INFINITY;
  if (count >= law.most) return 0;
  let sum = 1;
  let term = 1;
  for (let at = count; at > 0; at -= 1) {
    const ratio = 1 / law.ratio(at - 1);
    term *= ratio;
    sum += term;
    if (ratio < 1 && term < NEGLIGIBLE * sum * (1 - ratio)) break;
  }
  return Math.min(0, law.logProbability(count) + Math.log(sum));
}
