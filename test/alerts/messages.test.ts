import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import { SECOND } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { deliveries, desk, fireAt, only, reasons, told } from './desk-words.js';
import { HOUR, hour, MINUTE, seen, T0 } from './fixtures.js';

describe('deliveries', () => {
  const retry = { outcome: 'retry', reason: 'ratelimited', retryAfter: null } as const;

  const firstDelivery = (alerts: AlertDesk) => {
    const [delivery] = alerts.pendingDeliveries();
    if (delivery === undefined) throw new Error('nothing waits');
    return delivery;
  };

  test('a newer message takes the place of one that still waits for the same target', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const waiting = firstDelivery(alerts);
    const { alertId } = only(alerts);
    const result = alerts.act({ kind: 'acknowledge', alertId, actor: 'amira' }, hour(2));
    if (result.outcome !== 'done') throw new Error(result.outcome);
    expect(deliveries(result.entries).map(({ state, reason }) => [state, reason])).toEqual([
      ['superseded', 'first_notification'],
      ['pending', 'acknowledged'],
    ]);
    // The older one was on its way all the same: its message is the one to answer in.
    alerts.recordAttempt(waiting.deliveryId, { outcome: 'sent', messageRef: 'C1:1.0' }, hour(2));
    expect(alerts.rootRef({ kind: 'alert', id: alertId }, 'slack:#disputes')).toBe('C1:1.0');
    expect(alerts.recordAttempt(waiting.deliveryId, retry, hour(2))).toEqual([]);
  });

  test('the newest reference is the one to answer in: a message that somebody deleted was made anew', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const { alertId } = only(alerts);
    alerts.recordAttempt(
      firstDelivery(alerts).deliveryId,
      { outcome: 'sent', messageRef: 'C1:1.0' },
      hour(2),
    );
    alerts.act({ kind: 'acknowledge', alertId, actor: 'amira' }, hour(3));
    alerts.recordAttempt(
      firstDelivery(alerts).deliveryId,
      { outcome: 'sent', messageRef: 'C1:2.0' },
      hour(3),
    );
    expect(alerts.rootRef({ kind: 'alert', id: alertId }, 'slack:#disputes')).toBe('C1:2.0');
    expect(alerts.rootRef({ kind: 'alert', id: alertId }, 'slack:#leads')).toBe('');
  });

  test('a delivery that is given up raises an alert that goes elsewhere, and ends when messages arrive', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const { deliveryId, alertId } = firstDelivery(alerts);
    const failed = alerts.recordAttempt(
      deliveryId,
      { outcome: 'failed', reason: 'channel_not_found' },
      hour(2),
    );
    expect(reasons(failed)).toEqual(['fired', 'first_notification']);
    expect(told(failed)).toEqual(['delivery_failed → console']);
    const health = alerts.alerts().find(({ kind }) => kind === 'data_health');
    expect(health?.title).toBe(
      'Messages to slack:#disputes do not arrive: there is no such channel, or the app is not in it (channel_not_found)',
    );

    alerts.recordAttempt(firstDelivery(alerts).deliveryId, { outcome: 'sent', messageRef: '' }, hour(2));
    alerts.act({ kind: 'acknowledge', alertId, actor: 'amira' }, hour(3));
    const sent = { outcome: 'sent', messageRef: 'C1:1.0' } as const;
    const arrived = alerts.recordAttempt(firstDelivery(alerts).deliveryId, sent, hour(3));
    expect(told(arrived)).toEqual(['resolved → console']);
  });

  test('when a target takes messages again, what waited for it does not go on waiting', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'region=GB');
    fireAt(alerts, 0, 'region=DE');
    const [one, other] = alerts.pendingDeliveries();
    if (one === undefined || other === undefined) throw new Error('two were to wait');
    for (let minute = 0; minute < 5; minute++)
      for (const { deliveryId } of [one, other])
        alerts.recordAttempt(deliveryId, retry, hour(2) + minute * MINUTE);
    const back = hour(2) + 5 * MINUTE;
    expect(alerts.dueDeliveries(back)).toEqual([]);
    alerts.recordAttempt(one.deliveryId, { outcome: 'sent', messageRef: 'C1:1.0' }, back);
    // At the channel's pace all the same.
    expect(alerts.dueDeliveries(back)).toEqual([]);
    const due = alerts.dueDeliveries(back + 1_000);
    expect(due.map(({ deliveryId }) => deliveryId)).toEqual([other.deliveryId]);
    // If it fails once more, that is its own trouble.
    alerts.recordAttempt(other.deliveryId, retry, back + 1_000);
    expect(alerts.dueDeliveries(back + 2_000)).toEqual([]);
  });

  test('a channel that asks for time gets none of its messages before that, and another channel all of them', () => {
    const policy = {
      id: 'two',
      steps: [{ delay: 0, targets: ['slack:#disputes', 'slack:#leads'] }],
      ackTimeout: HOUR,
    };
    const alerts = new AlertDesk({ policies: [policy], routes: [{ match: {}, policy: 'two' }] });
    const now = hour(2);
    for (const slice of ['region=DE', 'region=GB']) alerts.observe(seen(hour(1), 'up', { slice }), now);
    const dueAt = (at: number) => alerts.dueDeliveries(at).map(({ target }) => target);
    for (const { deliveryId, target } of alerts.dueDeliveries(now))
      alerts.recordAttempt(
        deliveryId,
        target === 'slack:#disputes'
          ? { ...retry, retryAfter: 30 * SECOND }
          : { outcome: 'sent', messageRef: 'C2:1.0' },
        now,
      );
    expect(dueAt(now + SECOND)).toEqual(['slack:#leads']);
    expect(dueAt(now + 30 * SECOND - 1)).toEqual(['slack:#leads']);
    expect(alerts.nextDue(new Set(['slack:#leads']))).toBe(now + 30 * SECOND);
    expect(dueAt(now + 30 * SECOND).sort()).toEqual(['slack:#disputes', 'slack:#leads']);
  });

  test('when every target fails, that ends in a record and not in a storm', () => {
    const alerts = desk();
    fireAt(alerts, 0);
    let attempts = 0;
    for (let step = 0; step < 100; step += 1) {
      const now = hour(2) + step * HOUR;
      alerts.due(now);
      for (const { deliveryId } of alerts.dueDeliveries(now)) {
        attempts += 1;
        alerts.recordAttempt(deliveryId, { outcome: 'failed', reason: 'unreachable' }, now);
      }
    }
    expect(alerts.pendingDeliveries()).toEqual([]);
    expect(alerts.nextDue()).toBeNull();
    expect(attempts).toBeLessThan(20);
  });

  test('an attempt on a delivery that nobody asked for is a bug', () => {
    expect(() => desk().recordAttempt('nothing', retry, T0)).toThrow(/no delivery 'nothing'/);
  });

  test("a follow-up's messages go to everybody told of the alert and to whom it names, once", () => {
    const alerts = desk();
    fireAt(alerts, 0);
    const request = {
      alertId: only(alerts).alertId,
      subject: { kind: 'follow_up', id: 'f1', version: 3 },
      reason: 'follow_up_changed',
      to: ['slack:U2', 'slack:#disputes'],
    } as const;
    expect(told(alerts.notify([request], hour(2)))).toEqual([
      'follow_up_changed → slack:#disputes',
      'follow_up_changed → slack:U2',
    ]);
    expect(alerts.notify([request], hour(2))).toEqual([]);
    // The alert's own first message still waits: it speaks of something else and is not superseded.
    expect(alerts.pendingDeliveries().map(({ reason }) => reason)).toContain('first_notification');
  });

  test('a message from before messages could be about anything but an alert is taken up', () => {
    const before = {
      target: 'slack:#disputes',
      attempts: 0,
      createdAt: T0,
      dueAt: T0,
      sentAt: null,
      failure: '',
    };
    const entry = (id: string, body: object): JournalEntry => ({
      ...{ stream: 'delivery', id, version: 1, at: T0, actor: 'system', reason: 'sent' },
      body: { ...before, deliveryId: id, version: 1, alertId: 'a1', alertVersion: 2, ...body },
    });
    const alerts = desk();
    alerts.restore([
      entry('1', { followUpId: '', state: 'sent', reason: 'first_notification', messageRef: 'C1:1.0' }),
      // It was said in the alert's thread, which is not where the follow-up's own message is.
      entry('2', { followUpId: 'f1', state: 'sent', reason: 'follow_up_opened', messageRef: 'C1:1.0' }),
      entry('3', { followUpId: 'f1', state: 'pending', reason: 'follow_up_changed', messageRef: '' }),
    ]);
    expect(alerts.rootRef({ kind: 'alert', id: 'a1' }, 'slack:#disputes')).toBe('C1:1.0');
    expect(alerts.rootRef({ kind: 'follow_up', id: 'f1' }, 'slack:#disputes')).toBe('');
    expect(alerts.pendingDeliveries().map(({ subject }) => subject)).toEqual([
      { kind: 'follow_up', id: 'f1', version: 0 },
    ]);
  });

  test('a program gets every turn of a follow-up, people the newest one that waits', () => {
    const alerts = desk();
    const turn = (version: number) =>
      ({
        subject: { kind: 'follow_up', id: 'f1', version },
        reason: 'follow_up_changed',
        alertId: '',
        to: ['slack:#improvements', 'webhook:tracker'],
      }) as const;
    alerts.notify([turn(1), turn(2)], T0);
    const waiting = alerts.pendingDeliveries().map(({ target, subject }) => [target, subject.version]);
    expect(waiting.sort()).toEqual([
      ['slack:#improvements', 2],
      ['webhook:tracker', 1],
      ['webhook:tracker', 2],
    ]);
  });
});
describe('the health of the data', () => {
  const LAST = T0 - 3 * HOUR;

  test('a quiet source has one alert, which ends when its data comes back', () => {
    const alerts = desk();
    const quiet = alerts.sourceHealth('kafka', true, LAST, T0);
    expect(reasons(quiet)).toEqual(['fired', 'first_notification']);
    expect(only(alerts)).toMatchObject({
      kind: 'data_health',
      slice: 'source=kafka',
      title: 'No events from kafka since 2024-01-08T03:00Z',
      impactCount: 0,
    });
    expect(alerts.sourceHealth('kafka', true, LAST, T0 + MINUTE)).toEqual([]);
    expect(told(alerts.due(T0 + 15 * MINUTE))).toContain('escalated → slack:#leads');
    const back = alerts.sourceHealth('kafka', false, T0 + HOUR, T0 + HOUR);
    expect(told(back)).toEqual(['resolved → slack:#disputes', 'resolved → slack:#leads']);
    expect(alerts.sourceHealth('http', false, T0, T0)).toEqual([]);
  });
});
