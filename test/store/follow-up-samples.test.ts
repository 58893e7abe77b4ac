import { beforeAll, describe, expect, test } from 'vitest';
import { HOUR } from '../../src/model/clock.js';
import { sampleCases } from '../../src/pipeline/follow-up-samples.js';
import { EventLog } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

const START = Date.UTC(2026, 2, 2);
const METRICS = [
  metric({
    id: 'disputes',
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened', { where: { scenario: ['damaged'] } }),
      denominator: selector('order.delivered'),
    },
  }),
  metric({
    id: 'breaches',
    date: 'due_at',
    measure: { kind: 'breach', opened: selector('ticket.opened'), answered: selector('ticket.responded') },
  }),
];

let store: Store;
beforeAll(async () => {
  ({ store } = await testDatabase());
  const at = (hour: number) => START + hour * HOUR;
  const dispute = (eventId: string, hour: number, fields: object) =>
    arrived({
      ...{ eventId, type: 'dispute.opened', occurredAt: at(hour), scenario: 'damaged', region: 'GB' },
      ...fields,
    });
  const ticket = (caseId: string, dueAt: number) =>
    arrived({ eventId: `t${caseId}`, type: 'ticket.opened', occurredAt: at(0), caseId, dueAt });
  const accepted = [
    dispute('1', 1, { caseId: 'c-1' }),
    dispute('2', 2, { caseId: 'c-2' }),
    dispute('3', 3, { caseId: 'c-1', orderId: 'o-1' }),
    dispute('4', 2, { orderId: 'o-4' }),
    dispute('5', 2, { caseId: 'c-5', region: 'DE' }),
    dispute('6', 2, { caseId: 'c-6', scenario: 'late' }),
    dispute('7', 9, { caseId: 'c-7' }),
    ...Array.from({ length: 12 }, (_, i) => dispute(`f${i}`, 5, { caseId: `f-${i}`, region: "d'Oc" })),
    ticket('t-1', at(2)),
    ticket('t-2', at(2)),
    arrived({ eventId: 'a1', type: 'ticket.responded', occurredAt: at(1), caseId: 't-1' }),
  ];
  await new EventLog(store).write({ accepted, rejected: [] });
}, 60_000);

describe('the cases that a follow-up shows', () => {
  const ask = (id: string, slice: string, direction: 'up' | 'down' = 'up') =>
    sampleCases({ metric: id, slice, direction, from: START, to: START + 8 * HOUR }, METRICS, store);

  test('are those that the metric counted on the slice in that time, each once, the newest first', async () => {
    expect(await ask('disputes', 'region=GB')).toEqual(['c-1', 'c-2', 'o-4']);
    expect(await ask('disputes', 'region=DE')).toEqual(['c-5']);
  });

  test('are only so many as somebody reads, whatever a slice is called', async () => {
    expect(await ask('disputes', "region=d'Oc")).toHaveLength(10);
  });

  test('of a breach are those that nobody has answered', async () => {
    expect(await ask('breaches', 'all')).toEqual(['t-2']);
  });

  test('are none of what there were too few of, or of a metric that there is not', async () => {
    expect(await ask('disputes', 'all', 'down')).toEqual([]);
    expect(await ask('gone', 'all')).toEqual([]);
  });
});
