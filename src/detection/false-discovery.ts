/**
 * Benjamini and Hochberg's q-values: the smallest false discovery rate at which each of the hypotheses would be
 * given up, in the order that the probabilities came in (Y. Benjamini and Y. Hochberg, 1995).
 *
 * They hold for independent tests and for positively dependent ones (Y. Benjamini and D. Yekutieli, 2001), which
 * slices within one another are: what moves a child moves its parent the same way. Under any other dependence the
 * rate may be greater, by 1 + 1/2 + … + 1/m at the very most.
 *
 * @param probabilities of a result at least so extreme when nothing has changed; 0 to 1.
 */
export function qValues(probabilities: readonly number[]): number[] {
  const count = probabilities.length;
  const order = probabilities
    .map((_, index) => index)
    .sort((a, b) => at(probabilities, b) - at(probabilities, a));
  const result = new Array<number>(count).fill(1);
  let least = 1;
  order.forEach((index, place) => {
    least = Math.min(least, (at(probabilities, index) * count) / (count - place));
    result[index] = least;
  });
  return result;
}

/** What multiplying and dividing may take from a probability, in parts of it. */
const ROUNDING = 1e-9;

/** The greatest probability that is a discovery at a rate; that of a lonely one when there is none. */
export function discoveryLimit(probabilities: readonly number[], rate: number): number {
  const count = probabilities.length;
  // No q-value is below its probability, so that only these can be discoveries: a few of ten thousand.
  const candidates = probabilities.filter((probability) => probability <= rate * (1 + ROUNDING));
  candidates.sort((a, b) => a - b);
  let found = candidates.length;
  while (found > 0 && (at(candidates, found - 1) * count) / found > rate) found -= 1;
  return (rate * Math.max(1, found)) / Math.max(1, count);
}

/**
 * The rate at which the procedure makes so many discoveries, in the mean, where nothing has happened to anybody. The
 * rate itself is only the probability of any: where one is found the others need less, so that of m independent
 * hypotheses q Σ (j + 1) q^j (m - 1)…(m - j) / m^j are found, j from 0 to m - 1, which is below q / (1 - q)² and comes
 * up to it as m grows. Solved for q here; always below 1.
 */
export function rateFor(falseDiscoveries: number): number {
  return (2 * falseDiscoveries) / (2 * falseDiscoveries + 1 + Math.sqrt(4 * falseDiscoveries + 1));
}

const at = (values: readonly number[], index: number): number => values[index] as number;
