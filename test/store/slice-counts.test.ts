import { expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/model/clock.js';
import { EventLog } from '../../src/store/event-log.js';
import { type SliceCounts, SliceCountTable, type ToldApart } from '../../src/store/slice-counts.js';
import { arrived } from '../support/event.js';
import { selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

const START = Date.UTC(2026, 2, 2);
const REGIONS = ['GB', "o'x\\", '', '\u0001', 'DE'];

/** One line a row, in order: values, stretch, events, sum and squares. */
function lines({ values, bucket, events, value, squares }: SliceCounts): string[] {
  return bucket
    .map((start, row) =>
      JSON.stringify([values.map((column) => column[row]), start, events[row], value[row], squares[row]]),
    )
    .sort();
}

it('counts the same by lists of values that are known as by the values themselves, also when one is in no list', async () => {
  const { store } = await testDatabase();
  const accepted = Array.from({ length: 300 }, (_, index) =>
    arrived({
      eventId: `e${index}`,
      type: 'dispute.opened',
      occurredAt: START + (index % 40) * HOUR,
      region: REGIONS[index % REGIONS.length] ?? '',
      attributes: index % 3 === 0 ? {} : { carrier: `c${index % 7}` },
      amount: String(index),
    }),
  );
  await new EventLog(store).write({ accepted, rejected: [] });
  const table = new SliceCountTable(store);
  const spans = [
    { from: START + DAY, to: START + 2 * DAY },
    { from: START, to: START + DAY },
  ];
  const edges = [START, START + DAY, START + 2 * DAY];
  const query = {
    ...{ selector: selector('dispute.opened'), date: 'occurred_at' as const, spans, edges },
    ...{ dimensions: ['region', 'carrier'], value: 'amount' as const },
  };
  const counted = async (told: Partial<ToldApart>) => {
    const counts = await table.counts(query, { named: new Map(), seen: new Map(), ...told }, 1_000);
    return counts === null ? null : lines(counts);
  };

  const { seen } = await table.widths(query, 1_000);
  const all = new Map(query.dimensions.map((name, index) => [name, seen[index] ?? []]));
  expect([...(all.get('region') ?? [])].sort()).toEqual([...REGIONS].sort());
  const known = await counted({ seen: all });
  expect(known).toHaveLength(80);
  expect(await counted({})).toEqual(known);
  expect(await counted({ seen: new Map([...all, ['region', ['GB', 'DE']]]) })).toEqual(known);
  const many = Array.from({ length: 5_000 }, (_, index) => `a-region-with-a-rather-long-name-${index}`);
  expect(await counted({ seen: new Map([...all, ['region', [...REGIONS, ...many]]]) })).toEqual(known);

  const named = new Map([['carrier', ['c1', 'c2']]]);
  const together = await counted({ named, seen: all });
  expect(together).toHaveLength(30);
  expect(await counted({ named })).toEqual(together);
  expect(await table.counts(query, { named, seen: all }, 20)).toBeNull();
});
