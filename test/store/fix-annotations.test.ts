import { expect, it } from 'vitest';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { Journal } from '../../src/store/journal.js';
import { alert, hour, OWNERS, SETTINGS } from '../followups/fixtures.js';
import { testDatabase } from '../support/store.js';

it('a fix is an annotation of its slice, with the date on which it went out', async () => {
  const { store } = await testDatabase();
  const journal = new Journal(store);
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const opened = desk.open({ alert: alert(), actor: 'amira', title: 'Late parcels' }, hour(3));
  if (opened.outcome !== 'done') throw new Error(opened.reason);
  const { followUpId } = opened.followUp;
  const shipped = desk.act({ kind: 'ship_fix', followUpId, actor: 'amira', shippedAt: hour(5) }, hour(10));
  if (shipped.outcome !== 'done') throw new Error(shipped.outcome);
  await journal.append([...opened.entries, ...shipped.entries]);
  await journal.append(shipped.entries);

  const found: object[] = [];
  for await (const rows of store.rows<object>('SELECT * FROM annotations')) found.push(...rows);
  expect(found).toEqual([
    {
      annotation_id: `${followUpId}-fix-2`,
      kind: 'fix',
      title: 'Fix: Late parcels',
      scope: 'region=GB',
      starts_at: '2024-01-08 11:00:00.000',
      ends_at: '2024-01-08 11:00:00.000',
    },
  ]);
});
