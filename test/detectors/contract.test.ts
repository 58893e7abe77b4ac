import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ZodObject } from 'zod';
import { builtinDetectors } from '../../detectors/index.js';
import { seasonal } from '../../detectors/seasonal/seasonal.js';
import { zScore } from '../../detectors/z-score/z-score.js';
import type { Detector, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { RedressError } from '../../src/model/errors.js';
import type { Json } from '../../src/model/json.js';
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
import { uniform } from './support/random.js';

/** Short spans, so that a short series passes warm-up, anomalies and acceptance of a new level. */
const QUICK: Record<string, object> = {
  auto: { accept_after: 6 },
  'z-score': { window: 12, warm_up: 5, accept_after: 6 },
  rate: { window: 12, warm_up: 5, accept_after: 6 },
  'percent-change': { against: 'previous', accept_after: 6 },
  flatline: { warm_up: 2, accept_after: 6 },
  threshold: { above: 0.4, below: 0.01 },
  seasonal: { period: 'day', level_memory: 12, accept_after: 6 },
  cusum: { period: 'none', warm_up: 6, level_memory: 12, accept_after: 6 },
  ewma: { period: 'none', warm_up: 6, level_memory: 12, accept_after: 6 },
  'level-shift': { period: 'none', warm_up: 6, level_memory: 12, accept_after: 6 },
};
/** What is wide by its defaults is made as narrow as the others. */
const NARROW: Record<string, object> = { 'percent-change': { percent: 1 } };
/** Detectors that hold a series against something other than its own past level. */
const FIXED = ['threshold', 'burn-rate', 'flatline'];
const RATES_ONLY = ['burn-rate'];
/** A change in percent of 99.8 % is not one of 0.2 %. */
const BY_PERCENT = 'percent-change';
/** The z-score by its other memory, held to the same. */
const exponential = {
  ...zScore,
  create: (params, series, saved) => zScore.create({ ...params, weighting: 'exponential' }, series, saved),
} satisfies typeof zScore;
/** Several rhythms at once, held to the same. */
const rhythms = {
  ...seasonal,
  create: (params, series, saved) => seasonal.create({ ...params, period: ['day', 'week'] }, series, saved),
} satisfies typeof seasonal;
const contestants: readonly (readonly [title: string, detector: Detector])[] = [
  ...builtinDetectors.map((detector) => [detector.name, detector] as const),
  ['z-score, exponential', exponential as Detector],
  ['seasonal, day and week', rhythms as Detector],
];
const learning = contestants.filter(([, { name }]) => !FIXED.includes(name));
const quick = (name: string): object => QUICK[name] ?? {};

/** Any series: gaps, zeros, all cases, none, denominators from 1 to a million. */
const anyRates = fc
  .array(
    fc.record({
      gap: fc.constantFrom(1, 1, 1, 1, 2, 30),
      denominator: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1_000_000 })),
      share: fc.oneof(fc.constantFrom(0, 0, 0.002, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { minLength: 0, maxLength: 150, size: 'max' },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, denominator, share }) => {
      at += gap;
      return rateAt(at, Math.round(share * denominator), denominator);
    });
  });
const anyValues = fc
  .array(
    fc.record({
      gap: fc.constantFrom(1, 1, 1, 1, 2, 30),
      value: fc.oneof(
        fc.constantFrom(0, 0, 0, 7),
        fc.integer({ min: 0, max: 500 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.constantFrom(1e15, -1e15, 1e-12, 1e59, Number.MAX_VALUE, -Number.MAX_VALUE),
      ),
    }),
    { minLength: 0, maxLength: 150, size: 'max' },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, value }) => {
      at += gap;
      return valueAt(at, value);
    });
  });
