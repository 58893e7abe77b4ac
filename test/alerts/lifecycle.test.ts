import { describe, expect, test } from 'vitest';
import { calmAt, desk, fireAt, only, reasons, told } from './desk-words.js';
import { afterHour, DAY, HOUR, hour, MINUTE, metric, POLICY, seen, T0 } from './fixtures.js';

describe('from the first anomalous point to the resolution', () => {
  test('firing, escalating, acknowledging and resolving tell the right people, each once', () => {
    const alerts = desk();
    const fired = fireAt(alerts, 0);
    const firedAt = afterHour(hour(0));
    expect(reasons(fired)).toEqual(['fired', 'first_notification']);
    expect(told(fired)).toEqual(['first_notification → slack:#disputes']);
    expect(alerts.nextDue()).toBe(firedAt);
    const [first] = alerts.pendingDeliveries();
    alerts.recordAttempt(first?.deliveryId ?? '', { outcome: 'sent', messageRef: 'C1:1.0' }, firedAt);
    expect(alerts.nextDue()).toBe(firedAt + 15 * MINUTE);

    expect(alerts.due(firedAt + 15 * MINUTE - 1)).toEqual([]);
    const escalated = alerts.due(firedAt + 15 * MINUTE);
    expect(told(escalated)).toEqual(['escalated → slack:#disputes', 'escalated → slack:#leads']);

    const { alertId, version } = only(alerts);
    const acknowledged = alerts.act(
      { kind: 'acknowledge', alertId, version, actor: 'amira' },
      firedAt + 20 * MINUTE,
    );
    if (acknowledged.outcome !== 'done') throw new Error(acknowledged.outcome);
    expect(acknowledged.entries[0]).toMatchObject({ actor: 'amira', reason: 'acknowledged' });
    expect(told(acknowledged.entries)).toEqual([
      'acknowledged → slack:#disputes',
      'acknowledged → slack:#leads',
    ]);
    expect(alerts.due(firedAt + HOUR)).toEqual([]);

    expect(reasons(calmAt(alerts, 1))).toEqual(['recovering']);
    const resolved = calmAt(alerts, 2);
    expect(reasons(resolved)).toEqual(['resolved']);
    expect(told(resolved)).toEqual(['resolved → slack:#disputes', 'resolved → slack:#leads']);
    expect(alerts.due(firedAt + DAY)).toEqual([]);
  });

  test('an acknowledgement that runs out is said, and the escalation goes on', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const at = afterHour(hour(0));
    alerts.act({ kind: 'acknowledge', alertId: only(alerts).alertId, actor: 'amira' }, at);
    const timedOut = alerts.due(at + POLICY.ackTimeout);
    expect(told(timedOut)).toEqual(['ack_timed_out → slack:#disputes']);
    expect(told(alerts.due(at + POLICY.ackTimeout + 15 * MINUTE))).toEqual([
      'escalated → slack:#disputes',
      'escalated → slack:#leads',
    ]);
  });

  test('data that is missing neither fires nor resolves anything', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    calmAt(alerts, 1);
    for (let index = 2; index < 50; index += 1) {
      expect(alerts.observe(seen(hour(index), 'not_evaluable'), afterHour(hour(index)))).toEqual([]);
    }
    expect(only(alerts)).toMatchObject({ state: 'firing', normalRun: 1 });
  });

  test('a point that was seen before, or its revision, changes nothing', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    expect(fireAt(alerts, 0)).toEqual([]);
  });

  test('coming back within the merge gap reopens the episode and tells those who knew it', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    calmAt(alerts, 1);
    calmAt(alerts, 2);
    const reopened = fireAt(alerts, 5);
    expect(reasons(reopened)).toEqual(['reopened']);
    expect(told(reopened)).toEqual(['reopened → slack:#disputes']);
    expect(only(alerts)).toMatchObject({ state: 'firing', timesReopened: 1, startedAt: T0 });
  });

  test('it worsens once, when the score passes the critical one', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const worse = alerts.observe(seen(hour(1), 'up', { score: 3 }), afterHour(hour(1)));
    expect(told(worse)).toContain('worsened → slack:#disputes');
    expect(reasons(alerts.observe(seen(hour(2), 'up', { score: 9 }), afterHour(hour(2))))).not.toContain(
      'worsened',
    );
    expect(only(alerts)).toMatchObject({ severity: 'critical', worst: { score: 9 } });
  });

  test('a metric that is bad both ways has an alert for each, and one ends as the other begins', () => {
    const alerts = desk();
    const both = metric({ bad: 'both', alert: { ...metric().alert, recover: 1 } });
    alerts.observe(seen(hour(0), 'up', { of: both }), afterHour(hour(0)));
    const flipped = alerts.observe(seen(hour(1), 'down', { of: both }), afterHour(hour(1)));
    expect(reasons(flipped)).toEqual(['resolved', 'fired', 'first_notification']);
    expect(new Set(alerts.alerts().map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});

describe('impact', () => {
  test('is the excess over the expected, in events and at what an event costs', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    alerts.observe(seen(hour(1), 'up', { disputes: 40 }), afterHour(hour(1)));
    const { impactCount, impactAmount, episode } = only(alerts);
    // 20 + 40 disputes of 1,000 orders each where 1 % was expected, at 25 a dispute.
    expect(impactCount).toBeCloseTo(40, 9);
    expect(impactAmount).toBeCloseTo(1000, 6);
    expect(episode).toEqual({ points: 2, numerator: 60, denominator: 2000, amount: 1500 });
  });

  test('is positive when too little is what is wrong', () => {
    const alerts = desk();
    alerts.observe(seen(hour(0), 'down', { disputes: 2 }), afterHour(hour(0)));
    expect(only(alerts).impactCount).toBeCloseTo(8, 9);
  });
});
