import { expect, it } from 'vitest';
import { DAY } from '../../src/model/clock.js';
import type { Point } from '../../src/model/point.js';
import { PointTable } from '../../src/store/point-table.js';
import { applyRetention } from '../../src/store/retention.js';
import type { Store } from '../../src/store/store.js';
import { testDatabase } from '../support/store.js';

const ALTERATIONS = `SELECT uniqExact(table) AS tables FROM system.mutations WHERE database = currentDatabase()`;

async function one<Row>(store: Store, text: string): Promise<Row | undefined> {
  for await (const [row] of store.rows<Row>(text)) return row;
  return undefined;
}

it('forgets rows past the age that the configuration gives, by table, and only those', async () => {
  const { store } = await testDatabase();
  const table = new PointTable(store);
  const now = Date.now();
  const point = (age: number): Point => ({
    metric: 'orders',
    slice: 'all',
    bucketStart: now - age,
    bucketSeconds: 3600,
    value: 1,
    numerator: 1,
    denominator: null,
    amount: 0,
    revision: 1,
  });
  const ages = async () => {
    // The store forgets when it merges; this is a merge at once.
    await store.statement('OPTIMIZE TABLE points_log FINAL');
    return (await table.between('orders', 0, now + 1)).map((it) => Math.round((now - it.bucketStart) / DAY));
  };
  await applyRetention(store, {});
  await table.write([point(40 * DAY), point(20 * DAY), point(0)]);
  expect(await ages()).toEqual([40, 20, 0]);

  await applyRetention(store, { points: 30 * DAY, events: 90 * DAY });
  expect(await ages()).toEqual([20, 0]);
  const altered = await one(store, ALTERATIONS);
  await applyRetention(store, { points: 30 * DAY, events: 90 * DAY });
  expect(await one(store, ALTERATIONS)).toEqual(altered);

  await applyRetention(store, {});
  await table.write([point(40 * DAY)]);
  expect(await ages()).toEqual([40, 20, 0]);
});
