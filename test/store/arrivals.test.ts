import { expect, it } from 'vitest';
import { EventLog } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 4, 1, 10);

it('shows no arrival before its event can be counted', async () => {
  const { store } = await testDatabase();
  const log = new EventLog(store);
  let isWriting = true;
  const writing = writeMuch(log).finally(() => {
    isWriting = false;
  });
  let between = 0;
  while (isWriting) {
    const arrivals = await count(store, 'event_positions');
    const events = await count(store, 'events_log');
    expect(arrivals).toBeLessThanOrEqual(events);
    if (arrivals < events) between += 1;
  }
  await writing;
  expect(between, 'moments between the two').toBeGreaterThan(0);
});

/** Inserts of several parts each, so that there is time between the first and the last. */
async function writeMuch(log: EventLog): Promise<void> {
  for (let insert = 0; insert < 12; insert += 1) {
    const accepted = Array.from({ length: 2_000 }, (_, index) =>
      arrived({
        eventId: `${insert}-${index}`,
        type: 'order.delivered',
        occurredAt: Date.UTC(2026, index % 4, 1 + (index % 28)),
      }),
    );
    await log.write({ accepted, rejected: [] });
  }
}

it('tells an insert from another under the same time, and a merge of repetitions from both', async () => {
  const { store } = await testDatabase();
  const log = new EventLog(store);
  const arrive = (...ids: string[]) =>
    store.insert(
      'event_positions',
      ['event_id', 'type', 'occurred_minute', 'version', 'inserted_at'],
      ids.map((id) => [id, 'order.delivered', AT / 1_000, '1', '2026-05-01 12:00:00.123']),
    );
  await store.statement('SYSTEM STOP MERGES event_positions');
  await arrive('a', 'b', 'b');
  const first = await log.arrivals(AT);
  expect([...first.keys()]).toEqual([Date.UTC(2026, 4, 1, 12, 0, 0, 123)]);

  await arrive('a');
  await store.statement('SYSTEM START MERGES event_positions');
  await store.statement('OPTIMIZE TABLE event_positions FINAL');
  expect(await log.arrivals(AT)).toEqual(first);

  await arrive('c');
  expect(await log.arrivals(AT)).not.toEqual(first);
});

it('says of what is loaded slowly when it has come, not when its load began', async () => {
  const { store } = await testDatabase();
  const log = new EventLog(store);
  // As a file is loaded: by way of a table that keeps nothing, in blocks that are put together before they are written.
  await store.statement('CREATE TABLE slow (id UInt64) ENGINE = Null');
  await store.statement(
    `CREATE MATERIALIZED VIEW slow_events TO events_log AS SELECT toString(id) AS event_id, 'order.placed' AS type,
      toDateTime64('2026-05-01 10:00:00', 3, 'UTC') AS occurred_at, 'file' AS source, 1 AS version FROM slow`,
  );
  const begun = await log.now();
  await store.statement(
    'INSERT INTO slow SELECT number FROM numbers(4) WHERE sleepEachRow(0.25) = 0 SETTINGS max_block_size = 1, max_threads = 1',
  );
  const [at] = [...(await log.arrivals(0)).keys()];
  expect(at).toBeGreaterThanOrEqual(begun + 900);
});

async function count(store: Store, table: string): Promise<number> {
  for await (const [row] of store.rows<{ rows: number }>(`SELECT count() AS rows FROM ${table}`))
    return row?.rows ?? 0;
  return 0;
}
