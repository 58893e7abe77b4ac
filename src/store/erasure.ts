import { randomBytes } from 'node:crypto';
import type { JournalStream } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { type Leads, withoutPerson } from './erased-entry.js';
import { mutate } from './mutation.js';
import { naming } from './naming.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** Whose data: `order_id`, `case_id`, `merchant_id` or an attribute's name, and its value. */
export interface Person {
  by: string;
  value: string;
}

/** What names the person: rows, earlier arrivals of the same event included. */
export interface Traces {
  events: number;
  rejected: number;
  /** Entries on alerts and follow-ups: those that name the person, an order or a case of theirs, or quote them. */
  journal: number;
}

/** How what somebody wrote is quoted on an alert. */
export type Quote = (text: string) => string;

export async function tracesOf(store: Store, person: Person, quote: Quote): Promise<Traces> {
  const [rows] = await store.query<Omit<Traces, 'journal'>>('erasable', {
    ...person,
    naming: naming(person.value),
  });
  const traces: Traces = { events: 0, rejected: 0, ...rows, journal: 0 };
  for await (const entries of rewritten(store, await leadsTo(store, person, quote)))
    traces.journal += entries.length;
  return traces;
}

/**
 * Takes away what could lead back to a person and leaves the facts, so that no count changes: an event loses its
 * text and attributes, and its order and case get pseudonyms; rejected inputs that name the person are deleted; alerts
 * and follow-ups lose the ids of the orders and cases and what they quote.
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
  const bodies = `${table}_bodies`;
  const salt = randomBytes(32).toString('hex');
  try {
    await store.execute('create_erasure', {
      table,
      salt,
      value: person.value,
      naming: naming(person.value),
    });
    await mutate(store, 'erase_rejected', table, { table });
    await store.execute('create_erased_bodies', { table: bodies });
    for await (const entries of rewritten(store, await leadsTo(store, person, quote)))
      await store.insert(
        bodies,
        ['stream', 'id', 'version', 'body'],
        entries.map(({ stream, id, version, body }) => [stream, id, version, JSON.stringify(body)]),
      );
    await mutate(store, 'erase_journal', bodies, { table: `${store.database}.${bodies}` });
    // Last, so that a person is still found when the command is run again after it failed half-way.
    await mutate(store, 'erase_events', table, { table, by: person.by, kept });
  } finally {
    await store.execute('drop_erasure', { table });
    await store.execute('drop_erasure', { table: bodies });
  }
}

interface Rewritten {
  stream: JournalStream;
  id: string;
  version: number;
  body: Json;
}

/** The journal's entries that lead to the person, as they are to be. */
async function* rewritten(store: Store, leads: Leads): AsyncGenerator<Rewritten[]> {
  const text = queryText('journal_quotations');
  for await (const rows of store.rows<Omit<Rewritten, 'body'> & { body: string }>(text))
    yield rows.flatMap((row) => {
      const before = JSON.parse(row.body) as Json;
      const body = withoutPerson({ ...row, body: before }, leads);
      return body === before ? [] : [{ ...row, body }];
    });
}

/** Read row by row and held here: a large merchant's ids are more than the store takes as a statement's parameter. */
async function leadsTo(store: Store, { by, value }: Person, quote: Quote): Promise<Leads> {
  const ids = new Set(by === 'order_id' || by === 'case_id' ? [value] : []);
  const texts = new Set<string>();
  type Row = { order_id: string; case_id: string; text: string };
  for await (const rows of store.rows<Row>(queryText('words_of_person'), { by, value }))
    for (const { order_id, case_id, text } of rows) {
      if (order_id !== '') ids.add(order_id);
      if (case_id !== '') ids.add(case_id);
      if (text !== '') texts.add(quote(text));
    }
  return { by, value, ids, texts };
}
