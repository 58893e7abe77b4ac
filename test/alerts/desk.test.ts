import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { EscalationPolicy, Route } from '../../src/model/alert.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, DAY, HOUR, hour, MINUTE, metric, POLICY, ROUTES, seen, T0 } from './fixtures.js';

const desk = (policies: EscalationPolicy[] = [POLICY], routes: Route[] = ROUTES) =>
  new AlertDesk({ policies, routes });

/** What happened, in words: the reasons of the alerts' entries. */
const reasons = (entries: readonly JournalEntry[]) =>
  entries.filter(({ stream }) => stream === 'alert').map(({ reason }) => reason);

/** Who is told what: new deliveries as `reason → target`. */
const told = (entries: readonly JournalEntry[]) =>
  deliveries(entries)
    .filter(({ version }) => version === 1)
    .map(({ reason, target }) => `${reason} → ${target}`);

const deliveries = (entries: readonly JournalEntry[]) =>
  entries.filter(({ stream }) => stream === 'delivery').map(({ body }) => body as unknown as Delivery);

const fireAt = (alerts: AlertDesk, index: number, slice = 'all') =>
  alerts.observe(seen(hour(index), 'up', { slice }), afterHour(hour(index)));

const calmAt = (alerts: AlertDesk, index: number, slice = 'all') =>
  alerts.observe(seen(hour(index), 'normal', { slice }), afterHour(hour(index)));

const only = (alerts: AlertDesk) => {
  const [alert, ...others] = alerts.alerts();
  if (alert === undefined || others.length > 0) throw new Error('there is not exactly one alert');
  return alert;
};

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

describe('routes and policies', () => {
  test('the first route whose labels all match decides, by metric, severity and slice', () => {
    const urgent: EscalationPolicy = {
      ...POLICY,
      id: 'urgent',
      steps: [{ delay: 0, targets: ['webhook:pager'] }],
    };
    const alerts = desk(
      [POLICY, urgent],
      [{ match: { severity: ['critical'], region: ['GB', 'IE'] }, policy: 'urgent' }, ...ROUTES],
    );
    const critical = { slice: 'region=GB', score: 5 };
    expect(told(alerts.observe(seen(hour(0), 'up', critical), afterHour(hour(0))))).toEqual([
      'first_notification → webhook:pager',
    ]);
    const elsewhere = { slice: 'region=DE', score: 5 };
    expect(told(alerts.observe(seen(hour(0), 'up', elsewhere), afterHour(hour(0))))).toEqual([
      'first_notification → slack:#disputes',
    ]);
  });

  test('a step with nobody to tell is recorded and falls through at once', () => {
    const steps = [
      { delay: 0, targets: [] },
      { delay: HOUR, targets: ['slack:#leads'] },
    ];
    const entries = fireAt(desk([{ ...POLICY, steps }]), 0);
    expect(reasons(entries)).toEqual(['fired', 'nobody_to_tell', 'first_notification']);
    expect(told(entries)).toEqual(['first_notification → slack:#leads']);
  });

  test('a policy without steps is recorded as nobody to tell, not as silence', () => {
    expect(reasons(fireAt(desk([{ ...POLICY, steps: [] }]), 0))).toEqual(['fired', 'nobody_to_tell']);
    expect(reasons(fireAt(desk([], []), 0))).toEqual(['fired', 'nobody_to_tell']);
  });
});

describe('parent slices', () => {
  test('an incident of the whole is told once, and its slices are recorded as inhibited', () => {
    const alerts = desk();
    const entries = ['all', 'region=GB', 'region=DE'].flatMap((slice) => fireAt(alerts, 0, slice));
    expect(told(entries)).toEqual(['first_notification → slack:#disputes']);
    expect(reasons(entries)).toEqual(['fired', 'first_notification', 'inhibited', 'inhibited']);
  });

  test('a slice that fired before its parent stays announced and hears of its end', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'region=GB');
    fireAt(alerts, 1, 'all');
    calmAt(alerts, 1, 'region=GB');
    expect(told(calmAt(alerts, 2, 'region=GB'))).toEqual(['resolved → slack:#disputes']);
  });

  test('a slice that outlives its parent is announced at its next anomalous point', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'all');
    fireAt(alerts, 0, 'region=GB');
    calmAt(alerts, 1, 'all');
    fireAt(alerts, 1, 'region=GB');
    expect(told(calmAt(alerts, 2, 'all'))).toEqual(['resolved → slack:#disputes']);
    const announced = fireAt(alerts, 2, 'region=GB');
    expect(reasons(announced)).toEqual(['inhibition_ended', 'first_notification']);
    expect(told(announced)).toEqual(['first_notification → slack:#disputes']);
  });

  test('a slice without further points is announced a bucket after its parent ended', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'all');
    fireAt(alerts, 0, 'region=GB');
    calmAt(alerts, 1, 'all');
    calmAt(alerts, 2, 'all');
    const resolvedAt = afterHour(hour(2));
    expect(alerts.due(resolvedAt + HOUR - 1)).toEqual([]);
    expect(told(alerts.due(resolvedAt + HOUR))).toEqual(['first_notification → slack:#disputes']);
  });

  test('slices that end with their parent, or a point later, are never told', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'all');
    fireAt(alerts, 0, 'region=GB');
    fireAt(alerts, 0, 'region=DE');
    calmAt(alerts, 1, 'all');
    calmAt(alerts, 1, 'region=GB');
    const quiet = [2, 3].flatMap((index) => [
      ...calmAt(alerts, index, 'all'),
      ...calmAt(alerts, index, 'region=GB'),
      ...calmAt(alerts, index, 'region=DE'),
      ...alerts.due(afterHour(hour(index))),
    ]);
    expect(told(quiet)).toEqual(['resolved → slack:#disputes']);
    expect(alerts.alerts().map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  });
});

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
    expect(health?.title).toBe('Messages to slack:#disputes do not arrive: channel_not_found');

    alerts.recordAttempt(firstDelivery(alerts).deliveryId, { outcome: 'sent', messageRef: '' }, hour(2));
    alerts.act({ kind: 'acknowledge', alertId, actor: 'amira' }, hour(3));
    const sent = { outcome: 'sent', messageRef: 'C1:1.0' } as const;
    const arrived = alerts.recordAttempt(firstDelivery(alerts).deliveryId, sent, hour(3));
    expect(told(arrived)).toEqual(['resolved → console']);
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
