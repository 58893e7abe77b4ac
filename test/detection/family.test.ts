import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../src/detection/calendar.js';
import type { ParentPoint } from '../../src/detection/contract.js';
import { parentSlice } from '../../src/detection/family.js';
import { Judging } from '../../src/detection/judging.js';
import { HOUR } from '../../src/model/clock.js';
import type { Point } from '../../src/model/point.js';
import { metric } from '../support/metric.js';
import { judged, ratePoint, scripted, T0, together } from './fixtures.js';

const sliced = (...slices: string[][]) => metric({ slices, detect: [{ use: 'curious', params: {} }] });

/** Expects the share of points so far, and notes which parents it was told of. */
function curious() {
  const told = new Map<number, ParentPoint | undefined>();
  const detector = scripted('curious', ({ value, numerator, parent }, seen) => {
    told.set(numerator, parent);
    return { ...judged(0.1), expected: seen / 1000 + value + (parent?.expected ?? 0) };
  });
  return { detector, told };
}

const judgingWith = (detector: ReturnType<typeof curious>['detector'], restateHorizon = 0) =>
  new Judging({
    detectors: [detector],
    calendar: new Calendar([]),
    saved: [],
    restateHorizon,
    reportFault: ({ error }) => {
      throw error;
    },
  });

describe('the parent of a slice', () => {
  it.each([
    ['category=toys,region=GB', [[], ['region'], ['category', 'region']], 'region=GB'],
    ['category=toys,region=GB', [[], ['category'], ['region']], 'category=toys'],
    ['category=toys,region=GB', [[], ['scenario'], ['category', 'region']], 'all'],
    ['category=toys,region=GB', [['scenario'], ['category', 'region']], null],
    ['region=GB', [['region'], []], 'all'],
    ['all', [[], ['region']], null],
  ])('of %s among %j is %s', (slice, slices, parent) => {
    expect(parentSlice(sliced(...slices), slice)).toBe(parent);
  });

  it('is judged before it, whatever the order of the points, and its judge is heard by the same detector', () => {
    const { detector, told } = curious();
    const judging = judgingWith(detector);
    const of = sliced([], ['region'], ['region', 'category']);
    const answered = judging.judgeBucket(of, [
      ratePoint(0, 3, { slice: 'category=toys,region=GB' }),
      ratePoint(0, 5, { slice: 'region=GB' }),
      ratePoint(0, 20),
    ]);
    expect(answered.map(({ point }) => point.slice)).toEqual(['all', 'region=GB', 'category=toys,region=GB']);
    expect(told.get(20)).toBeUndefined();
    expect(told.get(5)).toEqual({ value: 0.02, numerator: 20, denominator: 1000, expected: 0.021 });
    expect(told.get(3)).toEqual({
      value: 0.005,
      numerator: 5,
      denominator: 1000,
      expected: expect.closeTo(0.021 + 0.006),
    });
  });

  it('is of the same bucket: one without a point then is not there', () => {
    const { detector, told } = curious();
    const judging = judgingWith(detector);
    const of = sliced([], ['region']);
    judging.judgeBucket(of, [ratePoint(0, 20), ratePoint(0, 5, { slice: 'region=GB' })]);
    judging.judgeBucket(of, [ratePoint(1, 6, { slice: 'region=GB' })]);
    expect(told.get(6)).toBeUndefined();
  });

  it('is gone back to with its child, so that a restated child hears what it would have heard', async () => {
    const of = sliced([], ['region']);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.boolean()), { minLength: 9, maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        async (hours, back) => {
          const points: Point[] = hours.flatMap(([cases, hasChild], index) => [
            ratePoint(index, cases),
            ...(hasChild ? [ratePoint(index, cases, { slice: 'region=GB' })] : []),
          ]);
          const live = judgingWith(curious().detector, 6 * HOUR);
          for (const [index] of hours.entries())
            live.judgeBucket(
              of,
              points.filter(({ bucketStart }) => bucketStart === T0 + index * HOUR),
            );
          const bucket = T0 + (hours.length - back) * HOUR;
          const changed = points.map((point) =>
            point.bucketStart === bucket ? ratePoint(hours.length - back, 99, { slice: point.slice }) : point,
          );
          const since = new Map([
            ['region=GB', bucket],
            ['all', bucket],
          ]);
          const again = await together(live.judgeAgain(of, since, [changed]));
          const fresh = judgingWith(curious().detector);
          const expected = hours.flatMap((_, index) =>
            fresh.judgeBucket(
              of,
              changed.filter(({ bucketStart }) => bucketStart === T0 + index * HOUR),
            ),
          );
          const slices = live.canGoBack(of, since);
          expect(again).toEqual(
            expected.filter(({ point }) => point.bucketStart >= bucket && slices.has(point.slice)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
