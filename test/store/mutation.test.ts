import { expect, it } from 'vitest';
import { EventLog } from '../../src/store/event-log.js';
import { mutate } from '../../src/store/mutation.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 0, 5);

it('says why the store fails, and leaves nothing that is tried for ever', async () => {
  const { store } = await testDatabase();
  const arrival = { source: 'http' as const, position: '1', receivedAt: AT, version: 1n };
  const rejected = { reason: 'malformed_json' as const, field: '', detail: '', arrival, raw: '{' };
  await new EventLog(store).write({ accepted: [], rejected: [rejected] });
  const table = 'erasure_that_fails';
  await store.execute('create_erasure', { table, salt: '', value: '', naming: '(' });

  await expect(mutate(store, 'erase_rejected', table, { table })).rejects.toMatchObject({
    code: 'store_rejected',
    message: expect.stringContaining('failed at erase_rejected'),
  });

  const [state] = await store.query<{ unfinished: number }>('unfinished_mutations', { naming: table });
  expect(state?.unfinished).toBe(0);
  await store.close();
});
