import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../src/alerts/record.js';
import { PLAIN_ROUTE } from '../../src/alerts/routing.js';
import { transition } from '../../src/alerts/transition.js';
import { HOUR, hour, MINUTE, POLICY } from './fixtures.js';
import { anomalous, become, due, INPUTS, NOW, SITUATIONS } from './situations.js';

const { firing, told, acknowledged, recurring } = SITUATIONS;

describe('escalation', () => {
  test('each step waits its delay after the one before', () => {
    const leads = due('', { targets: ['slack:#leads'] });
    const second = become(told, leads, hour(1) + 15 * MINUTE);
    expect(told.escalation).toMatchObject({ nextStep: 1, nextAt: hour(1) + 15 * MINUTE });
    expect(second.escalation).toMatchObject({
      nextStep: 2,
      nextAt: hour(1) + 45 * MINUTE,
      told: ['slack:#disputes', 'slack:#leads'],
    });
    const last = become(second, due(), hour(1) + 45 * MINUTE);
    expect(last.escalation).toMatchObject({ nextStep: 3, nextAt: null });
  });

  test('an acknowledgement stops it, is reminded of at half time, and when it runs out the same step is the next', () => {
    const halfTime = hour(2) + POLICY.ackTimeout / 2;
    const end = hour(2) + POLICY.ackTimeout;
    expect(acknowledged.escalation).toMatchObject({ nextStep: 1, nextAt: halfTime, ackEndsAt: end });
    expect(transition(acknowledged, due(), halfTime - 1)).toEqual({ outcome: 'unchanged' });
    const reminded = transition(acknowledged, due(), halfTime);
    expect(reminded).toMatchObject({ reason: 'ack_reminder', alert: { state: 'acknowledged' } });
    const back = become(become(acknowledged, due(), halfTime), due(), end);
    expect(back).toMatchObject({ state: 'firing', acknowledgedAt: null, acknowledgedBy: '' });
    expect(back.escalation).toMatchObject({ nextStep: 1, nextAt: end + 15 * MINUTE, ackEndsAt: null });
  });

  test('how long an acknowledgement holds can hang on the severity', () => {
    const byHour = { info: 8 * HOUR, warning: 4 * HOUR, critical: HOUR };
    const policy = { ...POLICY, ackTimeout: byHour };
    const critical = { ...told, severity: 'critical' as const, escalation: { ...told.escalation, policy } };
    expect(become(critical, INPUTS.acknowledge, hour(2)).escalation.ackEndsAt).toBe(hour(3));
  });

  test('a step waits for the owner to be at work, and then is taken', () => {
    const waiting = become(told, due('', { deferUntil: hour(9) }), hour(2));
    expect(waiting.escalation).toMatchObject({ nextStep: 1, nextAt: hour(9), told: ['slack:#disputes'] });
    expect(transition(told, due('', { deferUntil: hour(9) }), hour(2))).toMatchObject({
      reason: 'waits_for_work',
    });
    expect(become(waiting, due(), hour(9)).escalation.nextStep).toBe(2);
  });

  test('the steps begin anew so often as the policy says, and then what was said is repeated', () => {
    const policy = {
      ...POLICY,
      steps: [{ delay: 0, targets: ['console'] }],
      repeat: { times: 1, after: HOUR },
    };
    const route = { ...PLAIN_ROUTE, repeatInterval: 6 * HOUR };
    let alert: AlertRecord = { ...firing, escalation: { ...firing.escalation, policy, route } };
    const words: string[] = [];
    for (let step = 0; step < 4; step++) {
      const result = transition(alert, due(), alert.escalation.nextAt ?? 0);
      if (result.outcome !== 'changed') throw new Error(result.outcome);
      alert = result.alert;
      words.push(`${result.reason} ${((alert.escalation.nextAt ?? 0) - hour(1)) / HOUR}`);
    }
    expect(words).toEqual(['first_notification 1', 'escalated 7', 'repeat 13', 'repeat 19']);
  });

  test('whoever was told before hears of the recurrence itself, and the second step follows', () => {
    expect(become(recurring, anomalous(), NOW).escalation).toMatchObject({
      nextStep: 1,
      nextAt: NOW + 15 * MINUTE,
      told: ['slack:#disputes'],
    });
  });
});
