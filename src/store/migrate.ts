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
    const missing = await missingFrom(store);
    for (const migration of missing) {
      await store.statement(migration.statement, {}, `migration ${migration.name}`);
      await store.insert('schema_migrations', ['number', 'name'], [[migration.number, migration.name]]);
    }
    return missing.map((migration) => migration.name);
  } finally {
    await store.close();
  }
}

/**
 * Sees that the tables are those of this version, and changes nothing: for those who only read, also beside a service.
 *
 * Throws `not_found` where there are no tables, and `store_outdated` where they are of another version.
 */
export async function insistOnTables(address: StoreAddress): Promise<void> {
  if (!(await hasTables(address)))
    throw new RedressError('not_found', 'there is no history: load events with redress ingest');
  const store = new Store(address);
  try {
    const missing = await missingFrom(store);
    if (missing.length > 0)
      throw new RedressError(
        'store_outdated',
        `the store's tables are of an earlier version, without ${missing[0]?.name}: redress migrate brings them up to date`,
      );
  } finally {
    await store.close();
  }
}

/** The migrations that the store has not had. Throws `store_outdated` when it has had some that this version does not know. */
async function missingFrom(store: Store): Promise<ReturnType<typeof migrations>> {
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
  return known.filter((migration) => !applied.has(migration.number));
}

async function hasTables(address: StoreAddress): Promise<boolean> {
  const server = new Store({ ...address, database: 'default' });
  try {
    const [found] = await server.query<{ tables: number }>('tables_of', { database: address.database });
    return Number(found?.tables ?? 0) > 0;
  } finally {
    await server.close();
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
