import { startEngine } from './embedded/engine.js';
import { migrate } from './migrate.js';
import { Store, type StoreAddress } from './store.js';

/** Where the store is, as configured. */
export interface StoreSettings {
  /** Null for the embedded engine, with its data in the folder `data`, and its HTTP interface at `port`. */
  url: string | null;
  data: string;
  port: number;
  username: string;
  password: string;
  database: string;
}

/** The store, whoever runs it. */
export interface OpenStore {
  store: Store;
  address: StoreAddress;
  /** True when it is the embedded engine, which ends with this process. */
  embedded: boolean;
  /** The migrations that were missing. */
  applied: readonly string[];
  /** Resolves with its last words when the embedded engine ends by itself; never for a server. */
  died: Promise<string>;
  close(): Promise<void>;
}

/**
 * Connects to the configured server, or starts the embedded engine; then brings the tables up to date, or does with
 * them what is given.
 */
export async function openStore(
  settings: StoreSettings,
  prepare: (address: StoreAddress) => Promise<string[]> = migrate,
): Promise<OpenStore> {
  const engine =
    settings.url === null ? await startEngine({ folder: settings.data, port: settings.port }) : null;
  const address: StoreAddress = {
    url: engine?.url ?? settings.url ?? '',
    username: settings.username,
    password: settings.password,
    database: settings.database,
  };
  let applied: string[];
  try {
    applied = await prepare(address);
  } catch (error) {
    await engine?.stop();
    throw error;
  }
  const store = new Store(address);
  return {
    store,
    address,
    embedded: engine !== null,
    applied,
    died: engine?.died ?? new Promise(() => {}),
    close: async () => {
      await store.close();
      await engine?.stop();
    },
  };
}
