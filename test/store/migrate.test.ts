import { expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.js';
import { migrations } from '../../src/store/sql-files.js';
import { Store } from '../../src/store/store.js';
import { testDatabase, testEngine } from '../support/store.js';

it('applies each migration once', async () => {
  const { address } = await testDatabase();
  expect(await migrate(address)).toEqual([]);
});

it('lets two instances start over an empty store at the same time', async () => {
  const { url } = await testEngine();
  const address = { url, username: 'default', password: '', database: 'two_at_once' };
  await Promise.all([migrate(address), migrate(address), migrate(address)]);
  const store = new Store(address);
  const applied = await store.query<{ number: number }>('schema_migrations');
  const numbers = applied.map(({ number }) => number).sort((a, b) => a - b);
  expect([...new Set(numbers)]).toEqual(migrations().map(({ number }) => number));
  expect(await migrate(address)).toEqual([]);
  await store.close();
});

it('refuses a store that a newer version has changed', async () => {
  const { store, address } = await testDatabase();
  await store.insert('schema_migrations', ['number', 'name'], [[9_999, 'from the future']]);
  await expect(migrate(address)).rejects.toMatchObject({
    code: 'store_outdated',
    message: expect.stringContaining('9999'),
  });
});
