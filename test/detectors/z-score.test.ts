import { mean, median, medianAbsoluteDeviation, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { zScore } from '../../detectors/z-score/z-score.js';
import { hourlyValue, isAnomalous, judgeAll, judgeOf, valueAt } from './support/judging.js';
import { gaussian, uniform } from './support/random.js';

describe('z-score', () => {
  test('is mean and sample deviation of the window, as simple-statistics computes them, however long it runs', () => {
    const random = uniform(7);
    const window = 50;
    const values = Array.from({ length: 3_000 }, (_, at) => 1_000.5 + 0.01 * at + 20 * gaussian(random));
    // A band this wide keeps nothing out, so the window is simply the last fifty values.
    const width = 20;
    const judgements = judgeAll(
      zScore,
      hourlyValue,
      values.map((value, at) => valueAt(at, value)),
      { window, warm_up: window, width },
    );
    for (let at = window; at < values.length; at += 1) {
      const judgement = judgements[at];
      if (judgement?.status !== 'judged') throw new Error(`point ${at} was not judged`);
      const before = values.slice(at - window, at);
      const student = 1 + (width ** 2 + 1) / (4 * (window - 1));
      const deviation = sampleStandardDeviation(before) * Math.sqrt(1 + 1 / window);
      expect(judgement.expected).toBeCloseTo(mean(before), 9);
      expect(judgement.upper - judgement.expected).toBeCloseTo(width * student * deviation, 7);
    }
  });

  test('an accident during warm-up does not blind it', () => {
    const random = uniform(11);
    const values = Array.from({ length: 60 }, () => 50.5 + gaussian(random));
    values[10] = 5_000;
    values[40] = 70;
    const judgements = judgeAll(
      zScore,
      hourlyValue,
      values.map((value, at) => valueAt(at, value)),
    );
    expect(judgements.flatMap((judgement, at) => (isAnomalous(judgement) ? [at] : []))).toEqual([40]);
  });

  test('robust, is median and MAD of the window, also when it goes on from a saved state', () => {
    const random = uniform(13);
    const window = 41;
    // A tenth of the points are far out, but not out of a band this wide.
    const values = Array.from({ length: 800 }, () => 200.5 + gaussian(random) * (random() < 0.1 ? 9 : 1));
    const params = { window, warm_up: window, width: 20, robust: true };
    let judge = judgeOf(zScore, hourlyValue, params);
    values.forEach((value, at) => {
      if (at === 300) judge = judgeOf(zScore, hourlyValue, params, judge.save());
      const judgement = judge.observe(valueAt(at, value));
      if (judgement.status !== 'judged' || at < 2 * window) return;
      const before = values.slice(at - window, at);
      const student = 1 + (20 ** 2 + 1) / (4 * (window - 1));
      const deviation = 1.4826 * medianAbsoluteDeviation(before) * Math.sqrt(1 + 1 / window);
      expect(judgement.expected).toBeCloseTo(median(before), 9);
      expect(judgement.upper - judgement.expected).toBeCloseTo(20 * student * deviation, 7);
    });
  });

  test('robust, is not widened by outliers below the edge of its band', () => {
    const random = uniform(17);
    const values = Array.from({ length: 400 }, (_, at) => 100.5 + gaussian(random) * (at % 9 === 0 ? 4 : 1));
    const halfWidth = (robust: boolean) => {
      const points = values.map((value, at) => valueAt(at, value));
      const last = judgeAll(zScore, hourlyValue, points, { robust, width: 5 }).at(-1);
      return last?.status === 'judged' ? last.upper - last.expected : 0;
    };
    expect(halfWidth(true)).toBeLessThan(0.85 * halfWidth(false));
  });
});
