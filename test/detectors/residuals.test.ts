import { describe, expect, test } from 'vitest';
import { ewma } from '../../detectors/ewma.js';
import { levelShift } from '../../detectors/level-shift.js';
import { rate } from '../../detectors/rate.js';
import { dispersionOfCounts } from '../../detectors/support/dispersion.js';
import { RollingWindow } from '../../detectors/support/rolling-window.js';
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
import { gammaOfMeanOne, gaussian, uniform } from './support/random.js';

const START = Date.UTC(2024, 0, 1);
const market = { start: START, points: 900, volume: 3_000, rate: 0.02, dispersion: 2 } as const;

describe.each([
  ['ewma', ewma],
  ['level-shift', levelShift],
] as const)('%s', (_, detector) => {
  test('finds a moderate shift within half a day and is calm before and after', () => {
    const shift = { at: 700, oddsRatio: 1.8, points: 60 };
    const judgements = judgeAll(detector, hourlyRate, simulateRate({ ...market, shift }, uniform(3)));
    expect(judgements.slice(0, 700).filter(isAnomalous)).toEqual([]);
    expect(judgements.slice(700, 712).some(isAnomalous)).toBe(true);
    expect(judgements.slice(766).some(isAnomalous)).toBe(false);
  });
});

test('level-shift takes one outlier for an outlier, and two weeks of noise for noise', () => {
  const random = uniform(5);
  const values = Array.from({ length: 500 }, () => 1_000.5 + 10 * gaussian(random));
  values[450] = 1_090;
  const judgements = judgeAll(
    levelShift,
    hourlyValue,
    values.map((value, at) => valueAt(at, value)),
    { period: 'none' },
  );
  expect(judgements.some(isAnomalous)).toBe(false);
});

test('ewma with the weight 1 is the chart of single points: its band is L deviations wide', () => {
  const usual = Array.from({ length: 300 }, (_, at) => rateAt(at, 180 + (at % 41), 10_000));
  const halfWidth = (width: number) => {
    const judgement = judgeAll(ewma, hourlyRate, usual, { weight: 1, width, period: 'none' }).at(-1);
    return judgement?.status === 'judged' ? judgement.expected - judgement.lower : 0;
  };
  expect(halfWidth(5) / halfWidth(4)).toBeCloseTo(1.25, 6);
});

/** Points of one rate whose cases vary so many times more than the binomial law allows. */
function simulateFlat(points: number, size: number, p: number, dispersion: number, random: () => number) {
  return Array.from({ length: points }, () => {
    // A beta law's wandering, as a gamma one of the same variance: (φ − 1)/(n − 1) = ρ.
    const correlation = (dispersion - 1) / (size - 1);
    const rate = p * gammaOfMeanOne((correlation * (1 - p)) / p, random);
    const cases = Array.from({ length: size }, () => random() < rate).filter(Boolean).length;
    return { value: cases / size, denominator: size };
  });
}

describe('rate', () => {
  test('raises no more false alarms than it was told to, at any volume and with over-dispersion', () => {
    for (const volume of [20, 200, 5_000]) {
      const calm = simulateRate({ ...market, points: 4_000, volume, dispersion: 2 }, uniform(volume));
      const alarms = judgeAll(rate, hourlyRate, calm, { false_alarm: 0.001 }).filter(isAnomalous);
      expect(alarms.length, `${volume} orders an hour`).toBeLessThanOrEqual(16);
    }
  });

  test.each([1.5, 3, 9])('learns without bias that cases vary %d times more than chance', (dispersion) => {
    const random = uniform(41);
    const learned = Array.from({ length: 120 }, () => {
      const window = new RollingWindow(168);
      for (const { value, denominator } of simulateFlat(168, 400, 0.03, dispersion, random))
        window.add(value, denominator);
      const p = window.mean;
      return dispersionOfCounts(window.sumOfSquares / (p * (1 - p)), window.count - 1);
    });
    // The opinion it starts from is twice the variance of chance, and weighs as much as ten points.
    const expected = (10 * 2 + 167 * dispersion) / 177;
    const mean = learned.reduce((sum, each) => sum + each, 0) / learned.length;
    expect(Math.abs(mean / expected - 1)).toBeLessThan(0.03);
  });

  test('finds a handful of cases where there are never any', () => {
    const usual = Array.from({ length: 200 }, (_, at) => rateAt(at, at % 50 === 0 ? 1 : 0, 60));
    const judge = judgeOf(rate, hourlyRate);
    for (const point of usual) judge.observe(point);
    expect(isAnomalous(judge.observe(rateAt(200, 8, 60)))).toBe(true);
  });

  test('holds a slice of few cases against its parent: what is usual there is no incident here', () => {
    const usual = Array.from({ length: 24 }, (_, at) => rateAt(at, 0, 1));
    const found = (expected: number | null) => {
      const parent = { value: 0.2, numerator: 800, denominator: 4_000, expected };
      const judge = judgeOf(rate, hourlyRate);
      for (const point of usual) judge.observe({ ...point, parent });
      return isAnomalous(judge.observe({ ...rateAt(24, 12, 30), parent }));
    };
    expect(found(null)).toBe(true);
    expect(found(0.2)).toBe(false);
  });
});
