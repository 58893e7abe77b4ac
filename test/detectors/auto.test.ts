import { describe, expect, test } from 'vitest';
import { auto } from '../../detectors/auto/auto.js';
import { casesARun } from '../../detectors/auto/case-ratio.js';
import { cusum } from '../../detectors/cusum/cusum.js';
import { limitForRunLength } from '../../detectors/support/run-length.js';
import type { SeriesPoint } from '../../src/detection/contract.js';
import { hourlyRate, hourlyValue, isAnomalous, judgeAll, judgeOf, valueAt } from './support/judging.js';
import { simulateRate } from './support/marketplace.js';
import { gaussian, poisson, uniform } from './support/random.js';

const START = Date.UTC(2024, 0, 1);
const market = { start: START, points: 1_272, volume: 200, rate: 0.02, dispersion: 3 } as const;
const shift = { at: 1_200, oddsRatio: 2, points: 72 };

/** Where a second point in a row is too high, which is when a metric alerts. */
function alertsOf(detector: Parameters<typeof judgeAll>[0], points: readonly SeriesPoint[]): number[] {
  const high = judgeAll(detector, hourlyRate, points).map(
    (judgement) => judgement.status === 'judged' && judgement.score > 1 && judgement.direction === 'up',
  );
  return high.flatMap((isHigh, at) => (isHigh && high[at - 1] === true ? [at] : []));
}

describe('auto on rates', () => {
  test('finds doubled odds within three days where a residual sees nothing, and is calm before', () => {
    const found = [2, 3, 5, 6].map((seed) => {
      const points = simulateRate({ ...market, shift }, uniform(seed));
      const [byAuto = [], byCusum = []] = [auto, cusum].map((detector) => alertsOf(detector, points));
      expect(byAuto.filter((at) => at < shift.at)).toEqual([]);
      return { byAuto: byAuto.length > 0, byCusum: byCusum.length > 0 };
    });
    expect(found.filter(({ byAuto }) => byAuto).length).toBeGreaterThanOrEqual(3);
    expect(found.filter(({ byCusum }) => byCusum).length).toBeLessThan(3);
  });

  // The exact limits of the Markov chain, for one false alarm in 100,000 orders.
  test.each([1.5, 2.2, 4.5])(
    'the limit for odds of %d follows from the cases between false alarms',
    (odds) => {
      const p0 = 0.01;
      const p1 = (p0 * odds) / (1 + p0 * (odds - 1));
      const exact = limitForRunLength({ p0, p1 }, 100_000);
      expect(Math.abs(Math.log((100_000 * p0) / casesARun(odds)) - exact)).toBeLessThan(0.12);
    },
  );

  test('is as narrow a week after an incident as it was before', () => {
    const incident = { at: 900, oddsRatio: 3, points: 48 };
    const points = simulateRate({ ...market, points: 1_272, volume: 500, shift: incident }, uniform(11));
    const widths = judgeAll(auto, hourlyRate, points).map((judgement) =>
      judgement.status === 'judged' ? judgement.upper - judgement.lower : Number.NaN,
    );
    const mean = (from: number) =>
      widths.slice(from, from + 168).reduce((sum, width) => sum + width, 0) / 168;
    expect(mean(900 + 48 + 12) / mean(900 - 168)).toBeLessThan(1.15);
  });
});

describe('auto on values', () => {
  const random = uniform(23);
  const usual = (at: number) => 100 + 40 * Math.sin((at * 2 * Math.PI) / 24) + 3 * gaussian(random);
  const series = Array.from({ length: 1_000 }, (_, at) => usual(at));

  const anomalous = (values: readonly number[]) =>
    judgeAll(
      auto,
      hourlyValue,
      values.map((value, at) => valueAt(at, value)),
    ).flatMap((judgement, at) => (isAnomalous(judgement) ? [at] : []));

  test('finds a value that is out of reach, and a day that looks like no other though each value is usual', () => {
    expect(
      anomalous(series.map((value, at) => (at === 800 ? 400 : value))).some((at) => at >= 800 && at <= 802),
    ).toBe(true);
    const still = anomalous(series.map((value, at) => (at >= 800 && at < 824 ? 100 : value)));
    expect(still.some((at) => at >= 800 && at < 830)).toBe(true);
  });

  test('knows the week of a value by the day after two of them, and finds on the day what is missing', () => {
    const noise = uniform(31);
    const days = Array.from({ length: 70 }, (_, day) => {
      const usual = 400 * ([1.1, 1.05, 1, 1, 0.95, 0.7, 0.4][day % 7] as number);
      const count = poisson(day === 56 ? 0.6 * usual : usual, noise);
      return { ...valueAt(0, count), bucketStart: START + day * 86_400_000 };
    });
    const judgements = judgeAll(auto, { ...hourlyValue, bucketSeconds: 86_400 }, days);
    expect(judgements.findIndex(({ status }) => status === 'judged')).toBe(14);
    expect(judgements.flatMap((judgement, day) => (isAnomalous(judgement) ? [day] : []))).toEqual([56]);
  });

  test('takes up after months without a value where it was, at whatever hour', () => {
    const rhythm = (at: number) => Math.sin((at * 2 * Math.PI) / 24);
    const noise = uniform(29);
    const hours = Array.from({ length: 1_300 }, (_, at) => (at < 1_000 ? at : at + 90 * 24 + 5));
    const judgements = judgeAll(
      auto,
      { ...hourlyValue, timezone: 'UTC' },
      hours.map((at) => valueAt(at, 100.5 + 20 * rhythm(at) + gaussian(noise))),
    );
    expect(judgements.slice(1_000).filter(isAnomalous)).toEqual([]);
  });

  test('ranks the onset of an episode over what follows', () => {
    const judge = judgeOf(auto, hourlyValue);
    const scores = series
      .map((value, at) => (at >= 800 && at < 830 ? value + 300 : value))
      .map((value, at) => judge.observe(valueAt(at, value)))
      .map((judgement) => (judgement.status === 'judged' ? judgement.score : 0))
      .slice(800, 830);
    const onset = Math.max(...scores.slice(0, 4));
    expect(onset).toBeGreaterThan(1.2);
    expect(Math.max(...scores.slice(6))).toBeLessThan(onset);
  });
});
