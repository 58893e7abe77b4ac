import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { Alert, Route } from '../../src/model/alert.js';
import { SECOND } from '../../src/model/clock.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, HOUR, hour, MINUTE, metric, POLICY, seen } from './fixtures.js';

const GROUPED: Route[] = [
  {
    match: {},
    policy: POLICY.id,
    grouping: { by: ['metric'], wait: 30 * SECOND, interval: 5 * MINUTE },
  },
];
const START = afterHour(hour(0));

const desk = (routes = GROUPED) => new AlertDesk({ policies: [POLICY], routes });
const region = (index: number) => `region=R${String(index).padStart(3, '0')}`;

const fire = (alerts: AlertDesk, slice: string, index = 0, score = 2, at = afterHour(hour(index))) =>
  alerts.observe(seen(hour(index), 'up', { slice, score }), at);
const calm = (alerts: AlertDesk, slice: string, index: number) =>
  alerts.observe(seen(hour(index), 'normal', { slice }), afterHour(hour(index)));

const told = (entries: readonly JournalEntry[]) =>
  entries
    .filter(({ stream, version }) => stream === 'delivery' && version === 1)
    .map(({ body }) => body as unknown as Delivery)
    .map(({ reason, target, subject }) => `${reason} → ${target} (${subject.kind})`);

function leader(alerts: AlertDesk): Alert {
  const found = alerts.alerts().filter(({ leadsGroup, state }) => leadsGroup && state !== 'resolved');
  expect(found).toHaveLength(1);
  return found[0] as Alert;
}

describe('alerts of one group', () => {
  test('five hundred that fire in one minute are one message, which waits for them to gather', () => {
    const alerts = desk();
    const entries: JournalEntry[] = [];
    for (let index = 0; index < 500; index++) entries.push(...fire(alerts, region(index)));
    expect(told(entries)).toEqual([]);
    expect(told(alerts.due(START + 30 * SECOND - 1))).toEqual([]);
    expect(told(alerts.due(START + 30 * SECOND))).toEqual(['first_notification → slack:#disputes (group)']);
    expect(alerts.group(leader(alerts).groupId)).toHaveLength(500);
    expect(told(alerts.due(START + 15 * MINUTE + 30 * SECOND))).toHaveLength(2);
  });

  test('who joins later is told of at the pace of the group, and what is graver at once', () => {
    const alerts = desk();
    fire(alerts, region(0));
    alerts.due(START + 30 * SECOND);
    const joined = fire(alerts, region(1), 0, 2, START + MINUTE);
    fire(alerts, region(2), 0, 2, START + 2 * MINUTE);
    expect(told(joined)).toEqual([]);
    expect(told(alerts.due(START + 30 * SECOND + 5 * MINUTE))).toEqual([
      'group_changed → slack:#disputes (group)',
    ]);
    expect(told(fire(alerts, region(3), 0, 5, START + 6 * MINUTE))).toEqual([
      'group_changed → slack:#disputes (group)',
    ]);
  });

  test('other values of the label are another group', () => {
    const alerts = desk();
    fire(alerts, region(0));
    alerts.observe(seen(hour(0), 'up', { slice: region(0), of: metric({ id: 'refund_rate' }) }), START);
    expect(told(alerts.due(START + 30 * SECOND))).toHaveLength(2);
  });

  test('an acknowledgement is the whole group’s, whichever of its alerts was clicked on', () => {
    const alerts = desk();
    for (let index = 0; index < 3; index++) fire(alerts, region(index));
    alerts.due(START + 30 * SECOND);
    const member = alerts.alerts().find(({ leadsGroup }) => !leadsGroup) as Alert;
    const done = alerts.act({ kind: 'acknowledge', alertId: member.alertId, actor: 'amira' }, hour(2));
    expect(done.outcome === 'done' && told(done.entries)).toEqual(['acknowledged → slack:#disputes (group)']);
    expect(alerts.alerts().map(({ state, acknowledgedBy }) => `${state} ${acknowledgedBy}`)).toEqual(
      Array(3).fill('acknowledged amira'),
    );
    const end = hour(2) + POLICY.ackTimeout;
    expect(told(alerts.due(end - POLICY.ackTimeout / 2))).toEqual(['ack_reminder → slack:#disputes (group)']);
    expect(told(alerts.due(end))).toEqual(['ack_timed_out → slack:#disputes (group)']);
    expect(alerts.alerts().map(({ state }) => state)).toEqual(Array(3).fill('firing'));
  });

  test('when the alert that leads is over another takes its place, and only the last end is told as the end', () => {
    const alerts = desk();
    for (let index = 0; index < 3; index++) fire(alerts, region(index));
    alerts.due(START + 30 * SECOND);
    const { groupId } = leader(alerts);
    const first = leader(alerts).slice;
    calm(alerts, first, 1);
    expect(told(calm(alerts, first, 2)).filter((line) => line.startsWith('resolved'))).toEqual([]);
    expect(leader(alerts)).toMatchObject({
      groupId,
      escalation: { told: ['slack:#disputes', 'slack:#leads'] },
    });
    const others = alerts.alerts().filter(({ state }) => state !== 'resolved');
    const ends = others.map(({ slice }) => {
      calm(alerts, slice, 3);
      return told(calm(alerts, slice, 4));
    });
    expect(ends[0]?.filter((line) => line.startsWith('resolved'))).toEqual([]);
    expect(ends[1]?.filter((line) => line.startsWith('resolved'))).toContain(
      'resolved → slack:#disputes (group)',
    );
    expect(alerts.speakerOf(others[1]?.alertId ?? '')?.state).toBe('resolved');
  });

  test('resolving or snoozing the one that leads is done to all of them', () => {
    const alerts = desk();
    for (let index = 0; index < 3; index++) fire(alerts, region(index));
    alerts.due(START + 30 * SECOND);
    const { alertId } = leader(alerts);
    const until = hour(9);
    const snoozed = alerts.act({ kind: 'snooze', alertId, until, actor: 'amira' }, hour(2));
    expect(snoozed.outcome === 'done' && told(snoozed.entries)).toEqual([
      'snoozed → slack:#disputes (group)',
    ]);
    expect(alerts.alerts().every(({ silence }) => silence !== null)).toBe(true);
    expect(told(fire(alerts, region(7), 1))).toEqual([]);
    expect(alerts.alerts().every(({ silence }) => silence !== null)).toBe(true);
    expect(told(alerts.due(until))).toEqual(['silence_ended → slack:#disputes (group)']);
    expect(leader(alerts).alertId).toBe(alertId);
    alerts.act({ kind: 'resolve', alertId, actor: 'amira' }, until);
    expect(alerts.alerts().map(({ state }) => state)).toEqual(Array(4).fill('resolved'));
  });

  test('silencing only the one that leads lets another one lead', () => {
    const alerts = desk();
    for (let index = 0; index < 3; index++) fire(alerts, region(index));
    alerts.due(START + 30 * SECOND);
    const { slice } = leader(alerts);
    const match = { region: [slice.slice('region='.length)] };
    alerts.silence({ kind: 'make', actor: 'amira', match, reason: '', endsAt: hour(9) }, hour(2));
    expect(leader(alerts).slice).not.toBe(slice);
    expect(told(alerts.due(hour(2) + HOUR)).some((line) => line.startsWith('escalated'))).toBe(true);
  });
});
