import { describe, expect, test } from 'vitest';
import { burnRate } from '../../detectors/burn-rate.js';
import { flatline } from '../../detectors/flatline.js';
import { percentChange } from '../../detectors/percent-change.js';
import { threshold } from '../../detectors/threshold.js';
import {
  hourlyRate,
  hourlyValue,
  isAnomalous,
  judgeAll,
  judgeOf,
  rateAt,
  START,
  valueAt,
} from './support/judging.js';
import { poisson, uniform } from './support/random.js';

describe('threshold', () => {
  // Wilson's 95 % interval of 3/100 is [.010255, .084519], of 100/10,000 [.008229, .012147].
  test.each([
    { cases: 3, size: 100, lower: 0.010255, upper: 0.084519 },
    { cases: 100, size: 10_000, lower: 0.008229, upper: 0.012147 },
    { cases: 9_990, size: 10_000, lower: 0.99816, upper: 0.999457 },
  ])(
    '$cases of $size is beyond a limit that its Wilson interval does not reach',
    ({ cases, size, lower, upper }) => {
      const found = (limit: object) =>
        isAnomalous(judgeOf(threshold, hourlyRate, limit).observe(rateAt(0, cases, size)));
      // A thousandth of the limit, or of what is left above it.
      const hair = (limit: number) => 0.001 * Math.min(limit, 1 - limit);
      expect(found({ above: lower - hair(lower) })).toBe(true);
      expect(found({ above: lower + hair(lower) })).toBe(false);
      expect(found({ below: upper + hair(upper) })).toBe(true);
      expect(found({ below: upper - hair(upper) })).toBe(false);
    },
  );

  test('holds a ratio of two different counts to a limit above 1 as a Poisson count', () => {
    const found = (cases: number) =>
      isAnomalous(judgeOf(threshold, hourlyRate, { above: 2 }).observe(rateAt(0, cases, 100)));
    // 2 + 1.96·√(2/100) = 2.277.
    expect([227, 228].map(found)).toEqual([false, true]);
  });

  test('holds values to the limit itself', () => {
    const judgements = judgeAll(
      threshold,
      hourlyValue,
      [9, 10, 11, 2, 1].map((value, at) => valueAt(at, value)),
      {
        above: 10,
        below: 2,
      },
    );
    expect(judgements.map(isAnomalous)).toEqual([false, false, true, false, true]);
    expect(judgements[2]).toMatchObject({ expected: 6, lower: 2, upper: 10, score: 1.25, direction: 'up' });
  });

  test('wants a limit, and below under above', () => {
    expect(threshold.parameters.safeParse({}).success).toBe(false);
    expect(threshold.parameters.safeParse({ above: 1, below: 2 }).success).toBe(false);
  });
});

