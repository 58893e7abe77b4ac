/**
 * How many standard deviations above the mean a normal law has this probability left, by Hastings' rational
 * approximation (1955; Abramowitz and Stegun, 26.2.23), to 0.00045.
 *
 * @param tail above 0, at most a half.
 */
export function normalQuantile(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const over = 2.515517 + t * (0.802853 + t * 0.010328);
  const under = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - over / under;
}