const anySeries: fc.Arbitrary<{ series: SeriesContext; points: SeriesPoint[] }> = fc.oneof(
  anyRates.map((points) => ({ series: hourlyRate, points })),
  anyValues.map((points) => ({ series: hourlyValue, points })),
);
const CALM = { start: Date.UTC(2024, 0, 1), dispersion: 1 } as const;
const runs = { seed: 20_240_101, numRuns: 60, endOnFailure: true };

describe.each(contestants)('%s', (_, detector) => {
  const { name } = detector;
  const takesAny = RATES_ONLY.includes(name)
    ? anyRates.map((points) => ({ series: hourlyRate, points }))
    : anySeries;

  test('has a description for every parameter, and takes no other', () => {
    expect(detector.parameters.safeParse(quick(name)).success).toBe(true);
    const { shape } = detector.parameters as unknown as ZodObject;
    for (const [parameter, schema] of Object.entries(shape)) {
      expect((schema as { description?: string }).description, parameter).toMatch(/\w{3}/);
    }
    expect(detector.parameters.safeParse({ ...quick(name), widht: 3 }).success).toBe(false);
  });

  test('says only finite things about any series, and its score is above 1 exactly outside its band', () => {
    fc.assert(
      fc.property(takesAny, ({ series, points }) => {
        const judgements = judgeAll(detector, series, points, quick(name));
        judgements.forEach((judgement, at) => {
          if (judgement.status !== 'judged') return;
          const { expected, lower, upper, score } = judgement;
          const { value } = points[at] as SeriesPoint;
          expect([expected, lower, upper, score].every(Number.isFinite)).toBe(true);
          expect(lower).toBeLessThanOrEqual(expected);
          expect(expected).toBeLessThanOrEqual(upper);
          expect(upper).toBeGreaterThan(lower);
          expect(score).toBeGreaterThanOrEqual(0);
          if (series.kind === 'rate') {
            expect(lower).toBeGreaterThanOrEqual(0);
            expect(upper).toBeLessThanOrEqual(1);
          }
          // At the limit of numbers values are cut, and a series of counts so far is expected to have no value below 0.
          const ordinary = Math.abs(value) < 1e60 && (value >= 0 || lower < 0);
          if (ordinary && Math.abs(score - 1) > 1e-6) expect(value < lower || value > upper).toBe(score > 1);
        });
      }),
      runs,
    );
  });

  test('is deterministic and never looks ahead: what follows changes nothing that was said', () => {
    fc.assert(
      fc.property(anyRates, fc.nat(149), (points, cut) => {
        const whole = judgeAll(detector, hourlyRate, points, quick(name));
        expect(judgeAll(detector, hourlyRate, points.slice(0, cut), quick(name))).toEqual(
          whole.slice(0, cut),
        );
      }),
      runs,
    );
  });

  test('goes on from its saved state, through JSON, at every point as if nothing had happened', () => {
    fc.assert(
      fc.property(takesAny, ({ series, points }) => {
        let saved: Json | undefined;
        const resumed = points.map((point) => {
          const judge = judgeOf(detector, series, quick(name), saved);
          const judgement = judge.observe(point);
          saved = JSON.parse(JSON.stringify(judge.save())) as Json;
          return judgement;
        });
        expect(resumed).toEqual(judgeAll(detector, series, points, quick(name)));
      }),
      { ...runs, numRuns: 25 },
    );
  });

  test('a saved state is a picture: the judge going on does not change it', () => {
    const judge = judgeOf(detector, hourlyRate, quick(name));
    for (let at = 0; at < 60; at += 1) judge.observe(rateAt(at, at % 5, 100));
    const saved = judge.save();
    const before = JSON.stringify(saved);
    for (let at = 60; at < 90; at += 1) judge.observe(rateAt(at, 60, 100));
    expect(JSON.stringify(saved)).toBe(before);
  });

  test('refuses a state that it did not write', () => {
    for (const foreign of [null, 7, [], { window: 'wide' }]) {
      expect(() => judgeOf(detector, hourlyRate, quick(name), foreign)).toThrow(
        expect.objectContaining({ code: 'bug' } satisfies Partial<RedressError>),
      );
    }
  });
});