describe('burn-rate', () => {
  const hours = (rates: readonly number[]) => rates.map((cases, at) => rateAt(at, cases, 1_000));
  const calm = Array.from({ length: 100 }, () => 5);

  test('alerts at once on a fast burn, and after hours on a slow one', () => {
    const fast = judgeAll(burnRate, hourlyRate, hours([...calm, 150]));
    expect(fast.map(isAnomalous).indexOf(true)).toBe(100);
    // 3 % against a budget of 1 %: the pair of three days alerts when those days have burned more than it allows.
    const slow = judgeAll(burnRate, hourlyRate, hours([...calm, ...Array.from({ length: 40 }, () => 30)]));
    // 72 h · 10 of budget; (72 − n)·5 + n·30 > 720 from n = 15 on.
    expect(slow.map(isAnomalous).indexOf(true)).toBe(100 + 14);
  });

  test('ends with its cause, and does not take few cases for a burn', () => {
    expect(
      judgeAll(burnRate, hourlyRate, hours([...calm, 150, 150, 5]))
        .slice(-3)
        .map(isAnomalous),
    ).toEqual([true, true, false]);
    expect(isAnomalous(judgeOf(burnRate, hourlyRate).observe(rateAt(0, 3, 4)))).toBe(false);
  });

  test('does not take the first hours for days: they alert by what they have burned of the month', () => {
    const first = (cases: readonly number[]) => judgeAll(burnRate, hourlyRate, hours(cases)).map(isAnomalous);
    expect(first([150])).toEqual([true]);
    // 1.5 times the budget: three days of it are a tenth of the month's from hour 48 on, 72·10 / 15.
    expect(first(Array.from({ length: 60 }, () => 15)).indexOf(true)).toBe(48);
  });

  test('says that a value series is none of its business', () => {
    expect(() => judgeOf(burnRate, hourlyValue).observe(valueAt(0, 1))).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('percent-change', () => {
  const week = Array.from({ length: 168 }, (_, at) => 1_000 + 100 * (at % 24));
  const points = (last: number) =>
    [...week, ...week, ...week.slice(0, 10), last].map((v, at) => valueAt(at, v));

  test('is half of last week at this time, no less', () => {
    const usual = week[10] as number;
    expect(isAnomalous(judgeAll(percentChange, hourlyValue, points(usual * 1.49)).at(-1))).toBe(false);
    const judgement = judgeAll(percentChange, hourlyValue, points(usual * 1.6)).at(-1);
    expect(judgement).toMatchObject({ expected: usual, upper: 1.5 * usual, score: expect.closeTo(1.2, 9) });
  });

  test('compares a bucket of five minutes with the same five minutes, not with the five before', () => {
    const minutes = { ...hourlyValue, bucketSeconds: 300 };
    const day = Array.from({ length: 288 }, (_, at) => 1_000 + 1_000 * (at % 3));
    const series = [...day, ...day].map((v, at) => ({ ...valueAt(0, v), bucketStart: START + at * 300_000 }));
    const judgements = judgeAll(percentChange, minutes, series, { against: 'day' });
    expect(judgements.slice(0, 288).some(({ status }) => status === 'judged')).toBe(false);
    expect(judgements.slice(288).map(isAnomalous)).toEqual(day.map(() => false));
  });

  test('tells chance from change by what both samples have together, however few cases the first one has', () => {
    const jumps = (usual: readonly [number, number], next: readonly [number, number]) => {
      const points = [...Array.from({ length: 40 }, () => usual), next].map(([cases, size], at) =>
        rateAt(at, cases, size),
      );
      return isAnomalous(judgeAll(percentChange, hourlyRate, points, { against: 'previous' }).at(-1));
    };
    // (12/400 − 0/400)/√(0.015·0.985·2/400) = 3.49, and 3.64 with 13.
    expect(jumps([0, 400], [12, 400])).toBe(false);
    expect(jumps([0, 400], [13, 400])).toBe(true);
    const random = uniform(6);
    const calm = Array.from({ length: 4_000 }, (_, at) => rateAt(at, poisson(2, random), 400));
    const alarms = judgeAll(percentChange, hourlyRate, calm, { against: 'previous' }).filter(isAnomalous);
    expect(alarms.length).toBeLessThanOrEqual(4);
  });

  test('4 instead of 2 is no doubling', () => {
    const two = Array.from({ length: 40 }, (_, at) => valueAt(at, 2));
    const judgements = judgeAll(percentChange, hourlyValue, [...two, valueAt(40, 4)], {
      against: 'previous',
    });
    expect(judgements.some(isAnomalous)).toBe(false);
  });
});

describe('flatline', () => {
  test('finds a value that is stuck three times as long as ever before, and no sooner', () => {
    const moving = Array.from({ length: 100 }, (_, at) => 50 + (Math.floor(at / 3) % 7));
    const stuck = Array.from({ length: 20 }, () => 70);
    const judgements = judgeAll(
      flatline,
      hourlyValue,
      [...moving, ...stuck, 71].map((v, at) => valueAt(at, v)),
    );
    expect(judgements.findIndex(isAnomalous)).toBe(100 + 9);
    expect(isAnomalous(judgements.at(-1))).toBe(false);
  });

  test('leaves a series of rare cases alone', () => {
    const rare = Array.from({ length: 2_000 }, (_, at) => valueAt(at, at % 40 === 0 ? 1 + (at % 3) : 0));
    expect(judgeAll(flatline, hourlyValue, rare).some(isAnomalous)).toBe(false);
  });
});
