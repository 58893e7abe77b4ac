import { describe, expect, test } from 'vitest';
import { rate } from '../../detectors/rate.js';
import type { SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { hourlyRate, judgeAll, judgeOf, rateAt } from './support/judging.js';
import { uniform } from './support/random.js';

/** True where it counts the orders that are no cases; null while that is not known. */
function isTurned(points: readonly SeriesPoint[]): boolean | null {
  const judge = judgeOf(rate, hourlyRate);
  for (const point of points) judge.observe(point);
  return (judge.save() as { isTurned: boolean | null }).isTurned;
}

describe('the rarer side of a rate', () => {
  test.each([
    { share: 0.2, turned: false },
    { share: 0.8, turned: true },
  ])('is known of a slice with an order an hour, at $share too', ({ share, turned }) => {
    const random = uniform(30);
    const sides = Array.from({ length: 1_000 }, () =>
      isTurned(Array.from({ length: 30 }, (_, at) => rateAt(at, random() < share ? 1 : 0, 1))),
    );
    expect(sides.filter((side) => side !== turned)).toEqual([]);
  });

  test('is known after three points where they have orders enough, and after thirty of any size', () => {
    const sides = (size: number, points: number) =>
      isTurned(Array.from({ length: points }, (_, at) => rateAt(at, 0.9 * size, size)));
    expect([sides(1_000, 2), sides(1_000, 3)]).toEqual([null, true]);
    expect([sides(10, 2), sides(10, 3)]).toEqual([null, true]);
    expect([sides(0.01, 29), sides(0.01, 30)]).toEqual([null, true]);
  });

  test('is found after a restart among the first points as without one, with what was expected of their parents', () => {
    const parent = { value: 0, numerator: 0, denominator: 1e6, expected: 1e-5 };
    const points = Array.from({ length: 60 }, (_, at) => ({ ...rateAt(at, at === 12 ? 1 : 0, 1), parent }));
    const params = { warm_up: 3, min_cases: 0 };
    let saved: Json | undefined;
    const resumed = points.map((point) => {
      const judge = judgeOf(rate, hourlyRate, params, saved);
      const judgement = judge.observe(point);
      saved = JSON.parse(JSON.stringify(judge.save())) as Json;
      return judgement;
    });
    expect(resumed).toEqual(judgeAll(rate, hourlyRate, points, params));
  });
});
