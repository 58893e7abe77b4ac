import { describe, expect, test } from 'vitest';
import { cusum } from '../../detectors/cusum/cusum.js';
import { binomialRunLength, limitForRunLength } from '../../detectors/support/run-length.js';
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
import { gaussian, poisson, uniform } from './support/random.js';

describe('the tabular CUSUM', () => {
  // One-sided run lengths for k = 0.5, h = 5 (Lucas and Crosier, 1982): 931 in control, 10.4 at one sigma.
  test.each([
    { shift: 0, runLength: 931, runs: 4_000 },
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
    const found = limitForRunLength({ p0, p1 }, 100_000);
    expect(Math.abs(found / limit - 1)).toBeLessThan(0.01);
    expect(Math.abs(binomialRunLength({ p0, p1 }, found, 1, p1) / delay - 1)).toBeLessThan(0.01);
  });

  // Plain sums of orders one by one; with common cases, where a chain of whole steps is a poor picture of them, too.
  test.each([
    { p0: 0.05, p1: 0.055, runLength: 2_000 },
    { p0: 0.1, p1: 0.3, runLength: 3_000 },
    { p0: 0.3, p1: 0.5, runLength: 5_000 },
    { p0: 0.5, p1: 0.7, runLength: 1_000 },
    { p0: 0.9, p1: 0.95, runLength: 4_000 },
  ])('from $p0 to $p1 a false alarm comes in $runLength orders', ({ p0, p1, runLength }) => {
    const limit = limitForRunLength({ p0, p1 }, runLength);
    const random = uniform(2_000);
    const runs = 4_000;
    let orders = 0;
    for (let run = 0; run < runs; run += 1) {
      for (let sum = 0; sum <= limit; orders += 1)
        sum = Math.max(0, sum + (random() < p0 ? Math.log(p1 / p0) : Math.log((1 - p1) / (1 - p0))));
    }
    expect(Math.abs(orders / runs / runLength - 1)).toBeLessThan(0.05);
  });

  test('finds the limit of very rare cases at once, and wants a run in which there are any', () => {
    expect(limitForRunLength({ p0: 1e-6, p1: 2e-6 }, 1e9)).toBeCloseTo(
      limitForRunLength({ p0: 1e-4, p1: 2e-4 }, 1e7),
      2,
    );
    expect(cusum.parameters.safeParse({ p0: 1e-6 }).error?.issues).toEqual([
      expect.objectContaining({ path: ['run_length'], message: expect.stringContaining('1/p0') }),
    ]);
  });

  // Where a bucket decides for itself the run is longer than elimination can tell from rounding, which has either sign.
  test.each([
    { p0: 0.02, p1: 0.2 },
    { p0: 0.05, p1: 0.25 },
    { p0: 0.05, p1: 0.5 },
    { p0: 0.05, p1: 2 / 21 },
    { p0: 0.01, p1: 2 / 101 },
    { p0: 0.3, p1: 0.9 },
  ])('from $p0 to $p1 has a limit for buckets of any size, and no higher one for large buckets', (rates) => {
    const sizes = Array.from({ length: 34 }, (_, step) => Math.round(10 * 2 ** (step / 2)));
    const limits = sizes.map((size) => limitForRunLength(rates, 100_000, size));
    const least = Math.min(1, Math.log(rates.p1 / rates.p0));
    for (const limit of limits) {
      expect(limit).toBeGreaterThanOrEqual(least);
      expect(limit).toBeLessThan(10);
    }
    const first = limits.indexOf(least);
    expect(limits.slice(first)).toEqual(limits.slice(first).map(() => least));
  });

  test('goes on after a bucket so large that chance alone never brings it to its limit', () => {
    const points = [300, 500, 1_500, 300].map((size, at) => rateAt(at, size / 50, size));
    const scores = (rates: object) =>
      judgeAll(cusum, hourlyRate, points, { ...rates, head_start: 0.5 }).map((judgement) =>
        judgement.status === 'judged' ? judgement.score : null,
      );
    expect(scores({ p0: 0.02, p1: 0.2 })).toEqual([0, 0, 0, 0]);
    const judge = judgeOf(cusum, hourlyRate, { p0: 0.02, p1: 0.2 });
    for (const point of points) judge.observe(point);
    expect(isAnomalous(judge.observe(rateAt(4, 60, 300)))).toBe(true);
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

  // Hours of 120 to 740 orders, from night to noon: most of an hour's cases are noise that its end does not show.
  test('runs as long when orders are counted by the hour', () => {
    const random = uniform(31);
    const run_length = 100_000;
    const runs = 800;
    let orders = 0;
    for (let run = 0; run < runs; run += 1) {
      const judge = judgeOf(cusum, hourlyRate, { p0: 0.02, p1: 0.04, run_length });
      for (let hour = 0; ; hour += 1) {
        const size = Math.round(300 * Math.exp(0.9 * Math.sin(((hour + run) / 12) * Math.PI)));
        orders += size;
        if (isAnomalous(judge.observe(rateAt(hour, poisson(0.02 * size, random), size)))) break;
      }
    }
    expect(Math.abs(orders / runs / run_length - 1)).toBeLessThan(0.2);
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
