import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import { calmAt, desk, fireAt, only, reasons, told } from './desk-words.js';
import { afterHour, hour, MINUTE, POLICY, ROUTES, seen } from './fixtures.js';

describe('commands by people', () => {
  test('a click on a button from before the state changed is refused with the current state', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const before = only(alerts);
    calmAt(alerts, 1);
    calmAt(alerts, 2);
    fireAt(alerts, 3);
    const stale = {
      kind: 'resolve',
      alertId: before.alertId,
      version: before.version,
      actor: 'amira',
    } as const;
    expect(alerts.act(stale, afterHour(hour(3)))).toMatchObject({
      outcome: 'refused',
      reason: 'state_changed',
      alert: { state: 'firing', timesReopened: 1 },
    });
  });

  test('a version that is behind by points alone is good enough', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const { alertId, version } = only(alerts);
    fireAt(alerts, 1);
    expect(alerts.act({ kind: 'acknowledge', alertId, version, actor: 'amira' }, hour(3)).outcome).toBe(
      'done',
    );
  });

  test('what is done already is answered so, and an unknown id is not found', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const { alertId, version } = only(alerts);
    const click = { kind: 'acknowledge', alertId, version, actor: 'amira' } as const;
    alerts.act(click, hour(2));
    expect(alerts.act(click, hour(2))).toMatchObject({ outcome: 'refused', reason: 'already_acknowledged' });
    expect(alerts.act({ ...click, alertId: 'nothing' }, hour(2))).toEqual({ outcome: 'not_found' });
  });
});

const OPERATIONS = { id: 'operations', name: 'Operations', slack: 'U0BOSS', timezone: 'UTC', lead: '' };

describe('a snoozed alert', () => {
  const snoozed = (until: number | 'resolved') => {
    const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES, owners: [OPERATIONS] });
    fireAt(alerts, 0);
    const { alertId } = only(alerts);
    const result = alerts.act({ kind: 'snooze', alertId, until, actor: 'amira' }, hour(2));
    if (result.outcome !== 'done') throw new Error(result.outcome);
    return { alerts, result };
  };

  test('keeps its steps back, whatever happens, and is announced again when it is over', () => {
    const { alerts, result } = snoozed(hour(6));
    expect(told(result.entries)).toEqual(['snoozed → slack:#disputes']);
    expect(only(alerts).silence).toMatchObject({ until: hour(6), author: 'amira' });
    const worse = alerts.observe(seen(hour(3), 'up', { score: 5 }), afterHour(hour(3)));
    expect(reasons(worse)).toEqual(['worsened']);
    expect([...told(worse), ...told(alerts.due(hour(6) - 1))]).toEqual([]);
    expect(alerts.nextDue()).toBeLessThanOrEqual(hour(6));
    expect(told(alerts.due(hour(6)))).toEqual(['silence_ended → slack:#disputes']);
    expect(told(alerts.due(hour(6) + 15 * MINUTE))).toContain('escalated → slack:#leads');
  });

  test('until it is resolved ends with it, and whoever was told hears that it is over', () => {
    const { alerts } = snoozed('resolved');
    calmAt(alerts, 3);
    const over = calmAt(alerts, 4);
    expect(told(over)).toEqual(['resolved → slack:#disputes']);
    expect(over.filter(({ stream }) => stream === 'silence').map(({ reason }) => reason)).toEqual([
      'all_resolved',
    ]);
    expect(alerts.nextDue()).not.toBeNull();
  });

  test('a snooze into the past, and one that was decided on something else, change nothing', () => {
    const { alerts } = snoozed(hour(6));
    const { alertId } = only(alerts);
    const past = { kind: 'snooze', alertId, until: hour(1), actor: 'amira' } as const;
    expect(alerts.act(past, hour(2))).toMatchObject({ outcome: 'refused', reason: 'not_in_the_future' });
    const stale = { kind: 'resolve', alertId, version: 1, actor: 'amira' } as const;
    expect(alerts.act(stale, hour(2))).toMatchObject({ outcome: 'refused', reason: 'state_changed' });
  });

  test('feedback and a new owner stay on the alert, and the channel hears of both', () => {
    const { alerts } = snoozed('resolved');
    const { alertId } = only(alerts);
    const verdict = {
      kind: 'feedback',
      alertId,
      verdict: 'false_alarm',
      note: 'a test',
      actor: 'bo',
    } as const;
    const said = alerts.act(verdict, hour(3));
    expect(said.outcome === 'done' && told(said.entries)).toEqual(['feedback → slack:#disputes']);
    const given = { kind: 'hand_over', alertId, actor: 'bo' } as const;
    expect(alerts.act({ ...given, owner: 'nobody' }, hour(3))).toMatchObject({ reason: 'unknown_owner' });
    expect(alerts.act({ ...given, owner: 'operations' }, hour(3)).outcome).toBe('done');
    expect(alerts.act({ ...given, owner: 'operations' }, hour(3))).toMatchObject({
      reason: 'already_the_owner',
    });
    expect(only(alerts)).toMatchObject({
      owner: 'operations',
      feedback: { verdict: 'false_alarm', by: 'bo', at: hour(3), note: 'a test' },
    });
  });
});
