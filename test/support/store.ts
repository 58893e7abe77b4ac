import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { migrate } from '../../src/store/migrate.js';
import { Store, type StoreAddress } from '../../src/store/store.js';

let engine: Promise<EmbeddedEngine> | null = null;
let databases = 0;

/** The embedded engine of this test process: started once, and gone with the process. */
export function testEngine(): Promise<EmbeddedEngine> {
  engine ??= startEngine({ folder: mkdtempSync(join(tmpdir(), 'redress-test-')) });
  return engine;
}

/** A migrated database of one's own. */
export async function testDatabase(): Promise<{ store: Store; address: StoreAddress }> {
  const { url } = await testEngine();
  databases += 1;
  const address = { url, username: 'default', password: '', database: `test_${process.pid}_${databases}` };
  await migrate(address);
  return { store: new Store(address), address };
}
