import { randomBytes } from 'node:crypto';
import type { Store } from './store.js';

/** Whose data: `order_id`, `case_id`, `merchant_id` or an attribute's name, and its value. */
export interface Person {
  by: string;
  value: string;
}

/** Rows that name the person, earlier arrivals of the same event included. */
export interface Traces {
  events: number;
  rejected: number;
  /** Entries on alerts and follow-ups: those that name the person, an order or a case of theirs, or quote them. */
  journal: number;
}

/** How what somebody wrote is quoted on an alert. */
export type Quote = (text: string) => string;

export async function tracesOf(store: Store, person: Person, quote: Quote): Promise<Traces> {
  const words = await wordsOf(store, person, quote);
  const [traces] = await store.query<Traces>('erasable', { ...person, words });
  return traces ?? { events: 0, rejected: 0, journal: 0 };
}

/**
 * Takes away what could lead back to a person and leaves the facts, so that no count changes: an event loses its
 * text and attributes, and its order and case get pseudonyms; rejected inputs that name the person are deleted.
 *
 * @param kept attributes that metrics cut or filter by, which are about the trade and not about a person.
 */
export async function erase(
  store: Store,
  person: Person,
  kept: readonly string[],
  quote: Quote,
): Promise<void> {
  const table = `erasure_${randomBytes(8).toString('hex')}`;
  const salt = randomBytes(32).toString('hex');
  const words = await wordsOf(store, person, quote);
  try {
    await store.execute('create_erasure', { table, salt, value: person.value, words });
    await store.execute('erase_rejected', { table });
    await store.execute('erase_journal', { table });
    // Last, so that a person is still found when the command is run again after it failed half-way.
    await store.execute('erase_events', { table, by: person.by, kept });
  } finally {
    await store.execute('drop_erasure', { table });
  }
}

/** The strings, as they stand in JSON, that lead to the person where nothing else does. */
async function wordsOf(store: Store, person: Person, quote: Quote): Promise<string[]> {
  const [found] = await store.query<{ ids: string[]; texts: string[] }>('words_of_person', { ...person });
  const { ids, texts } = found ?? { ids: [], texts: [] };
  return [...new Set([person.value, ...ids, ...texts.map(quote)])].map((word) => JSON.stringify(word));
}
