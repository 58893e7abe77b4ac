import { expect, it } from 'vitest';
import { decodeValue } from '../../src/ingest/decode.js';
import { encodeEvent } from '../../src/model/event-json.js';
import { simulateMarketplace } from '../../src/simulation/simulate.js';
import { arrived } from '../support/event.js';

const ARRIVAL = { source: 'file', position: 'test:1', receivedAt: Date.UTC(2027, 0, 1), version: 1n };

it('writes events that the decoder takes for the same ones', () => {
  const { events } = simulateMarketplace({
    seed: 3,
    start: Date.UTC(2026, 8, 7),
    days: 2,
    ordersPerDay: 500,
    incidents: [],
    timezone: 'Europe/London',
  });
  const types = new Set<string>();
  for (const event of events) {
    const decoded = decodeValue(JSON.parse(JSON.stringify(encodeEvent(event))), ARRIVAL, () => '');
    expect(decoded).toMatchObject({ accepted: { event } });
    types.add(event.type);
  }
  expect(types.size).toBe(11);
});

it('leaves out what is not there', () => {
  const { event } = arrived({
    eventId: 'e1',
    type: 'order.placed',
    occurredAt: Date.UTC(2026, 8, 7),
    region: 'GB',
    attributes: { colour: 'blue' },
  });
  expect(encodeEvent(event)).toEqual({
    event_id: 'e1',
    type: 'order.placed',
    occurred_at: '2026-09-07T00:00:00.000Z',
    region: 'GB',
    attributes: { colour: 'blue' },
  });
});
