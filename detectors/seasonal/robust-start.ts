import { median } from 'simple-statistics';
import { varianceOfCase } from '../support/dispersion.js';

/** A point of the beginning, with its slot in each of the rhythms. */
export interface FirstPoint {
  cases: number;
  size: number;
  slots: readonly number[];
}

export interface Start {
  /** What a point of size 1 brings at the level and in all slots that are neutral. */
  base: number;
  /** The points as they are learned from: what is far out is drawn to the edge of what is usual, an accident to its middle. */
  cleaned: readonly number[];
  /** The part of the points' distances from the fit that the fit has not taken away. */
  freedom: number;
  /** What the fit says of a point, but for some of the rhythms. */
  without(point: FirstPoint, left: readonly number[]): number;
}

const ROUNDS = 3;
/** What is further out, in standard deviations, says nothing of what is usual, as a point out of band does later. */
const ACCIDENT = 3.5;
/** The least part of the points that is taken to be free of the fit. */
const LEAST_FREEDOM = 0.25;
/** Median of χ² with one degree of freedom: squares of normal residuals have it in the middle. */
const MEDIAN_SQUARE = 0.4549;

/**
 * Takes the beginning of a series apart into a base and its rhythms, so that an accident in it does not bend what is
 * usual: sweeps over the rhythms as in Tukey's (1977) median polish, with the means of what lies within Huber's (1964)
 * distance of the slot's median in the place of the medians themselves, which rare cases do not have. Of two middle
 * values the median is the one that is nearer to what the other rhythms say: when two weeks disagree, the one that is
 * like other days is believed.
 *
 * @param clip distance in standard deviations beyond which a point counts as if it were there.
 * @param leastClip the same in cases, which single cases never exceed; 0 for values that are not counts.
 */
export function robustStart(
  points: readonly FirstPoint[],
  slots: readonly number[],
  options: { multiplies: boolean; isRate: boolean; clip: number; leastClip: number },
): Start {
  const { multiplies } = options;
  const neutral = multiplies ? 1 : 0;
  const half = options.isRate ? 0.5 : 0;
  const sum = (of: 'cases' | 'size') => points.reduce((total, point) => total + point[of], 0);
  const base = (sum('cases') + half) / (sum('size') + 2 * half);
  const indices = slots.map((count) => new Array<number>(count).fill(neutral));
  // Every slot of the finest rhythm takes a part of its points' distances away.
  const told = Math.max(
    0,
    ...slots.map((_, rhythm) => new Set(points.map((point) => point.slots[rhythm])).size),
  );
  const freedom = Math.max(1 - told / points.length, LEAST_FREEDOM);
  const indexOf = (point: FirstPoint, rhythm: number) =>
    indices[rhythm]?.[point.slots[rhythm] as number] as number;
  const without = (point: FirstPoint, left: readonly number[]): number =>
    indices.reduce((mean, _, rhythm) => {
      if (left.includes(rhythm)) return mean;
      return multiplies ? mean * indexOf(point, rhythm) : mean + indexOf(point, rhythm);
    }, base * point.size);
  const varianceOf = (mean: number, size: number): number => {
    if (!multiplies) return 1;
    const least = Math.max(mean, 1e-9);
    return options.isRate ? size * varianceOfCase(Math.min(1, least / size)) : least;
  };
  const dispersion = (): number => {
    const squares = points.map((point) => {
      const mean = without(point, []);
      return (point.cases - mean) ** 2 / varianceOf(mean, point.size);
    });
    return Math.max(median(squares) / MEDIAN_SQUARE / freedom, options.leastClip > 0 ? 1 : 0);
  };
  const drawn = (cases: number, mean: number, size: number, spread: number): number => {
    const deviation = Math.sqrt(spread * varianceOf(mean, size));
    if (Math.abs(cases - mean) > Math.max(ACCIDENT * deviation, 2 * options.leastClip)) return mean;
    const reach = Math.max(options.clip * deviation, options.leastClip);
    return Math.min(Math.max(cases, mean - reach), mean + reach);
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [rhythm, own] of indices.entries()) {
      const spread = dispersion();
      const bySlot = new Map<number, FirstPoint[]>();
      for (const point of points) {
        const slot = point.slots[rhythm] as number;
        bySlot.set(slot, [...(bySlot.get(slot) ?? []), point]);
      }
      for (const [slot, here] of bySlot) {
        const usual = here.map((point) => without(point, [rhythm]));
        const middle = middleOf(
          here.map(({ cases }, at) => indexFrom(cases, usual[at] as number, multiplies)),
          neutral,
        );
        let seen = half;
        let expected = half;
        here.forEach(({ cases, size }, at) => {
          const mean = multiplies ? middle * (usual[at] as number) : middle + (usual[at] as number);
          seen += drawn(cases, mean, size, spread) - (multiplies ? 0 : (usual[at] as number));
          expected += multiplies ? (usual[at] as number) : 1;
        });
        own[slot] = expected > 0 ? seen / expected : neutral;
      }
    }
  }
  const spread = dispersion();
  const cleaned = points.map((point) => drawn(point.cases, without(point, []), point.size, spread));
  return { base, cleaned, freedom, without };
}

/** A slot's index as one point alone would have it. */
function indexFrom(cases: number, usual: number, multiplies: boolean): number {
  if (!multiplies) return cases - usual;
  return usual > 0 ? cases / usual : 1;
}

/** The median; of two middle values the one that is nearer to `neutral`. */
function middleOf(values: readonly number[], neutral: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] as number;
  const lower = sorted[(sorted.length - 1) >> 1] as number;
  return Math.abs(upper - neutral) < Math.abs(lower - neutral) ? upper : lower;
}