const IN_SLOTS = ['auto', 'percent-change', 'seasonal', 'cusum', 'ewma', 'level-shift'];

describe.each([hourlyRate, hourlyValue])('of a $kind', (series) => {
  test.each(IN_SLOTS)('%s refuses a state of hours where buckets are of half an hour', (name) => {
    const detector = builtinDetectors.find((it) => it.name === name) as Detector;
    const judge = judgeOf(detector, series);
    for (let at = 0; at < 60; at += 1)
      judge.observe(series.kind === 'rate' ? rateAt(at, at % 5, 100) : valueAt(at, at % 5));
    const saved = judge.save();
    expect(() => judgeOf(detector, series, {}, saved)).not.toThrow();
    expect(() => judgeOf(detector, { ...series, bucketSeconds: 1_800 }, {}, saved)).toThrow(
      expect.objectContaining({ code: 'bug' } satisfies Partial<RedressError>),
    );
  });
});

describe.each(learning)('%s, which learns', (_, detector) => {
  const { name } = detector;
  test('has defaults for everything', () => {
    expect(() => detector.parameters.parse({})).not.toThrow();
  });

  test('starts cold, and says so until it has seen enough', () => {
    const points = simulateRate(
      { start: Date.UTC(2024, 0, 1), points: 400, volume: 500, rate: 0.01, dispersion: 1 },
      uniform(1),
    );
    const judgements = judgeAll(detector, hourlyRate, points);
    const warm = judgements.findIndex((judgement) => judgement.status === 'judged');
    expect(warm).toBeGreaterThanOrEqual(24);
    expect(judgements.slice(0, warm)).toEqual(
      Array.from({ length: warm }, () => ({ status: 'not_evaluable', reason: 'cold_start' })),
    );
    expect(judgements.slice(warm).every((judgement) => judgement.status === 'judged')).toBe(true);
  });

  test('a ratio of two different counts may be above 1 and still be usual', () => {
    const points = Array.from({ length: 500 }, (_, at) => rateAt(at, 260 + (at % 9), 200));
    const judgements = judgeAll(detector, hourlyRate, points);
    expect(judgements.some(isAnomalous)).toBe(false);
    expect(judgements.at(-1)).toMatchObject({ status: 'judged' });
    expect(isAnomalous(judgeAll(detector, hourlyRate, [...points, rateAt(500, 600, 200)]).at(-1))).toBe(true);
  });

  test.runIf(name !== BY_PERCENT)('judges 99.8 % that went well as it judges the 0.2 % that did not', () => {
    const shift = { at: 500, oddsRatio: 3, points: 48 };
    const bad = simulateRate({ ...CALM, points: 600, volume: 20_000, rate: 0.002, shift }, uniform(4));
    const good = bad.map(({ numerator, denominator }, at) =>
      rateAt(at, (denominator as number) - numerator, denominator as number),
    );
    const ofBad = judgeAll(detector, hourlyRate, bad);
    expect(ofBad.slice(500, 548).some(isAnomalous)).toBe(true);
    judgeAll(detector, hourlyRate, good).forEach((judgement, at) => {
      const other = ofBad[at];
      expect(judgement.status).toBe(other?.status);
      if (judgement.status !== 'judged' || other?.status !== 'judged') return;
      expect(judgement.direction).not.toBe(other.direction);
      expect(judgement.score).toBeCloseTo(other.score, 6);
      expect(judgement.expected + other.expected).toBeCloseTo(1, 9);
      expect(judgement.lower + other.upper).toBeCloseTo(1, 9);
    });
  });

  test('does not forget a share for a point or two with more cases than orders', () => {
    const points = Array.from({ length: 500 }, (_, at) =>
      rateAt(at, at % 400 === 399 ? 205 : 190 + (at % 7), 200),
    );
    const judgements = judgeAll(detector, hourlyRate, points).slice(400);
    expect(judgements.every(({ status }) => status === 'judged')).toBe(true);
    expect(judgements.some(isAnomalous)).toBe(false);
  });

  test('learns anew what looked like a share, when there are more cases than orders', () => {
    const points = Array.from({ length: 1_200 }, (_, at) =>
      rateAt(at, (at < 300 ? 180 : 215) + (at % 9), 200),
    );
    const judgements = judgeAll(detector, hourlyRate, points, { accept_after: 24 });
    expect(judgements.slice(900).every((judgement) => judgement.status === 'judged')).toBe(true);
    expect(judgements.slice(900).some(isAnomalous)).toBe(false);
    expect(judgements.at(-1)).toMatchObject({ expected: expect.closeTo(219 / 200, 1) });
  });

  test.each([0, 5, 0.25, 1e9, -3.5])(
    'finds a constant series of %d normal, within a band that is not empty',
    (level) => {
      const judgements = judgeAll(
        detector,
        hourlyValue,
        Array.from({ length: 500 }, (_, at) => valueAt(at, level)),
        NARROW[name],
      );
      expect(judgements.some(isAnomalous)).toBe(false);
      const last = judgements.at(-1);
      if (last?.status !== 'judged') throw new Error('a constant series was not judged');
      expect(last.expected).toBeCloseTo(level, 6);
      expect(last.upper).toBeGreaterThan(last.expected);
      expect(last.upper - last.expected).toBeLessThanOrEqual(
        20 * Math.max(1, Math.sqrt(Math.abs(level)), level / 1e3),
      );
    },
  );

  test('weighs counts: 3 of 4 is no incident, 30 of 4,000 where 0.2 % is usual is one', () => {
    const usual = Array.from({ length: 400 }, (_, at) => rateAt(at, 6 + (at % 5), 4_000));
    const judge = judgeOf(detector, hourlyRate);
    for (const point of usual) judge.observe(point);
    const saved = judge.save();
    expect(isAnomalous(judge.observe(rateAt(400, 3, 4)))).toBe(false);
    const second = judgeOf(detector, hourlyRate, {}, saved);
    const found = [400, 401].map((at) => isAnomalous(second.observe(rateAt(at, 30, 4_000))));
    expect(found).toContain(true);
  });

  test('never counts the judged point into its own baseline, and keeps what was out of band out of it', () => {
    const usual = Array.from({ length: 400 }, (_, at) => rateAt(at, 20 + (at % 7), 1_000));
    const [calm, wild] = [23, 600].map((numerator) => {
      const judge = judgeOf(detector, hourlyRate);
      for (const point of usual) judge.observe(point);
      return [judge.observe(rateAt(400, numerator, 1_000)), judge.observe(rateAt(401, 23, 1_000))];
    });
    const band = ({ score: _, direction: __, ...rest }: Record<string, unknown>): object => rest;
    expect(band({ ...calm?.[0] })).toEqual(band({ ...wild?.[0] }));
    const after = wild?.[1];
    if (after?.status !== 'judged') throw new Error('the point after a spike was not judged');
    expect(Math.abs(after.expected - 0.023)).toBeLessThan(0.002);
  });

  test('takes a level that stays for the new normal after `accept_after` points, and no sooner', () => {
    const rates = Array.from({ length: 800 }, (_, at) => rateAt(at, (at < 400 ? 20 : 120) + (at % 7), 1_000));
    const params = { accept_after: 48 };
    const judgements = judgeAll(detector, hourlyRate, rates, params);
    expect(judgements.slice(403, 447).every(isAnomalous)).toBe(true);
    expect(judgements.slice(460).some(isAnomalous)).toBe(false);
    expect(judgements.slice(560).every((judgement) => judgement.status === 'judged')).toBe(true);
  });
});
