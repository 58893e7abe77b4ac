import { expect, it } from 'vitest';
import type { JournalEntry } from '../../src/model/journal.js';
import { Journal } from '../../src/store/journal.js';
import { testDatabase } from '../support/store.js';

const T0 = Date.UTC(2026, 2, 3);

/** Entries that belong together: one transition and what it asks for. */
function batch(number: number, size: number): JournalEntry[] {
  return Array.from({ length: size }, (_, index) => ({
    stream: index === 0 ? 'alert' : 'delivery',
    id: `${number}-${index}`,
    version: 1,
    at: T0 + number,
    actor: 'system',
    reason: 'fired',
    body: { alertId: `${number}-0`, padding: 'x'.repeat(200) },
  }));
}

it('shows entries of one insert all at once, whoever looks while it is written', async () => {
  const { store } = await testDatabase();
  const journal = new Journal(store);
  let writing = true;
  const partial: unknown[] = [];
  let looks = 0;
  const looking = (async () => {
    while (writing) {
      const sizes = new Map<number, number>();
      for (const { at } of await journal.read()) sizes.set(at, (sizes.get(at) ?? 0) + 1);
      for (const [at, size] of sizes) if (size !== 300) partial.push({ at, size });
      looks += 1;
    }
  })();
  for (let number = 0; number < 20; number++) await journal.append(batch(number, 300));
  writing = false;
  await looking;
  expect(partial).toEqual([]);
  expect(looks).toBeGreaterThan(3);
  expect(await journal.read()).toHaveLength(6_000);
});

it('holds an entry once that is written twice, in the order of time', async () => {
  const { store } = await testDatabase();
  const journal = new Journal(store);
  await journal.append(batch(2, 3));
  await journal.append(batch(1, 3));
  await journal.append(batch(2, 3));
  const entries = await journal.read();
  expect(entries).toHaveLength(6);
  expect(entries.map(({ at }) => at)).toEqual([1, 1, 1, 2, 2, 2].map((number) => T0 + number));
  expect(entries.slice(0, 3)).toEqual(batch(1, 3));
});

it('tells the story of one alert alone', async () => {
  const { store } = await testDatabase();
  const journal = new Journal(store);
  await journal.append([...batch(1, 3), ...batch(2, 3)]);
  expect((await journal.story('2-0')).map(({ id }) => id).sort()).toEqual(['2-0', '2-1', '2-2']);
});
