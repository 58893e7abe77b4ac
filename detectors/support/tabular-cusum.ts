/** The two sums, for shifts up and down; both 0 or greater. */
export interface CusumSums {
  up: number;
  down: number;
}

/**
 * One step of the two-sided tabular CUSUM (Page, 1954; Montgomery, Introduction to Statistical Quality
 * Control, section 9.1): S⁺ = max(0, S⁺ + z − k), S⁻ = max(0, S⁻ − z − k).
 *
 * @param residual the point's distance from what was expected, in standard deviations.
 * @param allowance k, half the shift to be found, in standard deviations.
 */
export function cusumStep(sums: CusumSums, residual: number, allowance: number): CusumSums {
  return {
    up: Math.max(0, sums.up + residual - allowance),
    down: Math.max(0, sums.down - residual - allowance),
  };
}
