import { describe, expect, it } from 'vitest';
import { cumulate, normalAt, Random } from '../../src/simulation/random.js';

const draw = <Value>(count: number, next: () => Value): Value[] => Array.from({ length: count }, next);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: number[]): number => {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
};

describe('the generator of random numbers', () => {
  it('gives the same numbers for a seed for ever', () => {
    const random = new Random(42);
    const first = draw(3, () => random.uniform());
    const again = new Random(42);
    expect(draw(3, () => again.uniform())).toEqual(first);
    const other = new Random(43);
    expect(draw(3, () => other.uniform())).not.toEqual(first);
  });

  it('fills [0, 1) evenly', () => {
    const random = new Random(1);
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const cell = Math.floor(random.uniform() * 100);
      counts[cell] = (counts[cell] as number) + 1;
    }
    // Chi-squared with 99 degrees of freedom: 99.9 % lie below 149, 99.9 % above 61.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chiSquared).toBeLessThan(149);
    expect(chiSquared).toBeGreaterThan(61);
  });

  it.each([0.3, 7, 1_200])('counts events as Poisson says, with mean and variance %d', (expected) => {
    const random = new Random(2);
    const counts = draw(20_000, () => random.poisson(expected));
    expect(mean(counts) / expected).toBeCloseTo(1, 1);
    expect(variance(counts) / expected).toBeCloseTo(1, 1);
  });

  it('chooses by weight', () => {
    const random = new Random(3);
    const weights = cumulate([1, 0, 3]);
    const chosen = draw(40_000, () => random.choose(weights));
    expect(chosen.filter((index) => index === 0).length / 40_000).toBeCloseTo(0.25, 1);
    expect(chosen.filter((index) => index === 1)).toHaveLength(0);
  });

  it('has a normal number for every place, unrelated to its neighbours', () => {
    const walk = draw(20_000, () => 0).map((_, index) => normalAt(7, 1, index));
    expect(mean(walk)).toBeCloseTo(0, 1);
    expect(variance(walk)).toBeCloseTo(1, 1);
    const neighbours = mean(walk.slice(1).map((value, index) => value * (walk[index] as number)));
    const otherSeries = mean(walk.map((value, index) => value * normalAt(7, 2, index)));
    expect(neighbours).toBeCloseTo(0, 1);
    expect(otherSeries).toBeCloseTo(0, 1);
    expect(normalAt(7, 1, 5)).toBe(walk[5]);
  });
});
