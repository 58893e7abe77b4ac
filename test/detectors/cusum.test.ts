import { describe, expect, test } from 'vitest';
import { cusum } from '../../detectors/cusum.js';
import { cusumStep } from '../../detectors/support/tabular-cusum.js';
import { hourlyRate, isAnomalous, judgeAll } from './support/judging.js';
import { simulateRate } from './support/marketplace.js';
import { gaussian, uniform } from './support/random.js';

describe('the tabular CUSUM', () => {
  // One-sided run lengths for k = 0.5, h = 5, from Lucas and Crosier (1982): 930 in control, 10.4 at one sigma.
  test.each([
    { shift: 0, runLength: 930, runs: 4_000 },
    { shift: 1, runLength: 10.4, runs: 20_000 },
  ])('runs $runLength points on average at a shift of $shift sigma', ({ shift, runLength, runs }) => {
    const random = uniform(1954);
    let steps = 0;
    for (let run = 0; run < runs; run += 1) {
      for (let sums = { up: 0, down: 0 }; sums.up <= 5; steps += 1) {
        sums = cusumStep(sums, gaussian(random) + shift, 0.5);
      }
    }
    expect(Math.abs(steps / runs / runLength - 1)).toBeLessThan(0.05);
  });

  test('has two sides that mirror each other', () => {
    const random = uniform(5);
    let sums = { up: 0, down: 0 };
    let mirrored = { up: 0, down: 0 };
    for (let at = 0; at < 500; at += 1) {
      const residual = gaussian(random);
      sums = cusumStep(sums, residual, 0.5);
      mirrored = cusumStep(mirrored, -residual, 0.5);
      expect(mirrored).toEqual({ up: sums.down, down: sums.up });
    }
  });
});

describe('cusum', () => {
  const shift = { at: 700, oddsRatio: 1.8, points: 60 };
  const points = simulateRate(
    { start: Date.UTC(2024, 0, 1), points: 900, volume: 3_000, rate: 0.02, dispersion: 2, shift },
    uniform(3),
  );
  const judgements = judgeAll(cusum, hourlyRate, points);

  test('signals as long as the shift lasts and is back within a few points of its end', () => {
    expect(judgements.slice(0, 700).some(isAnomalous)).toBe(false);
    expect(judgements.slice(703, 760).filter(isAnomalous).length).toBeGreaterThan(54);
    expect(judgements.slice(763).some(isAnomalous)).toBe(false);
  });

  test('a rhythm of the day is no shift', () => {
    const calm = simulateRate(
      { start: Date.UTC(2024, 0, 1), points: 1_500, volume: 20_000, rate: 0.05, dispersion: 1 },
      uniform(8),
    );
    expect(judgeAll(cusum, hourlyRate, calm).filter(isAnomalous)).toEqual([]);
  });
});
