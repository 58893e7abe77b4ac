import { describe, expect, test } from 'vitest';
import type { FollowUpChanges } from '../../src/followups/command.js';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { alert, hour, OWNERS, SETTINGS, seen, T0 } from './fixtures.js';

const openDesk = (owner: string, priority: 'urgent' | 'high', openedAt = T0) => {
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const opened = desk.open({ alert: alert(), actor: owner, owner, priority }, openedAt);
  if (opened.outcome !== 'done') throw new Error(opened.reason);
  return { desk, followUp: opened.followUp };
};

/** Every reminder until `end`, each taken when it is due: when, to whom, and the words of its entries. */
const remindersUntil = (desk: FollowUpDesk, end: number) => {
  const taken: (readonly [at: string, person: string, ...reasons: string[]])[] = [];
  for (let next = desk.nextDue(); next !== null && next <= end; next = desk.nextDue()) {
    const { entries, tell } = desk.due(next);
    if (tell.length > 1) throw new Error('not one reminder at a time');
    for (const { subject } of tell)
      if (subject.kind === 'reminder')
        taken.push([
          new Date(next).toISOString().slice(5, 16),
          subject.person,
          ...entries.map(({ reason }) => reason),
        ]);
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
  test("come before the day, on it, and on every work day after, when the lead hears as well in the lead's morning", () => {
    const { desk } = openDesk('amira', 'high');
    expect(remindersUntil(desk, Date.UTC(2024, 0, 22, 12))).toEqual([
      ['01-15T09:00', 'amira', 'due_soon'],
      ['01-17T09:00', 'amira', 'due_today'],
      ['01-18T08:00', 'lena', 'climbed'],
      ['01-18T09:00', 'amira', 'overdue'],
      ['01-19T08:00', 'lena', 'climbed'],
      ['01-19T09:00', 'amira', 'overdue'],
      ['01-22T08:00', 'lena', 'climbed'],
      ['01-22T09:00', 'amira', 'overdue'],
    ]);
  });

  test('come in the morning of an owner elsewhere; who cannot be reached in person is told where the alert was', () => {
    const { desk } = openDesk('kai', 'urgent');
    // Two days before the due date is the day of opening itself, whose morning is still to come in New York.
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 8, 14));
    expect(desk.due(Date.UTC(2024, 0, 8, 14)).tell).toMatchObject([{ to: [], alertId: alert().alertId }]);
    const reachable = openDesk('amira', 'urgent').desk;
    expect(reachable.due(Date.UTC(2024, 0, 8, 9)).tell).toMatchObject([
      { to: ['slack:UAMIRA'], alertId: '' },
    ]);
  });

  test('that were missed are made up for by one, not by one for each day', () => {
    const { desk } = openDesk('amira', 'high');
    const back = Date.UTC(2024, 0, 22, 15);
    const once = desk.due(back);
    expect(once.entries.map(({ reason }) => reason)).toEqual(['overdue', 'climbed']);
    expect(once.tell).toHaveLength(2);
    expect(desk.due(back).entries).toEqual([]);
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 23, 8));
  });

  test('that were missed wait until the person is back at work', () => {
    const { desk } = openDesk('kai', 'urgent');
    // Saturday noon in New York, then Monday night.
    for (const away of [Date.UTC(2024, 0, 13, 17), Date.UTC(2024, 0, 15, 5)]) {
      expect(desk.due(away).tell).toEqual([]);
      expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 15, 14));
    }
    expect(desk.due(Date.UTC(2024, 0, 15, 14)).tell).toHaveLength(1);
  });

  test("go by the new date once it is set, the lead's too", () => {
    const { desk, followUp } = openDesk('amira', 'high');
    remindersUntil(desk, Date.UTC(2024, 0, 19, 12));
    const dueAt = Date.UTC(2024, 0, 31, 18);
    desk.act(
      { kind: 'set_due', followUpId: followUp.followUpId, actor: 'amira', dueAt, reason: 'parts' },
      Date.UTC(2024, 0, 19, 13),
    );
    expect(remindersUntil(desk, Date.UTC(2024, 1, 1, 12))).toEqual([
      ['01-29T09:00', 'amira', 'due_soon'],
      ['01-31T09:00', 'amira', 'due_today'],
      ['02-01T08:00', 'lena', 'climbed'],
      ['02-01T09:00', 'amira', 'overdue'],
    ]);
  });

  test('stop when a fix has shipped, and start again when it does not hold', () => {
    const { desk, followUp } = openDesk('amira', 'high');
    desk.act({ kind: 'ship_fix', followUpId: followUp.followUpId, actor: 'amira' }, T0);
    expect(desk.nextDue()).toBeNull();
    for (const index of [0, 1])
      desk.observe(seen(index, { value: 0.03, status: 'anomalous' }), hour(index + 1));
    expect(desk.nextDue()).toBe(Date.UTC(2024, 0, 15, 9));
  });

  test('of one person come as one message a day, their own and what has climbed, whatever the clock does', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: { ...SETTINGS, leadAfter: 3 * DAY } });
    for (const [index, owner] of ['amira', 'amira', 'amira', 'lena'].entries()) {
      const of = alert({ fingerprint: `f${index}`, alertId: `a${index}`, slice: `region=R${index}`, owner });
      desk.open({ alert: of, actor: 'amira', priority: 'urgent' }, T0);
    }
    // A Wednesday, a year later.
    const later = Date.UTC(2025, 1, 12, 11);
    const jumped = desk.due(later);
    expect(
      jumped.tell.map(({ subject, to }) => [to, subject.kind === 'reminder' && subject.followUps.length]),
    ).toEqual([
      [['slack:UAMIRA'], 3],
      [['slack:ULENA'], 4],
    ]);
    expect(desk.due(later).tell).toEqual([]);
    expect(desk.due(later + HOUR).tell).toEqual([]);
    // Back again, as a clock that is set right does it: nobody hears of it twice.
    expect(desk.due(T0 + 3 * DAY).tell).toEqual([]);
  });

  test('climb to the lead only after the stated time', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: { ...SETTINGS, leadAfter: 3 * DAY } });
    desk.open({ alert: alert(), actor: 'amira', priority: 'high' }, T0);
    const heard = remindersUntil(desk, Date.UTC(2024, 0, 22, 12));
    expect(heard.filter(([, person]) => person === 'lena')).toEqual([['01-22T08:00', 'lena', 'climbed']]);
  });

  test('are not sent a second time on the day on which one more is handed over, also after a restart', () => {
    const journal: JournalEntry[] = [];
    const keep = ({ entries }: { entries?: readonly JournalEntry[] }) => journal.push(...(entries ?? []));
    const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
    const other = alert({ fingerprint: 'other', alertId: 'other', slice: 'region=DE', owner: 'lena' });
    keep(desk.open({ alert: alert(), actor: 'amira', priority: 'urgent' }, T0) as FollowUpChanges);
    const handed = desk.open({ alert: other, actor: 'lena', priority: 'urgent' }, T0);
    keep(handed as FollowUpChanges);
    const morning = Date.UTC(2024, 0, 12, 9);
    keep(desk.due(morning));
    const followUpId = handed.followUp?.followUpId ?? '';
    const assigned = desk.act(
      { kind: 'assign', followUpId, actor: 'lena', owner: 'amira' },
      morning + 60_000,
    );
    keep(assigned as FollowUpChanges);
    expect(desk.due(morning + HOUR).tell).toEqual([]);
    const restarted = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
    restarted.restore(journal);
    expect(restarted.due(morning + HOUR).tell).toEqual([]);
    expect(restarted.nextDue()).toBe(desk.nextDue());
  });
});
