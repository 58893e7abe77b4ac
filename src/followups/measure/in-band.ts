import type { Point } from '../../model/point.js';
import type { Direction } from '../../model/verdict.js';
import { type Baseline, expectedAt, varianceOfCase } from './baseline.js';
import type { Phase } from './rhythm.js';

/** What one point after the fix is held against. */
export interface PointBand {
  expected: number;
  lower: number;
  upper: number;
}

/** Half width in standard deviations of the point: one in some thousands is beyond it by chance. */
const WIDTH = 3.5;

/**
 * The band for a point at a level, in its own hour and over its own cases. Its sides differ as those of rare counts
 * do, by the first term of Cornish and Fisher (1937), with the skewness of a negative binomial count.
 *
 * @param level the level of an average week: the baseline's for "as before", the incident's for "as bad as during".
 */
export function bandAt(baseline: Baseline, point: Point, phase: Phase, level = baseline.level): PointBand {
  const exposure = point.denominator ?? 1;
  const expected = expectedAt({ level, rhythm: baseline.rhythm }, phase);
  const variance = varianceOfCase(baseline.isRate, expected) * exposure;
  const relative = baseline.rhythm.parts(phase).reduce((sum, part) => sum + part.variance, 0);
  const ofRhythm = relative * (expected * exposure) ** 2;
  const deviation = Math.sqrt(baseline.dispersion * variance + ofRhythm);
  const skewness =
    variance > 0 ? (2 * baseline.dispersion - 1) / Math.sqrt(baseline.dispersion * variance) : 0;
  const correction = ((WIDTH * WIDTH - 1) * skewness) / 6;
  const side = (shift: number) =>
    (deviation * Math.min(Math.max(WIDTH + shift, WIDTH / 2), WIDTH * 2)) / exposure;
  return { expected, lower: Math.max(0, expected - side(-correction)), upper: expected + side(correction) };
}

/** True when a value is not beyond the band's bad side. */
export function isWithin(band: PointBand, value: number, direction: Direction): boolean {
  return direction === 'up' ? value <= band.upper : value >= band.lower;
}
