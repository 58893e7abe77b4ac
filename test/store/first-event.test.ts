import { expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/model/clock.js';
import { EventLog } from '../../src/store/event-log.js';
import { arrived } from '../support/event.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 4, 1);

it('finds the first event, also when the one that was first has moved away', async () => {
  const { store } = await testDatabase();
  const log = new EventLog(store);
  let version = 0n;
  const write = async (eventId: string, occurredAt: number) => {
    version += 1n;
    await log.write({
      accepted: [arrived({ eventId, type: 'order.placed', occurredAt }, version)],
      rejected: [],
    });
    await log.settleMovedEvents(0);
  };
  expect([await log.first(), await log.extent()]).toEqual([null, null]);
  await write('a', AT);
  await write('b', AT + 3 * DAY);
  expect(await log.first()).toBe(AT);
  expect(await log.extent()).toMatchObject({ first: AT, last: AT + 3 * DAY });
  await write('a', AT + 2 * HOUR);
  expect(await log.first()).toBe(AT + 2 * HOUR);
  await write('a', AT + 2 * DAY);
  expect(await log.first()).toBe(AT + 2 * DAY);
});
