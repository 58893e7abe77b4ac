import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { asExample } from '../../src/analysis/what-people-say.js';
import type { Analysis, CaseEvidence, RisenTerm } from '../../src/model/analysis.js';
import { SECOND } from '../../src/model/clock.js';
import type { JournalEntry, JournalStream } from '../../src/model/journal.js';
import type { Json } from '../../src/model/json.js';
import { erase, type Person, tracesOf } from '../../src/store/erasure.js';
import { EventLog } from '../../src/store/event-log.js';
import { Journal } from '../../src/store/journal.js';
import { Store } from '../../src/store/store.js';
import { makeAnalysis } from '../support/analysis.js';
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
  const ofAnn = { orderId: 'o1', attributes: { buyer: ANN.value, carrier: 'post', phone: 'no 5550199' } };
  const named = { reason: 'missing_field' as const, field: 'type', detail: 'is missing' };
  const place = (position: string) => ({ source: 'http' as const, position, receivedAt: AT, version: 1n });
  await events.write({
    accepted: [
      event('1', 'order.delivered', ofAnn),
      event('2', 'dispute.opened', { ...ofAnn, caseId: 'c1', text: WROTE }),
      event('3', 'order.delivered', { orderId: 'o2', text: 'mine', attributes: { buyer: 'bob' } }),
    ],
    rejected: [
      { ...named, arrival: place('a'), raw: `{"buyer":${JSON.stringify(ANN.value)}}` },
      { ...named, arrival: place('b'), raw: '{"buyer":"bob"}' },
    ],
  });
  await new Journal(store).append([
    followUpOn('f', 'open', ['c1', 'c11']),
    analysisOf('a', {
      says: [risen([asExample(WROTE), 'mine'])],
      common: [{ dimension: 'buyer', value: ANN.value, share: 1, shareBefore: 0 }],
      evidence: cases([
        ['c1', 'o1'],
        ['', 'o2'],
      ]),
    }),
  ]);
  expect(await tracesOf(store, ANN, asExample)).toEqual({ events: 2, rejected: 1, journal: 2 });

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
  expect(await new Journal(store).read()).toEqual([
    analysisOf('a', {
      says: [risen(['erased', 'mine'])],
      common: [{ dimension: 'buyer', value: 'erased', share: 1, shareBefore: 0 }],
      evidence: cases([
        ['erased', 'erased'],
        ['', 'o2'],
      ]),
    }),
    followUpOn('f', 'open', ['erased', 'c11']),
  ]);
  expect(await everythingIn(store)).not.toMatch(/ann'|call me|5550199|\bo1\b|\bc1\b/);
  await store.close();
});

it('leaves states alone that read like what the person wrote', async () => {
  const { store } = await testDatabase();
  const words = ['resolved', 'open', 'sent', 'all', 'up', 'analysed', 'explained', 'moved'];
  await new EventLog(store).write({
    accepted: words.map((word, index) =>
      arrived({
        eventId: `e${index}`,
        type: 'ticket.resolved',
        occurredAt: AT,
        caseId: word,
        orderId: word,
        text: word,
        attributes: { buyer: 'up' },
      }),
    ),
    rejected: [],
  });
  const alert = entry('alert', 'a', {
    state: 'resolved',
    slice: 'all',
    direction: 'up',
    worst: { state: 'open' },
  });
  const delivery = entry('delivery', 'd', { state: 'sent', subject: { kind: 'alert', id: 'all' } });
  const analysis = (examples: string[], ids: [string, string][]) =>
    analysisOf('a', { says: [{ ...risen(examples), term: 'resolved' }], evidence: cases(ids) });
  await new Journal(store).append([
    alert,
    delivery,
    analysis(['resolved', 'not resolved'], [['open', 'all']]),
    followUpOn('f', 'open', ['all', 'c-2']),
  ]);
  const person = { by: 'buyer', value: 'up' };
  expect((await tracesOf(store, person, asExample)).journal).toBe(2);

  await erase(store, person, [], asExample);

  expect(await new Journal(store).read()).toEqual([
    alert,
    analysis(['erased', 'not resolved'], [['erased', 'erased']]),
    delivery,
    followUpOn('f', 'open', ['erased', 'c-2']),
  ]);
  await store.close();
});

