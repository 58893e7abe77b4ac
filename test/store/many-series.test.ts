import { beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import { JudgeStateTable } from '../../src/store/judge-state-table.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { ratePoint, T0 } from '../detection/fixtures.js';
import { testDatabase } from '../support/store.js';

const SERIES = 90_000;
const slices = Array.from({ length: SERIES }, (_, index) => `category=Ge''\\ß\n,merchant_id=${index}`);

let store: Store;
beforeAll(async () => {
  ({ store } = await testDatabase());
});

describe('a hundred thousand series', () => {
  it('can be asked for by name, of points and of what their judges knew', async () => {
    const named = slices.filter((_, index) => index % 3 === 0);
    const saved = slices.map(
      (slice): SavedJudge => ({
        metric: 'dispute_rate',
        slice,
        detector: 'd',
        parameters: '{}',
        observedUntil: T0,
        state: slice,
        slot: 1,
      }),
    );
    const states = new JudgeStateTable(store);
    await states.write(saved);
    const earlier = await states.earlier('dispute_rate', named);
    expect(new Set(earlier.map(({ state }) => state))).toEqual(new Set(named));
    expect(earlier).toHaveLength(named.length);

    const points = new PointTable(store);
    await points.write(slices.map((slice, index) => ratePoint(0, index, { slice })));
    const few = await points.between('dispute_rate', T0, T0 + HOUR, named.slice(0, 5));
    expect(few.map(({ slice }) => slice).sort()).toEqual(named.slice(0, 5).sort());
    const many = await points.between('dispute_rate', T0, T0 + HOUR, named);
    expect(new Set(many.map(({ slice }) => slice))).toEqual(new Set(named));
    expect(many).toHaveLength(named.length);
  });

  it('have what their judges know written metric by metric, each whole or not at all', async () => {
    const states = new JudgeStateTable(store);
    const row = { detector: 'd', parameters: '{}', observedUntil: T0, state: 1 };
    function* brokenOff(): Generator<SavedJudge> {
      for (const metric of ['small', 'large', 'last'])
        for (const slice of metric === 'small' ? ['all'] : slices.slice(0, 30_000)) {
          if (metric === 'last' && slice === slices[29_000]) throw new Error('killed');
          yield { ...row, metric, slice };
        }
    }
    await expect(states.write(brokenOff())).rejects.toThrow('killed');
    const counts = new Map<string, number>();
    for (const { metric } of await states.read()) counts.set(metric, (counts.get(metric) ?? 0) + 1);
    expect(counts.get('small')).toBe(1);
    expect(counts.get('large')).toBe(30_000);
    expect(counts.get('last')).toBeUndefined();
  });

  it('have their history read in stretches of whole buckets', async () => {
    const points = new PointTable(store);
    for (let hour = 0; hour < 5; hour += 1)
      await points.write(slices.map((slice) => ratePoint(hour, hour, { slice, metric: 'long' })));
    const read: number[][] = [];
    for await (const stretch of points.stretches('long', T0 + HOUR, T0 + 4 * HOUR))
      read.push([stretch.length, stretch[0]?.bucketStart ?? 0, stretch.at(-1)?.bucketStart ?? 0]);
    expect(read).toEqual([
      [2 * SERIES, T0 + HOUR, T0 + 2 * HOUR],
      [SERIES, T0 + 3 * HOUR, T0 + 3 * HOUR],
    ]);
  });
});
