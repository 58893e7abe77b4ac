import type { EmbeddedEngine } from '../../src/store/embedded/engine.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { processorSeconds } from './process-figures.js';

let databases = 0;

/**
 * Does the work in a new database, which is gone afterwards, merges and all. Answers the seconds that passed and
 * the processor time of both processes. Throws when the table has not as many rows then as it should have.
 *
 * @param expected.before a statement that is run before the work, and not measured.
 * @param work is measured until it resolves; what it gives to `after` is done then, and not measured.
 */
export async function inDatabase(
  engine: EmbeddedEngine,
  expected: { table: string; rows: number; before?: string },
  work: (store: Store, after: (cleanup: () => Promise<unknown>) => void) => Promise<unknown>,
): Promise<{ seconds: number; node: number; engine: number }> {
  databases += 1;
  const address = { url: engine.url, username: 'default', password: '', database: `bench_${databases}` };
  await migrate(address);
  const store = new Store(address);
  const cleanups: (() => Promise<unknown>)[] = [];
  try {
    if (expected.before !== undefined) await store.statement(expected.before);
    const at = performance.now();
    const node = processorSeconds(process.pid);
    const own = processorSeconds(engine.pid);
    await work(store, (cleanup) => cleanups.push(cleanup));
    const figures = {
      seconds: (performance.now() - at) / 1_000,
      node: processorSeconds(process.pid) - node,
      engine: processorSeconds(engine.pid) - own,
    };
    for (const cleanup of cleanups) await cleanup();
    const count = `SELECT count() AS rows FROM ${expected.table}`;
    for await (const [row] of store.rows<{ rows: number }>(count))
      if (row?.rows !== expected.rows) throw new Error(`${row?.rows} rows of ${expected.rows} arrived`);
    return figures;
  } finally {
    await store.statement(`DROP DATABASE ${address.database}`);
    await store.close();
  }
}
