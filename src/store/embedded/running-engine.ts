import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { Store } from '../store.js';

/** Where the engine listens that another process has started on a data folder; null when there is none. */
export async function runningEngine(folder: string, port: number): Promise<string | null> {
  if (port === 0) return null;
  const url = `http://127.0.0.1:${port}`;
  const store = new Store({ url, username: 'default', password: '', database: 'default' });
  try {
    if (!(await store.ping())) return null;
    const [engine] = await store.query<{ path: string }>('engine_folder');
    return engine !== undefined && relative(realpathSync(folder), engine.path) === '' ? url : null;
  } catch {
    // Something else listens there, or nothing has been stored yet: either way it is not this folder's engine.
    return null;
  } finally {
    await store.close();
  }
}
