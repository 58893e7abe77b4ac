import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

const COLUMNS = ['stream', 'id', 'version', 'at', 'actor', 'reason', 'body'] as const satisfies readonly [
  string,
  ...string[],
];

type StoredEntry = Omit<JournalEntry, 'body'> & { body: string };

/** The log of alerts, deliveries, follow-ups and silences. */
export class Journal {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All entries, oldest first. */
  async read(): Promise<JournalEntry[]> {
    return (await this.#store.query<StoredEntry>('journal_entries')).map(entryOf);
  }

  /** The entries about one alert, its deliveries and its follow-ups, oldest first. */
  async story(alertId: string): Promise<JournalEntry[]> {
    return (await this.#store.query<StoredEntry>('journal_story', { alert_id: alertId })).map(entryOf);
  }

  /** What has happened to alerts and their deliveries since a moment, oldest first. */
  async since(since: Instant): Promise<JournalEntry[]> {
    return (await this.#store.query<StoredEntry>('journal_since', { since })).map(entryOf);
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

function entryOf(row: StoredEntry): JournalEntry {
  return { ...row, body: JSON.parse(row.body) as Json };
}
