import type { SeriesPoint } from '../../../src/detection/contract.js';
import { HOUR } from '../../../src/model/clock.js';
import { gammaOfMeanOne, poisson } from './random.js';

export interface SimulatedRate {
  start: number;
  points: number;
  /** Mean denominator of an hour, before the rhythm. */
  volume: number;
  /** Mean rate, before the rhythm. */
  rate: number;
  /** Variance of the cases in parts of the binomial variance. */
  dispersion: number;
  /** Multiplies the odds from this point on. */
  shift?: { at: number; oddsRatio: number; points?: number };
}

/**
 * An hourly rate of a marketplace: orders follow day and week, the rate itself moves by a quarter between day
 * and night and by a tenth at weekends, and cases vary `dispersion` times more than the binomial law allows.
 */
export function simulateRate(options: SimulatedRate, random: () => number): SeriesPoint[] {
  return Array.from({ length: options.points }, (_, index) => {
    const bucketStart = options.start + index * HOUR;
    const hour = (bucketStart / HOUR) % 24;
    const weekend = (Math.floor(bucketStart / HOUR / 24 + 4) % 7) % 6 === 0;
    const busy = Math.exp(0.9 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)) * (weekend ? 0.7 : 1);
    const denominator = Math.max(1, poisson(options.volume * busy, random));
    const usual = options.rate * (1 + 0.25 * Math.sin(((hour - 3) / 24) * 2 * Math.PI)) * (weekend ? 1.1 : 1);
    const { shift } = options;
    const shifted =
      shift !== undefined &&
      index >= shift.at &&
      index < shift.at + (shift.points ?? Number.POSITIVE_INFINITY);
    const odds = (usual / (1 - usual)) * (shifted ? shift.oddsRatio : 1);
    const mean = denominator * (odds / (1 + odds));
    const numerator = Math.min(
      denominator,
      poisson(mean * gammaOfMeanOne((options.dispersion - 1) / mean, random), random),
    );
    return { bucketStart, value: numerator / denominator, numerator, denominator, annotations: [] };
  });
}
