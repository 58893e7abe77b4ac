import type { Store } from './store.js';

/** How far the program has got, by name. */
export class CheckpointTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async read(): Promise<Map<string, string>> {
    const rows = await this.#store.query<{ name: string; value: string }>('checkpoints');
    return new Map(rows.map((row) => [row.name, row.value]));
  }

  async write(checkpoints: ReadonlyMap<string, string>): Promise<void> {
    await this.#store.insert('checkpoints', ['name', 'value'], [...checkpoints]);
  }
}
