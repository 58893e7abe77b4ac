import { describe, expect, test } from 'vitest';
import { cusum } from '../../detectors/cusum/cusum.js';
import { bernoulliRunLength, bernoulliSteps, limitForRunLength } from '../../detectors/support/run-length.js';
import { cusumStep } from '../../detectors/support/tabular-cusum.js';
import {
  hourlyRate,
  hourlyValue,
  isAnomalous,
  judgeAll,
  judgeOf,
  rateAt,
  valueAt,
} from './support/judging.js';
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

describe('the log-likelihood ratio CUSUM', () => {
  // Limits and delays for one false alarm in 100,000 orders, found elsewhere by 60,000 simulated runs, ± 1 %.
  test.each([
    { p0: 0.005, p1: 0.01, limit: 4.85, delay: 2_110 },
    { p0: 0.01, p1: 0.02, limit: 5.52, delay: 1_218 },
    { p0: 0.01, p1: 0.03, limit: 6.46, delay: 446 },
    { p0: 0.02, p1: 0.04, limit: 6.23, delay: 690 },
    { p0: 0.04, p1: 0.08, limit: 6.93, delay: 380 },
  ])('from $p0 to $p1 has the limit $limit and takes $delay orders', ({ p0, p1, limit, delay }) => {
    const steps = bernoulliSteps(p0, p1);
    const found = limitForRunLength(steps, p0, 100_000);
    expect(Math.abs(found / limit - 1)).toBeLessThan(0.01);
    expect(Math.abs(bernoulliRunLength(steps, found, p1) / delay - 1)).toBeLessThan(0.015);
  });

  const params = { p0: 0.02, p1: 0.04, run_length: 2_000 };

  /** Orders until the first alarm, an order a point. */
  function runOf(rate: number, random: () => number, more: object = {}): number {
    const judge = judgeOf(cusum, hourlyRate, { ...params, ...more });
    for (let order = 1; ; order += 1) {
      if (isAnomalous(judge.observe(rateAt(order, random() < rate ? 1 : 0, 1)))) return order;
    }
  }
  const meanRun = (rate: number, runs: number, more: object = {}): number => {
    const random = uniform(1_999);
    return Array.from({ length: runs }, () => runOf(rate, random, more)).reduce((a, b) => a + b) / runs;
  };

  test('runs as long between false alarms as was asked for, within 5 %', () => {
    expect(Math.abs(meanRun(0.02, 2_500) / 2_000 - 1)).toBeLessThan(0.05);
  });

  test('with a head start finds what is wrong from the start sooner', () => {
    expect(meanRun(0.04, 400, { head_start: 0.5 })).toBeLessThan(0.75 * meanRun(0.04, 400));
  });

  test('judges buckets much as it judges their orders', () => {
    const random = uniform(7);
    const points = (rate: number, from: number) =>
      Array.from({ length: 100 }, (_, at) => {
        const cases = Array.from({ length: 300 }, () => random() < rate).filter(Boolean).length;
        return rateAt(from + at, cases, 300);
      });
    const judgements = judgeAll(cusum, hourlyRate, [...points(0.02, 0), ...points(0.05, 100)], {
      p0: 0.02,
      run_length: 1_000_000,
    });
    expect(judgements.slice(0, 100).some(isAnomalous)).toBe(false);
    expect(judgements.slice(100).findIndex(isAnomalous)).toBeLessThanOrEqual(2);
  });

  test('asks for p1 above p0, and for a rate', () => {
    expect(cusum.parameters.safeParse({ p0: 0.02, p1: 0.01 }).success).toBe(false);
    const judge = judgeOf(cusum, hourlyValue, { p0: 0.02 });
    expect(() => judge.observe(valueAt(0, 3))).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
