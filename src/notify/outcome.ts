import type { SendOutcome } from '../model/delivery.js';

export type NotSent = Exclude<SendOutcome, { outcome: 'sent' }>;

/** What a call to somebody else's program came to. */
export type Tried<Value> = { ok: true; value: Value } | { ok: false; outcome: NotSent };

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as ms from now; null when it says neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** True for answers that say that the same request may succeed later. */
export function isPassing(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** For a request that got no answer. */
export function unanswered(error: unknown): NotSent {
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  return { outcome: 'retry', reason: timedOut ? 'timeout' : 'network_error', retryAfter: null };
}