it('erases a merchant with more orders than a statement takes as a parameter', async () => {
  const { store } = await testDatabase();
  const orders = Array.from({ length: 20_000 }, (_, index) => `order-${'0'.repeat(60)}-${index}`);
  const lot = (merchantId: string, orderIds: string[]) =>
    orderIds.map((orderId) =>
      arrived({
        eventId: `e-${orderId.slice(-9)}`,
        type: 'dispute.opened',
        occurredAt: AT,
        merchantId,
        orderId,
        text: `${orderId} came late`,
      }),
    );
  await new EventLog(store).write({
    accepted: [...lot('m-1', orders), ...lot('m-2', ['other'])],
    rejected: [],
  });
  const last = orders.at(-1) as string;
  await new Journal(store).append([followUpOn('f', 'open', [last, 'other'])]);
  const merchant = { by: 'merchant_id', value: 'm-1' };
  expect(await tracesOf(store, merchant, asExample)).toEqual({ events: 20_000, rejected: 0, journal: 1 });

  await erase(store, merchant, [], asExample);

  expect(await tracesOf(store, merchant, asExample)).toEqual({ events: 0, rejected: 0, journal: 0 });
  expect(await new Journal(store).read()).toEqual([followUpOn('f', 'open', ['erased', 'other'])]);
  expect(await everythingIn(store)).not.toMatch(/order-0|m-1/);
  await store.close();
});

function entry(stream: JournalStream, id: string, body: Json): JournalEntry {
  return { stream, id, version: 1, at: AT, actor: 'system', reason: 'opened', body };
}

function followUpOn(id: string, state: string, samples: string[]): JournalEntry {
  return entry('follow_up', id, { state, slice: 'all', direction: 'up', found: { actual: 0.25, samples } });
}

function analysisOf(id: string, changes: Partial<Analysis>): JournalEntry {
  const outcome = { status: 'explained', analysis: makeAnalysis(changes) };
  return entry('analysis', id, { alertId: id, at: AT, outcome } as unknown as Json);
}

function risen(examples: string[]): RisenTerm {
  return { term: 'late', texts: 9, textsBefore: 0, score: 5, examples };
}

/** The same cases are the newest and the costliest. */
function cases(ids: [string, string][]): CaseEvidence {
  const found = ids.map(([caseId, orderId]) => ({
    caseId,
    orderId,
    eventId: 'e',
    occurredAt: AT,
    amount: 5,
  }));
  return { slice: 'all', cases: found.length, newest: found, costliest: found, query: 'SELECT 1' };
}

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

describe('of the rejected inputs', () => {
  const NAMED = 'Zoë "4"';
  const erased = async (raw: readonly string[], value: string) => {
    const { store } = await testDatabase();
    const rejected = raw.map((each, index) => ({
      reason: 'missing_field' as const,
      field: 'type',
      detail: 'is missing',
      arrival: { source: 'http' as const, position: String(index), receivedAt: AT, version: 1n },
      raw: each,
    }));
    await new EventLog(store).write({ accepted: [], rejected });
    await erase(store, { by: 'buyer', value }, [], asExample);
    const left: string[] = [];
    for await (const rows of store.rows<{ raw: string }>('SELECT raw FROM rejected_events ORDER BY position'))
      left.push(...rows.map((row) => row.raw));
    await store.close();
    return left;
  };

  it('those of others whose names begin or end alike stay', async () => {
    const others = ['{"buyer":"b-42"}', 'xb-4;1', 'b-4_2', '{"buyer":"B-4"}'];
    expect(await erased([...others, '{"buyer":"b-4"}', 'order;b-4;x', 'b-4'], 'b-4')).toEqual(others);
  });

  it('a name goes however its file writes it', async () => {
    const spelt = [JSON.stringify({ buyer: NAMED }), '{"buyer":"Zo\\u00eb \\"4\\""}', '"Zoë ""4""",7', NAMED];
    expect(await erased([...spelt, 'Zoë 4'], NAMED)).toEqual(['Zoë 4']);
  });

  it('a value is never read as a pattern', async () => {
    expect(await erased(['abc', 'a.c', 'a|c'], 'a.c')).toEqual(['abc', 'a|c']);
  });
});

it('waits for a store that takes longer than a request may', async () => {
  const { store, address } = await testDatabase();
  const impatient = new Store(address, SECOND);
  const order = arrived({
    eventId: '1',
    type: 'order.delivered',
    orderId: 'o1',
    occurredAt: AT,
    text: WROTE,
  });
  await new EventLog(store).write({ accepted: [order], rejected: [] });
  await store.statement('SYSTEM STOP MERGES events_log');
  const erased = erase(impatient, { by: 'order_id', value: 'o1' }, [], asExample);
  await Promise.race([erased, sleep(2 * SECOND)]);
  await store.statement('SYSTEM START MERGES events_log');
  await erased;
  expect(await everythingIn(store)).not.toContain(WROTE);
  await impatient.close();
  await store.close();
});
