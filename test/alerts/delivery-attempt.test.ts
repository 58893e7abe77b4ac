import { describe, expect, test } from 'vitest';
import { afterAttempt, isLate } from '../../src/alerts/delivery-attempt.js';
import type { Delivery, SendOutcome } from '../../src/model/delivery.js';
import { DAY, HOUR, MINUTE, T0 } from './fixtures.js';

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
const RULE = { fallBackAfter: 15 * MINUTE, giveUpAfter: DAY };
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
    expect(afterAttempt(before, outcome, RULE, T0 + MINUTE)?.state ?? null).toBe(state);
  });
});

describe('retries', () => {
  test('wait twice as long each time, up to five minutes', () => {
    expect(waits(pending, RETRY, 9)).toEqual(
      [5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1000),
    );
  });

  test('wait as long as the target asks, when that is longer', () => {
    expect(waits(pending, { ...RETRY, retryAfter: 30_000 }, 4)).toEqual([30_000, 30_000, 30_000, 40_000]);
  });

  test('are not counted: what fails for now is given up for its time alone', () => {
    const tried = { ...pending, attempts: 500, firstAttemptAt: T0 };
    expect(afterAttempt(tried, RETRY, RULE, T0 + DAY - 5 * MINUTE)).toMatchObject({
      state: 'pending',
      attempts: 501,
      dueAt: T0 + DAY,
    });
    expect(afterAttempt(tried, RETRY, RULE, T0 + DAY - 5 * MINUTE + 1)).toMatchObject({
      state: 'failed',
      failure: 'too_old: ratelimited',
    });
  });

  test('have their whole time from the first attempt on, however long that had to wait', () => {
    const late = T0 + 3 * DAY;
    expect(afterAttempt(pending, RETRY, RULE, late)).toMatchObject({
      state: 'pending',
      firstAttemptAt: late,
    });
  });

  test('are given up at once when the target asks for more time than there is', () => {
    const tomorrow: SendOutcome = { ...RETRY, retryAfter: 25 * HOUR };
    expect(afterAttempt(pending, tomorrow, RULE, T0)).toMatchObject({
      state: 'failed',
      failure: 'too_old: ratelimited',
    });
  });
});

describe('what is late', () => {
  test('is what is not tried again before others have to be told', () => {
    const failing = { ...pending, failingSince: T0 };
    expect(isLate({ ...failing, dueAt: T0 + 15 * MINUTE }, RULE)).toBe(false);
    expect(isLate({ ...failing, dueAt: T0 + 15 * MINUTE + 1 }, RULE)).toBe(true);
  });

  test('is nothing that has not been tried, and nothing that is settled', () => {
    expect(isLate({ ...pending, dueAt: T0 + DAY }, RULE)).toBe(false);
    for (const settled of [sent, failed, superseded])
      expect(isLate({ ...settled, failingSince: T0, dueAt: T0 + DAY }, RULE)).toBe(false);
  });
});

function waits(delivery: Delivery, outcome: SendOutcome, times: number): number[] {
  const seconds: number[] = [];
  let current = delivery;
  for (let attempt = 0; attempt < times; attempt += 1) {
    const next = afterAttempt(current, outcome, RULE, current.dueAt);
    if (next === null) throw new Error('settled too early');
    seconds.push(next.dueAt - current.dueAt);
    current = next;
  }
  return seconds;
}
