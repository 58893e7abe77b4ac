import { expect, it } from 'vitest';
import { carriers, type Expectation } from '../../src/analysis/carriers.js';
import { ratePoint, verdict } from '../detection/fixtures.js';

/** `cases` among `of` on a slice, where `expected` (a rate) was. */
function seen(slice: string, cases: number, of: number, expected: number | null): Expectation {
  const point = ratePoint(0, cases, { slice, denominator: of, value: cases / of });
  return { point, combined: verdict({ slice, value: point.value, expected }) };
}

const whole = seen('all', 60, 1000, 0.02);

it('names the children that carry the excess, greatest first, with their shares', () => {
  const found = carriers(whole, [
    whole,
    seen('region=GB', 34, 500, 0.02),
    seen('region=DE', 26, 500, 0.02),
    seen('category=toys', 44, 200, 0.02),
    seen('category=books', 10, 800, 0.02),
  ]);
  expect(found).toEqual([
    { slice: 'category=toys', excess: expect.closeTo(40), share: expect.closeTo(1) },
    { slice: 'region=GB', excess: expect.closeTo(24), share: expect.closeTo(0.6) },
    { slice: 'region=DE', excess: expect.closeTo(16), share: expect.closeTo(0.4) },
  ]);
});

it('looks one dimension down, within the slice that is out of band', () => {
  const britain = seen('region=GB', 34, 500, 0.02);
  const found = carriers(britain, [
    whole,
    seen('category=toys', 44, 200, 0.02),
    seen('category=toys,region=GB', 30, 100, 0.02),
    seen('category=toys,region=DE', 14, 100, 0.02),
    seen('category=toys,channel=app,region=GB', 30, 50, 0.02),
  ]);
  expect(found.map(({ slice }) => slice)).toEqual(['category=toys,region=GB']);
});

it('holds a child that is too small to be judged against what was expected of its parent', () => {
  expect(carriers(whole, [seen('region=MT', 3, 50, null)])).toEqual([
    { slice: 'region=MT', excess: expect.closeTo(2), share: expect.closeTo(0.05) },
  ]);
});

it('leaves out the counts of children of which nothing was expected, for a total says nothing of its parts', () => {
  const total = { ...whole, point: { ...whole.point, denominator: null, value: 60 } };
  const part = seen('region=MT', 3, 50, null);
  expect(carriers(total, [{ ...part, point: { ...part.point, denominator: null, value: 3 } }])).toEqual([]);
});

it('says who is missing when a count has fallen', () => {
  const fallen = (slice: string, value: number, expected: number): Expectation => ({
    point: ratePoint(0, value, { slice, denominator: null, value }),
    combined: verdict({ slice, value, expected, direction: 'down' }),
  });
  const all = fallen('all', 60, 100);
  expect(carriers(all, [fallen('region=GB', 10, 50), fallen('region=DE', 50, 50)])).toEqual([
    { slice: 'region=GB', excess: -40, share: 1 },
  ]);
});

it('names five at most, and nobody where there is no excess', () => {
  const many = Array.from({ length: 9 }, (_, index) => seen(`region=R${index}`, 10 + index, 100, 0.02));
  expect(carriers(whole, many)).toHaveLength(5);
  expect(carriers(seen('all', 20, 1000, 0.02), many)).toEqual([]);
});
