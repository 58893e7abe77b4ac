import { HOUR, type Instant, MINUTE, SECOND } from '../model/clock.js';
import type { Delivery, SendOutcome } from '../model/delivery.js';

/** The wait after the first failed attempt; it doubles with each further one, up to the longest. */
const FIRST_WAIT = 5 * SECOND;
const LONGEST_WAIT = 15 * MINUTE;

/** Twelve attempts take a little more than an hour, after which somebody else had better know. */
const MAX_ATTEMPTS = 12;

/** A warning that is older than this helps nobody; it bounds what a target may ask us to wait. */
const MAX_AGE = 6 * HOUR;

/**
 * What a delivery becomes by one attempt: `sent`, `pending` until the next one, or `failed` with the reason
 * for which it was given up. A superseded one that was on its way all the same counts as sent, because its
 * message is there to be answered in; otherwise what is settled stays as it is, and the answer is null.
 */
export function afterAttempt(delivery: Delivery, outcome: SendOutcome, now: Instant): Delivery | null {
  const arrivedLate = delivery.state === 'superseded' && outcome.outcome === 'sent';
  if (delivery.state !== 'pending' && !arrivedLate) return null;
  const attempted = {
    ...delivery,
    attempts: delivery.attempts + 1,
    attemptedAt: now,
    version: delivery.version + 1,
  };
  switch (outcome.outcome) {
    case 'sent':
      return { ...attempted, state: 'sent', sentAt: now, failure: '', messageRef: outcome.messageRef };
    case 'failed':
      return { ...attempted, state: 'failed', failure: outcome.reason };
    case 'retry': {
      const dueAt = now + waitAfter(attempted.attempts, outcome.retryAfter);
      if (attempted.attempts >= MAX_ATTEMPTS) {
        return { ...attempted, state: 'failed', failure: `too_many_attempts: ${outcome.reason}` };
      }
      if (dueAt - delivery.createdAt > MAX_AGE) {
        return { ...attempted, state: 'failed', failure: `too_old: ${outcome.reason}` };
      }
      const busy = outcome.retryAfter === null ? {} : { busyUntil: now + outcome.retryAfter };
      return { ...attempted, ...busy, dueAt, failure: outcome.reason };
    }
  }
}

/** The longer of our own back-off and what the target asked for, in ms. */
function waitAfter(attempts: number, retryAfter: number | null): number {
  const backOff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1));
  return Math.max(backOff, retryAfter ?? 0);
}
