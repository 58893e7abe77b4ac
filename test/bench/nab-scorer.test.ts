import { describe, expect, test } from 'vitest';
import { type LabelledSeries, NAB_PROFILES, probationOf, scoreNab } from './nab-scorer.js';

const corpus: LabelledSeries[] = [
  {
    rows: 1_000,
    windows: [
      { left: 300, right: 399 },
      { left: 700, right: 799 },
    ],
  },
  { rows: 2_000, windows: [{ left: 900, right: 1_099 }] },
  { rows: 500, windows: [] },
];
const silent = (): Float64Array[] => corpus.map(({ rows }) => new Float64Array(rows));
const at = (...marks: [series: number, row: number, score?: number][]): Float64Array[] => {
  const scores = silent();
  for (const [series, row, score = 1] of marks) (scores[series] as Float64Array)[row] = score;
  return scores;
};
const perfect: [number, number][] = [
  [0, 300],
  [0, 700],
  [1, 900],
];

describe.each(Object.entries(NAB_PROFILES))('the NAB score, %s', (_, profile) => {
  const score = (scores: Float64Array[]): number => scoreNab(corpus, scores, profile).score;

  test('is 100 for the first row of every window and 0 for silence', () => {
    expect(score(at(...perfect))).toBeCloseTo(100, 9);
    expect(score(silent())).toBe(0);
  });

  test('counts only the best row of a window, and an earlier one for more', () => {
    const inside = at(...perfect, [0, 350], [1, 1_099]);
    expect(score(inside)).toBeCloseTo(100, 9);
    expect(score(at([0, 310]))).toBeGreaterThan(score(at([0, 390])));
  });

  test('charges a false row by its profile, less just after a window, and every row again', () => {
    const whole = (profile.hit + profile.miss) * 3;
    const far = score(at(...perfect, [0, 200]));
    expect(far).toBeCloseTo(100 * (1 - profile.false / whole), 9);
    expect(score(at(...perfect, [0, 200], [0, 210]))).toBeCloseTo(100 * (1 - (2 * profile.false) / whole), 9);
    expect(score(at(...perfect, [0, 405]))).toBeGreaterThan(far);
    expect(score(at(...perfect, [1, 1_900]))).toBeCloseTo(far, 3);
  });

  test('does not count probation', () => {
    expect(score(at(...perfect, [0, 149], [2, 74]))).toBeCloseTo(100, 9);
    expect(score(at(...perfect, [2, 75]))).toBeLessThan(100);
  });

  test('takes the one threshold that is best for the whole corpus', () => {
    const marks = perfect.map(([series, row]): [number, number, number] => [series, row, 0.8]);
    const found = scoreNab(corpus, at(...marks, [0, 250, 0.3], [2, 300, 0.79]), profile);
    expect(found).toEqual({ score: expect.closeTo(100, 9), threshold: 0.8, hits: 3, falseRows: 0 });
  });
});

test('a hit in the middle of a window is worth what the sigmoid says', () => {
  // Row 350 of 300..399: x = -(399 - 350 + 1)/100 = -0.5; S(-0.5)/S(-1) = 0.848284/0.986614.
  const { score } = scoreNab(corpus, at([0, 350]), NAB_PROFILES.standard);
  expect(score).toBeCloseTo((100 * (1 + 0.848284 / 0.986614)) / 6, 3);
});

test('probation is 15 % of the rows and no more than 750', () => {
  expect([100, 4_032, 22_695].map(probationOf)).toEqual([15, 604, 750]);
});
