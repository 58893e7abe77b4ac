import { describe, expect, test } from 'vitest';
import { FollowUpDesk } from '../../src/followups/desk.js';
import type { DeliveryRequest } from '../../src/model/delivery.js';
import { alert, hour, OWNERS, SETTINGS, seen, T0 } from './fixtures.js';

const openDesk = (owner: string, priority: 'urgent' | 'high', openedAt = T0) => {
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const opened = desk.open({ alert: alert(), actor: owner, owner, priority }, openedAt);
  if (opened.outcome !== 'done') throw new Error(opened.reason);
  return { desk, followUp: opened.followUp };
};

/** Every reminder until `end`, each taken when it is due. */
const remindersUntil = (desk: FollowUpDesk, end: number) => {
  const taken: { at: string; reason: string; alsoTo: DeliveryRequest['alsoTo'] }[] = [];
  for (let next = desk.nextDue(); next !== null && next <= end; next = desk.nextDue()) {
    const { entries, tell } = desk.due(next);
    const [entry, ...others] = entries;
    if (entry === undefined || others.length > 0) throw new Error('not one reminder at a time');
    taken.push({
      at: new Date(next).toISOString(),
      reason: entry.reason,
      alsoTo: tell.flatMap(({ alsoTo }) => alsoTo),
    });
  }
  return taken;
};

describe('the due date', () => {
  test("is the end of the owner's calendar day, so many days on", () => {
    expect(new Date(openDesk('amira', 'high').followUp.dueAt).toISOString()).toBe('2024-01-15T23:59:59.999Z');
    // 06:00 UTC on the 8th is 01:00 in New York; 23:00 New York time on the 7th counts from the 7th.
    const lateEvening = Date.UTC(2024, 0, 8, 4);
    expect(new Date(openDesk('kai', 'urgent', lateEvening).followUp.dueAt).toISOString()).toBe(
      '2024-01-10T04:59:59.999Z',
    );
  });

  test('counts days and not hours when the clocks change', () => {
    const beforeSummerTime = Date.UTC(2024, 2, 29, 12);
    expect(new Date(openDesk('amira', 'urgent', beforeSummerTime).followUp.dueAt).toISOString()).toBe(
      '2024-03-31T22:59:59.999Z',
    );
  });
});

describe('reminders', () => {
  test('come before the day, on it, and on every day after, when the lead hears as well', () => {
    const { desk } = openDesk('amira', 'high');
    expect(remindersUntil(desk, Date.UTC(2024, 0, 17, 12))).toEqual([
      { at: '2024-01-13T09:00:00.000Z', reason: 'due_soon', alsoTo: ['slack:UAMIRA'] },
      { at: '2024-01-15T09:00:00.000Z', reason: 'due_today', alsoTo: ['slack:UAMIRA'] },
      { at: '2024-01-16T09:00:00.000Z', reason: 'overdue', alsoTo: ['slack:UAMIRA', 'slack:ULENA'] },
      { at: '2024-01-17T09:00:00.000Z', reason: 'overdue', alsoTo: ['slack:UAMIRA', 'slack:ULENA'] },
    ]);
  });

  test('come in the morning of an owner elsewhere, and go to nobody in person who cannot be reached so', () => {
    const { desk } = openDesk('kai', 'urgent');
    const [first] = remindersUntil(desk, Date.UTC(2024, 0, 10, 23));
    // Two days before the due date is the day of opening itself, whose morning is still to come in New York.
    expect(first).toEqual({ at: '2024-01-08T14:00:00.000Z', reason: 'due_soon', alsoTo: [] });
  });

  test('that were missed are made up for by one, not by one for each day', () => {
    const { desk } = openDesk('amira', 'high');
    const back = Date.UTC(2024, 0, 20, 15);
    expect(desk.due(back).entries.map(({ reason }) => reason)).toEqual(['overdue']);
    expect(desk.due(back).entries).toEqual([]);
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 21, 9));
  });

  test('go by the new date once it is set', () => {
    const { desk, followUp } = openDesk('amira', 'high');
    desk.due(Date.UTC(2024, 0, 13, 9));
    const dueAt = Date.UTC(2024, 0, 31, 18);
    desk.act(
      { kind: 'set_due', followUpId: followUp.followUpId, actor: 'amira', dueAt },
      Date.UTC(2024, 0, 13, 10),
    );
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 29, 9));
  });

  test('stop when a fix has shipped, and start again when it does not hold', () => {
    const { desk, followUp } = openDesk('amira', 'high');
    desk.act({ kind: 'ship_fix', followUpId: followUp.followUpId, actor: 'amira' }, T0);
    expect(desk.nextDue()).toBeNull();
    for (const index of [0, 1])
      desk.observe(seen(index, { value: 0.03, status: 'anomalous' }), hour(index + 1));
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 13, 9));
  });
});
