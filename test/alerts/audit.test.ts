import { describe, expect, test } from 'vitest';
import { audit } from '../../src/alerts/audit.js';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, HOUR, hour, MINUTE, POLICY, ROUTES, seen, T0 } from './fixtures.js';

const looked = { since: T0, now: hour(5), patience: HOUR };

/** An alert's life, with everything delivered. */
function life(): JournalEntry[] {
  const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES });
  const journal: JournalEntry[] = [];
  const deliver = (now: number) => {
    for (let due = alerts.dueDeliveries(now); due.length > 0; due = alerts.dueDeliveries(now))
      for (const { deliveryId } of due)
        journal.push(...alerts.recordAttempt(deliveryId, { outcome: 'sent', messageRef: 'C1:1' }, now));
  };
  for (const [index, status] of (['up', 'up', 'normal', 'normal'] as const).entries()) {
    const now = afterHour(hour(index));
    journal.push(...alerts.observe(seen(hour(index), status), now));
    deliver(now);
    journal.push(...alerts.due(now + 20 * MINUTE));
    deliver(now + 20 * MINUTE);
  }
  return journal;
}

describe('the audit of deliveries', () => {
  test('has nothing to say of a log in which everything was told once', () => {
    expect(audit(life(), looked)).toEqual([]);
  });

  test('finds a message that was asked for and is not there', () => {
    const journal = life();
    const lost = journal.find(({ stream, reason }) => stream === 'delivery' && reason === 'escalated');
    const without = journal.filter(({ id }) => id !== lost?.id);
    expect(audit(without, looked)).toMatchObject([{ kind: 'missing', deliveryId: lost?.id }]);
  });

  test('finds a message that nothing asked for, one that was sent twice and one that is stuck', () => {
    const journal = life();
    const sent = journal.find(({ reason }) => reason === 'sent') as JournalEntry;
    const again = { ...sent, version: sent.version + 1 };
    const stray = {
      ...sent,
      id: 'stray',
      body: { ...(sent.body as object), deliveryId: 'stray', state: 'pending', dueAt: T0 },
    } as JournalEntry;
    expect(
      audit([...journal, again, { ...stray, reason: 'escalated' }], looked).map(({ kind }) => kind),
    ).toEqual(['sent_twice', 'unasked', 'stuck']);
  });
});
