/**
 * Twice the log of the likelihood ratio of "this slice has its own level" over "it is as expected" (Wilks 1938),
 * from sums over its leaves: the G statistic of a Poisson count or, with trials, of a binomial one. About a
 * chi-square of one degree of freedom where nothing moved, so 3.84 is the 5 % mark for a single slice.
 */
export function likelihoodRatio(observed: number, expected: number, trials: number | null): number {
  if (observed === 0 && expected === 0) return 0;
  // Refunds may turn a sum negative, where no count can be; the normal law has no such edge.
  if (observed < 0 || expected <= 0) return (observed - expected) ** 2 / Math.max(Math.abs(expected), 1);
  const events = part(observed, expected);
  if (trials === null) return Math.max(0, 2 * (events - (observed - expected)));
  const others = part(trials - observed, trials - expected);
  return Math.max(0, 2 * (events + others));
}

function part(observed: number, expected: number): number {
  return observed <= 0 ? 0 : observed * Math.log(observed / Math.max(expected, 1e-9));
}
