import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateOrMix, rateOrMixInWords, type SliceCounts } from '../../src/analysis/rate-or-mix.js';

const count = fc.nat({ max: 1_000_000 });
const counts = fc
  .tuple(count, count)
  .map(([a, b]) => ({ numerator: Math.min(a, b), denominator: Math.max(a, b) }));
const slices = fc.array(fc.record({ slice: fc.string(), before: counts, after: counts }), {
  minLength: 1,
  maxLength: 30,
});

const slice = (name: string, before: [number, number], after: [number, number]): SliceCounts => ({
  slice: name,
  before: { numerator: before[0], denominator: before[1] },
  after: { numerator: after[0], denominator: after[1] },
});

describe('rate or mix', () => {
  test('the parts add up to the change, for any slicing', () => {
    fc.assert(
      fc.property(slices, (each) => {
        const split = rateOrMix(each);
        if (split === null) return;
        const parts = split.contributions.reduce((sum, { rate, mix }) => sum + rate + mix, 0);
        expect(Math.abs(split.rate + split.mix - split.change)).toBeLessThan(1e-9);
        expect(Math.abs(parts - split.change)).toBeLessThan(1e-9);
      }),
    );
  });

  test('is all mix when only the weights changed', () => {
    const split = rateOrMix([
      slice('region=GB', [50, 500], [90, 900]),
      slice('region=DE', [5, 500], [1, 100]),
    ]);
    expect(split?.rate).toBeCloseTo(0, 12);
    expect(split?.change).toBeCloseTo(0.036, 12);
    expect(split && rateOrMixInWords(split)).toBe('nearly all of it is mix, most by more of region=GB');
  });

  test('is all rate when the weights stayed', () => {
    const split = rateOrMix([
      slice('region=GB', [50, 500], [80, 500]),
      slice('region=DE', [5, 500], [5, 500]),
    ]);
    expect(split?.mix).toBeCloseTo(0, 12);
    expect(split && rateOrMixInWords(split)).toMatch(/^nearly all of it happened inside/);
  });

  test('says that mix hides a change for the better or worse', () => {
    const split = rateOrMix([
      slice('region=GB', [50, 500], [20, 100]),
      slice('region=DE', [5, 500], [18, 900]),
    ]);
    expect(split && rateOrMixInWords(split)).toMatch(/^it is mix|made up for some/);
  });

  test('takes a slice that is new or gone for mix', () => {
    const split = rateOrMix([slice('a', [10, 100], [10, 100]), slice('new', [0, 0], [50, 100])]);
    expect(split?.rate).toBeCloseTo(0, 12);
    expect(split?.mix).toBeCloseTo(0.2, 12);
  });

  test('is null without anything to divide by', () => {
    expect(rateOrMix([])).toBeNull();
    expect(rateOrMix([slice('a', [0, 0], [1, 10])])).toBeNull();
  });
});
