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
  /** Entries on alerts and follow-ups. */
  journal: number;
}

export async function tracesOf(store: Store, person: Person): Promise<Traces> {
  const [traces] = await store.query<Traces>('erasable', parametersOf(person));
  return traces ?? { events: 0, rejected: 0, journal: 0 };
}

/**
 * Takes away what could lead back to a person and leaves the facts, so that no count changes: an event loses its
 * text and attributes, and its order and case get pseudonyms; rejected inputs that name the person are deleted.
 *
 * @param kept attributes that metrics cut or filter by, which are about the trade and not about a person.
 */
export async function erase(store: Store, person: Person, kept: readonly string[]): Promise<void> {
  const parameters = parametersOf(person);
  await store.execute('erase_rejected', parameters);
  await store.execute('erase_journal', parameters);
  // Last, so that a person is still found when the command is run again after it failed half-way.
  await store.execute('erase_events', { ...parameters, kept, salt: randomBytes(32).toString('hex') });
}

function parametersOf({ by, value }: Person): Record<string, string> {
  return { by, value, quoted: JSON.stringify(value) };
}
