import { beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.js';
import type { Store } from '../../src/store/store.js';
import { VerdictTable } from '../../src/store/verdict-table.js';
import { testDatabase } from '../support/store.js';

const STORED = `
  SELECT metric, slice, toUnixTimestamp64Milli(bucket_start) AS bucketStart, detector, status, reason, value, expected,
    lower, upper, score, direction
  FROM verdicts ORDER BY metric, slice, detector, bucketStart`;

const verdict = (more: Partial<Verdict>): Verdict => ({
  metric: 'm',
  slice: 'all',
  bucketStart: Date.UTC(2026, 4, 1, 12, 30, 15, 678),
  detector: 'combined',
  status: 'normal',
  reason: '',
  value: 0.5,
  expected: 0.25,
  lower: 0,
  upper: 1 / 3,
  score: 1.5,
  direction: 'up',
  ...more,
});

let store: Store;
beforeAll(async () => {
  ({ store } = await testDatabase());
});

async function storedAfter(verdicts: readonly Verdict[]): Promise<unknown[]> {
  await store.statement('TRUNCATE TABLE verdicts_log');
  await new VerdictTable(store).write(verdicts);
  const found: unknown[] = [];
  for await (const rows of store.rows<Verdict>(STORED)) found.push(...rows);
  return found;
}

describe('verdicts in the store', () => {
  it('are what was written: words of any script, numbers of any size, and what is not known', async () => {
    const written = [
      verdict({ metric: 'a', slice: 'region=Größe 中文 \' " \\ \n %2C', value: -1e300, score: 5e-324 }),
      verdict({ metric: 'b', bucketStart: Date.UTC(1969, 6, 20), value: Number.MAX_SAFE_INTEGER }),
      verdict({
        metric: 'c',
        status: 'not_evaluable',
        reason: 'cold_start',
        expected: null,
        lower: null,
        upper: null,
        score: null,
        direction: null,
      }),
      verdict({ metric: 'd', slice: `merchant_id=${'long '.repeat(5_000)}`, reason: 'chance' }),
    ];
    const asColumns = written.map((each) => ({ ...each, direction: each.direction ?? '' }));
    expect(await storedAfter(written)).toEqual(asColumns);
  });

  it('keep their series apart, however many there are', async () => {
    const slices = Array.from({ length: 70_000 }, (_, index) => `merchant_id=${index}`).sort();
    const found = await storedAfter(slices.map((slice, value) => verdict({ slice, value })));
    expect(found).toHaveLength(slices.length);
    expect(found.every((row, value) => (row as Verdict).slice === slices[value])).toBe(true);
    expect(found.every((row, value) => (row as Verdict).value === value)).toBe(true);
  });
});
