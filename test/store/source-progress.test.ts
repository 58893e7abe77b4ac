import { expect, it } from 'vitest';
import { HOUR } from '../../src/model/clock.js';
import { EventLog } from '../../src/store/event-log.js';
import { knownProgress } from '../../src/store/source-progress.js';
import { arrived } from '../support/event.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 4, 1);

it('knows how far every partition has come and what comes from where, whoever has written it', async () => {
  const { store } = await testDatabase();
  const log = new EventLog(store);
  let version = 0n;
  const write = (source: string, position: string, type: string, occurredAt: number, eventId = position) => {
    version += 1n;
    const { event } = arrived({ eventId, type, occurredAt });
    return log.write({
      accepted: [{ event, arrival: { source, position, receivedAt: AT + 5 * HOUR, version } }],
      rejected: [],
    });
  };
  await write('kafka', 'events/0/7', 'order.placed', AT + 2 * HOUR);
  await write('kafka', 'events/0/8', 'order.placed', AT + HOUR);
  await write('kafka', 'events/10/3', 'ticket.opened', AT + 3 * HOUR);
  await write('http', 'abc:1', 'order.placed', AT);
  // A correction that moves an event back leaves the source where it was.
  await write('kafka', 'events/0/9', 'order.placed', AT - HOUR, 'events/0/7');
  await log.settleMovedEvents(0);

  const known = await knownProgress(store);
  expect(
    known.map(({ source, place, type, frontier }) => [source, place, type, frontier - AT]).sort(),
  ).toEqual([
    ['http', '', 'order.placed', 0],
    ['kafka', 'events/0', 'order.placed', 2 * HOUR],
    ['kafka', 'events/10', 'ticket.opened', 3 * HOUR],
  ]);
  expect(new Set(known.map(({ lastArrivalAt }) => lastArrivalAt))).toEqual(new Set([AT + 5 * HOUR]));
});
