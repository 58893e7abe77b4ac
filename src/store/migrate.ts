import { RedressError } from '../model/errors.js';
import { migrations } from './sql-files.js';
import { Store, type StoreAddress } from './store.js';

/**
 * Creates the database and every table and view that is not there yet. Safe to run twice and by two instances
 * at once, because each statement creates what is missing and nothing else. Answers what was applied.
 *
 * Throws `store_outdated` when the store has migrations that this version does not know.
 */
export async function migrate(address: StoreAddress): Promise<string[]> {
  await createDatabase(address);
  const store = new Store(address);
  try {
    await store.execute('create_schema_migrations');
    const applied = new Set(
      (await store.query<{ number: number }>('schema_migrations')).map((row) => row.number),
    );
    const known = migrations();
    const newest = known.at(-1)?.number ?? 0;
    const unknown = [...applied].filter((number) => number > newest);
    if (unknown.length > 0)
      throw new RedressError(
        'store_outdated',
        `the store has migration ${Math.max(...unknown)}, this version of Redress knows them up to ${newest}: use a newer version`,
      );
    const missing = known.filter((migration) => !applied.has(migration.number));
    for (const migration of missing) {
      await store.statement(migration.statement, {}, `migration ${migration.name}`);
      await store.insert('schema_migrations', ['number', 'name'], [[migration.number, migration.name]]);
    }
    return missing.map((migration) => migration.name);
  } finally {
    await store.close();
  }
}

async function createDatabase(address: StoreAddress): Promise<void> {
  const server = new Store({ ...address, database: 'default' });
  try {
    await server.execute('create_database', { database: address.database });
  } finally {
    await server.close();
  }
}
