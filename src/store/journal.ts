import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

const COLUMNS = ['stream', 'id', 'version', 'at', 'actor', 'reason', 'body'] as const satisfies readonly [
  string,
  ...string[],
];

/** The log of alerts, deliveries, follow-ups and silences. */
export class Journal {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All entries, oldest first. */
  async read(): Promise<JournalEntry[]> {
    const rows = await this.#store.query<Omit<JournalEntry, 'body'> & { body: string }>('journal_entries');
    return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as Json }));
  }

  /** Writes entries together or not at all. Writing them again changes nothing. */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    await this.#store.insert(
      'journal',
      COLUMNS,
      entries.map((entry) => [
        entry.stream,
        entry.id,
        entry.version,
        toSeconds(entry.at),
        entry.actor,
        entry.reason,
        JSON.stringify(entry.body),
      ]),
    );
  }
}
