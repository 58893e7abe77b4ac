import { expect, it } from 'vitest';
import type { Annotation } from '../../src/model/annotation.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import { judgedWithout } from '../../src/pipeline/announced-late.js';
import { metric } from '../support/metric.js';

const NOON = Date.UTC(2026, 2, 3, 12);
const disputes = metric({ id: 'disputes', calendar: { outage: { kind: 'widen', by: 2 } } });
const orders = metric({ id: 'orders' });
const fresh = metric({ id: 'fresh' });
const SLICES = ['all', 'region=DE', 'region=GB', 'category=toys,region=GB'];

/** What is judged again, as `metric slice hours-before-noon`. */
async function again(change: Partial<Annotation>): Promise<string[]> {
  const annotation: Annotation = {
    annotationId: 'sale',
    kind: 'campaign',
    title: 'Sale',
    scope: 'all',
    effect: { kind: 'hold' },
    startsAt: NOON - 3.5 * HOUR,
    endsAt: NOON + DAY,
    ...change,
  };
  const found = await judgedWithout(annotation, {
    metrics: [disputes, orders, fresh],
    points: { slicesSince: async (id) => (id === 'orders' ? ['all'] : SLICES) },
    progress: new Map([
      ['disputes', NOON],
      ['orders', NOON - HOUR],
    ]),
    horizon: 6 * HOUR,
  });
  return found.flatMap(({ metric: { id }, since }) =>
    [...since].map(([slice, from]) => `${id} ${slice} ${(NOON - from) / HOUR}`),
  );
}

it.each<[string, Partial<Annotation>, string[]]>([
  [
    'all that was judged from the bucket on in which it begins',
    {},
    [...SLICES.map((slice) => `disputes ${slice} 4`), 'orders all 4'],
  ],
  [
    'what its scope holds',
    { scope: 'region=GB' },
    ['disputes region=GB 4', 'disputes category=toys,region=GB 4'],
  ],
  ['its metrics', { metrics: ['orders'] }, ['orders all 4']],
  ['no more than can be gone back', { startsAt: NOON - 3 * DAY, metrics: ['orders'] }, ['orders all 7']],
  ['nothing of what is still to come', { startsAt: NOON }, []],
  ['nothing where it is only shown', { effect: { kind: 'none' } }, []],
])('judges again %s', async (_what, change, expected) => {
  expect(await again(change)).toEqual(expected);
});

it('judges again where the metric says what its kind does', async () => {
  expect(await again({ kind: 'outage', effect: undefined as never, scope: 'region=DE' })).toEqual([
    'disputes region=DE 4',
  ]);
});
