import { describe, expect, it } from 'vitest';
import { explanations, speakersFirst } from '../../src/detection/story.js';
import { ratePoint, verdict } from './fixtures.js';

/** A slice with a rate of 1 % expected, in a band of three and a half standard deviations of its count. */
function seen(slice: string, orders: number, disputes: number) {
  const expected = 0.01;
  const half = (3.5 * Math.sqrt(expected * orders)) / orders;
  const value = disputes / orders;
  const point = ratePoint(0, disputes, { slice, value, denominator: orders });
  const [lower, upper] = [Math.max(0, expected - half), expected + half];
  const status = value > upper || value < lower ? 'anomalous' : 'normal';
  const direction = value >= expected ? 'up' : 'down';
  return {
    point,
    verdicts: [],
    combined: verdict({ slice, value, expected, lower, upper, status, direction, score: 2 }),
  };
}
const told = (...slices: ReturnType<typeof seen>[]) => Object.fromEntries(explanations(slices));

describe('the story of a bucket', () => {
  it('is told at the one child that moved, when the parent is out of band only for it', () => {
    expect(
      told(seen('all', 10_000, 180), seen('region=GB', 3_000, 110), seen('region=DE', 7_000, 70)),
    ).toEqual({
      all: 'region=GB',
    });
  });

  it('is the whole’s when all parts moved, and a part’s of its own when only that did', () => {
    expect(
      told(seen('all', 10_000, 250), seen('region=GB', 3_000, 75), seen('region=DE', 7_000, 175)),
    ).toEqual({});
    expect(told(seen('all', 10_000, 130), seen('region=GB', 1_000, 40))).toEqual({});
  });

  it('is told at the narrowest slice that explains all that hold it', () => {
    const pair = seen('category=toys,region=GB', 1_000, 100);
    const bucket = [
      seen('all', 10_000, 190),
      seen('region=GB', 3_000, 120),
      seen('category=toys', 2_000, 110),
      pair,
    ];
    expect(told(...bucket)).toEqual({
      all: pair.point.slice,
      'region=GB': pair.point.slice,
      'category=toys': pair.point.slice,
    });
    expect(speakersFirst(bucket, explanations(bucket))[0]).toBe(pair);
  });

  it('is the whole’s when two parts of three moved: one alert, which none of them explains', () => {
    const [gb, de] = [seen('region=GB', 3_000, 80), seen('region=DE', 3_000, 80)];
    expect(told(seen('all', 10_000, 200), gb, de, seen('region=FR', 4_000, 40))).toEqual({});
  });

  it('stays the whole’s where the rest is too small to have shown that it moved', () => {
    expect(told(seen('all', 10_000, 200), seen('region=GB', 9_900, 199))).toEqual({});
  });

  it('is told of a fall as of a rise, and never of one for the other', () => {
    expect(told(seen('all', 100_000, 700), seen('region=GB', 40_000, 100))).toEqual({ all: 'region=GB' });
    expect(told(seen('all', 100_000, 700), seen('region=GB', 40_000, 600))).toEqual({});
  });

  it('is not told of means, whose parts do not add up', () => {
    const [all, part] = [seen('all', 10_000, 180), seen('region=GB', 3_000, 110)];
    expect(told({ ...all, point: { ...all.point, volume: 10_000 } }, part)).toEqual({});
  });
});
