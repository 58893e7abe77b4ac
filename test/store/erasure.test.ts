import { expect, it } from 'vitest';
import { erase, type Person, tracesOf } from '../../src/store/erasure.js';
import { EventLog } from '../../src/store/event-log.js';
import { Journal } from '../../src/store/journal.js';
import { arrived } from '../support/event.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 0, 5);
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
      event('2', 'dispute.opened', { ...ofAnn, caseId: 'c1', text: 'call me, Ann' }),
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
      body: { found: [ANN.value, 'c1'] },
    },
  ]);
  expect(await tracesOf(store, ANN)).toEqual({ events: 2, rejected: 1, journal: 1 });

  await erase(store, ANN, ['carrier']);

  expect(await tracesOf(store, ANN)).toEqual({ events: 0, rejected: 0, journal: 0 });
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
  expect((await new Journal(store).read())[0]?.body).toEqual({ found: ['erased', 'c1'] });
  await store.close();
});

it('finds nobody where there is nobody', async () => {
  const { store } = await testDatabase();
  expect(await tracesOf(store, { by: 'case_id', value: 'c' })).toEqual({
    events: 0,
    rejected: 0,
    journal: 0,
  });
  await store.close();
});
