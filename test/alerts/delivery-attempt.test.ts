import { describe, expect, test } from 'vitest';
import { afterAttempt } from '../../src/alerts/delivery-attempt.js';
import type { Delivery, SendOutcome } from '../../src/model/delivery.js';
import { HOUR, MINUTE, T0 } from './fixtures.js';

const pending: Delivery = {
  deliveryId: 'd1',
  alertId: 'a1',
  subject: { kind: 'alert', id: 'a1', version: 2 },
  target: 'slack:#disputes',
  reason: 'first_notification',
  state: 'pending',
  attempts: 0,
  createdAt: T0,
  dueAt: T0,
  sentAt: null,
  failure: '',
  messageRef: '',
  version: 1,
};
const superseded: Delivery = { ...pending, state: 'superseded' };
const sent: Delivery = { ...pending, state: 'sent', sentAt: T0, messageRef: 'C1:1.0' };
const failed: Delivery = { ...pending, state: 'failed', failure: 'channel_not_found' };

const SENT: SendOutcome = { outcome: 'sent', messageRef: 'C1:2.0' };
const RETRY: SendOutcome = { outcome: 'retry', reason: 'ratelimited', retryAfter: null };
const FAILED: SendOutcome = { outcome: 'failed', reason: 'channel_not_found' };

describe('the transition table', () => {
  test.each([
    ['pending', pending, SENT, 'sent'],
    ['pending', pending, RETRY, 'pending'],
    ['pending', pending, FAILED, 'failed'],
    ['superseded', superseded, SENT, 'sent'],
    ['superseded', superseded, RETRY, null],
    ['superseded', superseded, FAILED, null],
    ['sent', sent, SENT, null],
    ['sent', sent, RETRY, null],
    ['sent', sent, FAILED, null],
    ['failed', failed, SENT, null],
    ['failed', failed, RETRY, null],
    ['failed', failed, FAILED, null],
  ] as const)('%s: an attempt (%#) leaves it as it should', (_, before, outcome, state) => {
    expect(afterAttempt(before, outcome, T0 + MINUTE)?.state ?? null).toBe(state);
  });
});

describe('retries', () => {
  test('wait twice as long each time, up to a quarter of an hour', () => {
    expect(waits(pending, RETRY, 11)).toEqual(
      [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900].map((seconds) => seconds * 1000),
    );
  });

  test('wait as long as the target asks, when that is longer', () => {
    expect(waits(pending, { ...RETRY, retryAfter: 30_000 }, 4)).toEqual([30_000, 30_000, 30_000, 40_000]);
  });

  test('are given up after twelve attempts, with the last reason', () => {
    expect(afterAttempt({ ...pending, attempts: 11 }, RETRY, T0)).toMatchObject({
      state: 'failed',
      attempts: 12,
      failure: 'too_many_attempts: ratelimited',
    });
  });

  test('are given up when the next one would come too late to be of use', () => {
    const tomorrow: SendOutcome = { ...RETRY, retryAfter: 24 * HOUR };
    expect(afterAttempt(pending, tomorrow, T0)).toMatchObject({
      state: 'failed',
      failure: 'too_old: ratelimited',
    });
  });
});

function waits(delivery: Delivery, outcome: SendOutcome, times: number): number[] {
  const seconds: number[] = [];
  let current = delivery;
  for (let attempt = 0; attempt < times; attempt += 1) {
    const next = afterAttempt(current, outcome, current.dueAt);
    if (next === null) throw new Error('settled too early');
    seconds.push(next.dueAt - current.dueAt);
    current = next;
  }
  return seconds;
}
