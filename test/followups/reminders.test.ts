import { describe, expect, test } from 'vitest';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { DAY } from '../../src/model/clock.js';
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
  const taken: { at: string; reason: string; to: DeliveryRequest['to'] }[] = [];
  for (let next = desk.nextDue(); next !== null && next <= end; next = desk.nextDue()) {
    const { entries, tell } = desk.due(next);
    const [entry, ...others] = entries;
    if (entry === undefined || others.length > 0) throw new Error('not one reminder at a time');
    taken.push({
      at: new Date(next).toISOString(),
      reason: entry.reason,
      to: tell.flatMap(({ to }) => to),
    });
  }
  return taken;
};

describe('the due date', () => {
  test("is the end of the owner's day, so many work days on", () => {
    // Seven work days from a Monday on: Wednesday of the week after.
    expect(new Date(openDesk('amira', 'high').followUp.dueAt).toISOString()).toBe('2024-01-17T23:59:59.999Z');
    // 06:00 UTC on the 8th is 01:00 in New York; 23:00 New York time on the 7th counts from the 7th.
    const lateEvening = Date.UTC(2024, 0, 8, 4);
    expect(new Date(openDesk('kai', 'urgent', lateEvening).followUp.dueAt).toISOString()).toBe(
      '2024-01-10T04:59:59.999Z',
    );
  });

  test('counts days and not hours when the clocks change', () => {
    const beforeSummerTime = Date.UTC(2024, 2, 29, 12);
    expect(new Date(openDesk('amira', 'urgent', beforeSummerTime).followUp.dueAt).toISOString()).toBe(
      '2024-04-02T22:59:59.999Z',
    );
  });

  test("goes by the owner's own week and days off", () => {
    // Sunday to Thursday, and the Tuesday off: two work days from Monday are Wednesday and Thursday.
    const work = { days: [7, 1, 2, 3, 4], from: 8 * 60 + 30, to: 16 * 60, holidays: ['2024-01-09'] };
    const owners = [{ id: 'noa', name: 'Noa', slack: '', timezone: 'Asia/Jerusalem', lead: '', work }];
    const desk = new FollowUpDesk({ owners, settings: SETTINGS });
    const opened = desk.open({ alert: alert(), actor: 'noa', owner: 'noa', priority: 'urgent' }, T0);
    expect(opened.followUp && new Date(opened.followUp.dueAt).toISOString()).toBe('2024-01-11T21:59:59.999Z');
    // Two days before is the day off; the last work day up to it is Monday, whose morning is half an hour away.
    expect(new Date(desk.nextDue() ?? 0).toISOString()).toBe('2024-01-08T06:30:00.000Z');
  });
});

describe('reminders', () => {
  test('come before the day, on it, and on every work day after, when the lead hears as well', () => {
    const { desk } = openDesk('amira', 'high');
    expect(remindersUntil(desk, Date.UTC(2024, 0, 22, 12))).toEqual([
      { at: '2024-01-15T09:00:00.000Z', reason: 'due_soon', to: ['slack:UAMIRA'] },
      { at: '2024-01-17T09:00:00.000Z', reason: 'due_today', to: ['slack:UAMIRA'] },
      { at: '2024-01-18T09:00:00.000Z', reason: 'overdue', to: ['slack:UAMIRA', 'slack:ULENA'] },
      { at: '2024-01-19T09:00:00.000Z', reason: 'overdue', to: ['slack:UAMIRA', 'slack:ULENA'] },
      { at: '2024-01-22T09:00:00.000Z', reason: 'overdue', to: ['slack:UAMIRA', 'slack:ULENA'] },
    ]);
  });

  test('come in the morning of an owner elsewhere, and go to nobody in person who cannot be reached so', () => {
    const { desk } = openDesk('kai', 'urgent');
    const [first] = remindersUntil(desk, Date.UTC(2024, 0, 10, 23));
    // Two days before the due date is the day of opening itself, whose morning is still to come in New York.
    expect(first).toEqual({ at: '2024-01-08T14:00:00.000Z', reason: 'due_soon', to: [] });
  });

  test('that were missed are made up for by one, not by one for each day', () => {
    const { desk } = openDesk('amira', 'high');
    const back = Date.UTC(2024, 0, 20, 15);
    expect(desk.due(back).entries.map(({ reason }) => reason)).toEqual(['overdue']);
    expect(desk.due(back).entries).toEqual([]);
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 22, 9));
  });

  test('go by the new date once it is set', () => {
    const { desk, followUp } = openDesk('amira', 'high');
    desk.due(Date.UTC(2024, 0, 15, 9));
    const dueAt = Date.UTC(2024, 0, 31, 18);
    desk.act(
      { kind: 'set_due', followUpId: followUp.followUpId, actor: 'amira', dueAt },
      Date.UTC(2024, 0, 15, 10),
    );
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 29, 9));
  });

  test('stop when a fix has shipped, and start again when it does not hold', () => {
    const { desk, followUp } = openDesk('amira', 'high');
    desk.act({ kind: 'ship_fix', followUpId: followUp.followUpId, actor: 'amira' }, T0);
    expect(desk.nextDue()).toBeNull();
    for (const index of [0, 1])
      desk.observe(seen(index, { value: 0.03, status: 'anomalous' }), hour(index + 1));
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 15, 9));
  });

  test('of one owner come as one message a day, however many there are and whatever the clock does', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: { ...SETTINGS, leadAfter: 3 * DAY } });
    for (const [index, owner] of ['amira', 'amira', 'amira', 'lena'].entries()) {
      const of = alert({ fingerprint: `f${index}`, alertId: `a${index}`, slice: `region=R${index}`, owner });
      desk.open({ alert: of, actor: 'amira', priority: 'urgent' }, T0);
    }
    const jumped = desk.due(T0 + 400 * DAY);
    expect(jumped.entries).toHaveLength(4);
    expect(jumped.tell.map(({ to }) => to)).toEqual([['slack:UAMIRA', 'slack:ULENA'], ['slack:ULENA']]);
    expect(jumped.tell.map(({ subject }) => subject.kind === 'reminder' && subject.followUps.length)).toEqual(
      [3, 1],
    );
    expect(desk.due(T0 + 400 * DAY).tell).toEqual([]);
    // Back again, as a clock that is set right does it: nobody hears of it twice.
    expect(desk.due(T0 + 3 * DAY).tell).toEqual([]);
  });

  test('climb to the lead only after the stated time', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: { ...SETTINGS, leadAfter: 3 * DAY } });
    desk.open({ alert: alert(), actor: 'amira', priority: 'high' }, T0);
    const heard = remindersUntil(desk, Date.UTC(2024, 0, 22, 12)).map(({ at, to }) => [
      at.slice(8, 10),
      to.length,
    ]);
    expect(heard).toEqual([
      ['15', 1],
      ['17', 1],
      ['18', 1],
      ['19', 1],
      ['22', 2],
    ]);
  });

  test('are not sent a second time on the day on which one more is handed over', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
    const other = alert({ fingerprint: 'other', alertId: 'other', slice: 'region=DE', owner: 'lena' });
    desk.open({ alert: alert(), actor: 'amira', priority: 'urgent' }, T0);
    const handed = desk.open({ alert: other, actor: 'lena', priority: 'urgent' }, T0);
    const morning = Date.UTC(2024, 0, 12, 9);
    desk.due(morning);
    desk.act(
      { kind: 'assign', followUpId: handed.followUp?.followUpId ?? '', actor: 'lena', owner: 'amira' },
      morning + 60_000,
    );
    expect(desk.due(morning + 3_600_000).tell).toEqual([]);
  });
});
