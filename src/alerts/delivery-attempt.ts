import { DAY, type Instant, MINUTE, SECOND } from '../model/clock.js';
import type { Delivery, DeliveryRule, SendOutcome } from '../model/delivery.js';

/** The wait after the first failed attempt; it doubles with each further one, up to the longest. */
const FIRST_WAIT = 5 * SECOND;
/** When the target can be reached again, the message is there so soon. */
const LONGEST_WAIT = 5 * MINUTE;

/**
 * A quarter of an hour is long for somebody who should be told; a message shows its subject as it is when it is sent,
 * so that it is still of use the next day.
 */
export const DELIVERY_RULE: DeliveryRule = { fallBackAfter: 15 * MINUTE, giveUpAfter: DAY };

/**
 * What a delivery becomes by one attempt: `sent`, `pending` until the next one, or `failed` with the reason for which it
 * was given up. What the target refuses is given up at once; what fails for now costs time and no attempts, however
 * many there are, until the rule's time is over. A superseded one that was on its way all the same counts as sent, because
 * its message is there to be answered in; otherwise what is settled stays as it is, and the answer is null.
 */
export function afterAttempt(
  delivery: Delivery,
  outcome: SendOutcome,
  { giveUpAfter }: DeliveryRule,
  now: Instant,
): Delivery | null {
  const arrivedLate = delivery.state === 'superseded' && outcome.outcome === 'sent';
  if (delivery.state !== 'pending' && !arrivedLate) return null;
  const attempted = {
    ...delivery,
    attempts: delivery.attempts + 1,
    firstAttemptAt: delivery.firstAttemptAt ?? now,
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
      if (dueAt - attempted.firstAttemptAt > giveUpAfter)
        return { ...attempted, state: 'failed', failure: `too_old: ${outcome.reason}` };
      const busy = outcome.retryAfter === null ? {} : { busyUntil: now + outcome.retryAfter };
      const failingSince = delivery.failingSince ?? now;
      return { ...attempted, ...busy, dueAt, failingSince, failure: outcome.reason };
    }
  }
}

/** True when a message will not arrive as soon as somebody has to be told, so that others are told meanwhile. */
export function isLate({ state, dueAt, failingSince }: Delivery, { fallBackAfter }: DeliveryRule): boolean {
  return state === 'pending' && failingSince !== undefined && dueAt - failingSince > fallBackAfter;
}

/** The longer of our own back-off and what the target asked for, in ms. */
function waitAfter(attempts: number, retryAfter: number | null): number {
  const backOff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1));
  return Math.max(backOff, retryAfter ?? 0);
}
