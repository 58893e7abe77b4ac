import type { Clock } from '../model/clock.js';
import { isPassing, retryAfter, type Tried, unanswered } from './outcome.js';

export interface JsonApi {
  /** Addresses are relative to this one. */
  base: string;
  headers: Readonly<Record<string, string>>;
  clock: Clock;
  /** How long to wait for an answer, ms; 10 s unless told. */
  timeout?: number | undefined;
}

export interface JsonAnswer {
  status: number;
  /** Undefined for an answer without a body. */
  body: unknown;
}

/**
 * Asks somebody's REST API. An answer below 500 that is not about being asked too often is for the caller to read; what
 * may pass comes as `retry`, after the time that was asked for.
 */
export async function askJson(
  { base, headers, clock, timeout = 10_000 }: JsonApi,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  body?: object,
): Promise<Tried<JsonAnswer>> {
  try {
    const response = await fetch(`${base.replace(/\/$/, '')}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Following one would send the secret to wherever it leads.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    const wait = waitOf(response, clock.now());
    if (isPassing(response.status) || wait !== null) {
      return {
        ok: false,
        outcome: { outcome: 'retry', reason: `http_${response.status}`, retryAfter: wait },
      };
    }
    return { ok: true, value: { status: response.status, body: text === '' ? undefined : JSON.parse(text) } };
  } catch (error) {
    if (error instanceof SyntaxError)
      return { ok: false, outcome: { outcome: 'retry', reason: 'unreadable_answer', retryAfter: null } };
    return { ok: false, outcome: unanswered(error) };
  }
}

/**
 * How long to wait before asking again, ms; null where the answer does not ask for it. GitHub refuses with 403 or 429 and
 * says when in `retry-after`, or in `x-ratelimit-reset` (epoch seconds) once nothing remains ("Rate limits for the REST
 * API"); Jira refuses with 429 and `Retry-After`.
 */
function waitOf({ status, headers }: Response, now: number): number | null {
  if (status !== 403 && status !== 429 && status !== 503) return null;
  const asked = retryAfter(headers.get('retry-after'), now);
  if (asked !== null) return asked;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1_000;
  return headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset)
    ? Math.max(0, reset - now)
    : null;
}
