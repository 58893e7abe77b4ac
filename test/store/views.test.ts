import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/model/journal.js';
import { Journal } from '../../src/store/journal.js';
import { testDatabase } from '../support/store.js';

/** What dashboards, the API and people who write SQL rely on: design, section 11. */
const CONTRACT: Record<string, string> = {
  events:
    'event_id type occurred_at order_id case_id merchant_id region category scenario channel amount currency origin_at started_at due_at outcome text attributes received_at',
  rejected_events: 'received_at source raw reason field topic partition offset',
  points: 'metric slice bucket_start bucket_seconds value numerator denominator revision',
  verdicts: 'metric slice bucket_start detector status reason value expected lower upper score direction',
  alerts:
    'alert_id fingerprint metric slice direction severity state opened_at acknowledged_at acknowledged_by resolved_at owner impact_count impact_amount version',
  follow_ups:
    'follow_up_id alert_id metric slice title owner state priority due_at opened_at closed_at times_reopened effect',
  deliveries: 'delivery_id alert_id alert_version target state attempts created_at sent_at reason',
  annotations: 'annotation_id kind title scope starts_at ends_at',
};

describe('what others read', async () => {
  const { store } = await testDatabase();

  it.each(Object.entries(CONTRACT))(
    '%s has its columns, with times in milliseconds of UTC',
    async (name, columns) => {
      const found = new Map<string, string>();
      for await (const rows of store.rows<{ name: string; type: string }>(`DESCRIBE TABLE ${name}`))
        for (const row of rows) found.set(row.name, row.type);
      expect([...found.keys()]).toEqual(expect.arrayContaining(columns.split(' ')));
      for (const [column, type] of found)
        if (column.endsWith('_at') || column === 'bucket_start')
          expect(type, column).toMatch(/^(Nullable\()?DateTime64\(3, 'UTC'\)\)?$/);
    },
  );

  it('deliveries names what a message is about', async () => {
    const delivery = (id: string, body: object): JournalEntry => ({
      ...{ stream: 'delivery', id, version: 1, at: Date.UTC(2026, 0, 1), actor: 'system', reason: 'sent' },
      body: { target: 'console', reason: 'resolved', state: 'sent', attempts: 1, createdAt: 0, ...body },
    });
    await new Journal(store).append([
      delivery('1', { alertId: 'a', subject: { kind: 'alert', id: 'a', version: 4 } }),
      delivery('2', { alertId: 'a', subject: { kind: 'group', id: 'g', version: 3 } }),
      delivery('3', { alertId: 'a', subject: { kind: 'follow_up', id: 'f', version: 2 } }),
      delivery('4', { alertId: '', subject: { kind: 'digest', id: 'digest-all', version: 1 } }),
    ]);
    const found: unknown[] = [];
    const sql =
      'SELECT alert_id, alert_version, follow_up_id, subject_kind, subject_id FROM deliveries ORDER BY delivery_id';
    for await (const rows of store.rows<object>(sql)) found.push(...rows.map((row) => Object.values(row)));
    expect(found).toEqual([
      ['a', 4, '', 'alert', 'a'],
      ['a', 3, '', 'group', 'g'],
      ['a', 0, 'f', 'follow_up', 'f'],
      ['', 0, '', 'digest', 'digest-all'],
    ]);
  });
});
