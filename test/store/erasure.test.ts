import { expect, it } from 'vitest';
import { asExample } from '../../src/analysis/what-people-say.js';
import { erase, type Person, tracesOf } from '../../src/store/erasure.js';
import { EventLog } from '../../src/store/event-log.js';
import { Journal } from '../../src/store/journal.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 0, 5);
const WROTE = 'call me "at once", Ann, on 07700 900123';
const ANN: Person = { by: 'buyer', value: "ann'\\@example.com" };

it('takes away what leads back to a person, and leaves every count', async () => {
  const { store } = await testDatabase();
  const events = new EventLog(store);
  const event = (eventId: string, type: string, more: object) =>
    arrived({ eventId, type, occurredAt: AT, region: 'GB', ...more });
  const ofAnn = { orderId: 'o1', attributes: { buyer: ANN.value, carrier: 'post', phone: '555' } };
  const named = { reason: 'missing_field' as const, field: 'type', detail: 'is missing' };
  const place = (position: string) => ({ source: 'http' as const, position, receivedAt: AT, version: 1n });
  await events.write({
    accepted: [
      event('1', 'order.delivered', ofAnn),
      event('2', 'dispute.opened', { ...ofAnn, caseId: 'c1', text: WROTE }),
      event('3', 'order.delivered', { orderId: 'o2', text: 'mine', attributes: { buyer: 'bob' } }),
    ],
    rejected: [
      { ...named, arrival: place('a'), raw: `{"buyer":"${ANN.value}"}` },
      { ...named, arrival: place('b'), raw: '{"buyer":"bob"}' },
    ],
  });
  await new Journal(store).append([
    {
      stream: 'follow_up',
      id: 'f',
      version: 1,
      at: AT,
      actor: 'system',
      reason: 'opened',
      body: { found: [ANN.value, 'c1', 'c11'], examples: [asExample(WROTE), 'mine'] },
    },
  ]);
  expect(await tracesOf(store, ANN, asExample)).toEqual({ events: 2, rejected: 1, journal: 1 });

  await erase(store, ANN, ['carrier'], asExample);

  expect(await tracesOf(store, ANN, asExample)).toEqual({ events: 0, rejected: 0, journal: 0 });
  const rows: Record<string, unknown>[] = [];
  const columns = 'event_id, type, order_id, case_id, region, text, attributes';
  for await (const part of store.rows<Record<string, unknown>>(
    `SELECT ${columns} FROM events ORDER BY event_id`,
  ))
    rows.push(...part);
  const pseudonym = rows[0]?.order_id;
  expect(pseudonym).toMatch(/^[0-9a-f]{64}$/);
  expect(rows).toMatchObject([
    { type: 'order.delivered', region: 'GB', attributes: { carrier: 'post' } },
    { type: 'dispute.opened', order_id: pseudonym, text: '', attributes: { carrier: 'post' } },
    { order_id: 'o2', text: 'mine', attributes: { buyer: 'bob' } },
  ]);
  expect(rows[1]?.case_id).not.toBe('c1');
  expect((await new Journal(store).read())[0]?.body).toEqual({
    found: ['erased', 'erased', 'c11'],
    examples: ['erased', 'mine'],
  });
  expect(await everythingIn(store)).not.toMatch(/ann'|call me|555|\bo1\b|\bc1\b/);
  await store.close();
});

/** Every row of every table, and what ClickHouse keeps of the commands that changed them. */
async function everythingIn(store: Store): Promise<string> {
  const parts: unknown[] = [];
  const read = async (sql: string): Promise<Record<string, unknown>[]> => {
    const rows: Record<string, unknown>[] = [];
    for await (const part of store.rows<Record<string, unknown>>(sql)) rows.push(...part);
    return rows;
  };
  const tables = await read(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  );
  expect(tables.length).toBeGreaterThan(5);
  for (const { name } of tables) parts.push(await read(`SELECT * FROM "${name}"`));
  parts.push(await read('SELECT command FROM system.mutations WHERE database = currentDatabase()'));
  expect(
    await read("SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'erasure%'"),
  ).toEqual([]);
  return JSON.stringify(parts);
}

it('finds nobody where there is nobody', async () => {
  const { store } = await testDatabase();
  expect(await tracesOf(store, { by: 'case_id', value: 'c' }, asExample)).toEqual({
    events: 0,
    rejected: 0,
    journal: 0,
  });
  await store.close();
});
