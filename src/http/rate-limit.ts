import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from '../config/check-service.js';
import { fault } from './endpoint.js';

export interface RateSettings {
  /** Requests that one address may send in a minute. */
  requestsPerMinute: number;
  /** What the service listens on. */
  host: string;
  tokens: readonly unknown[];
}

/** What probes and scrapers ask must be answered when everything else is too much. */
const UNLIMITED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Refuses an address that sends more than it may with 429 and `Retry-After`, before its token is looked at, so that
 * guessing tokens is slow. Without tokens and on loopback there is nobody to be protected from.
 */
export function limitRate(app: FastifyInstance, { requestsPerMinute, host, tokens }: RateSettings): void {
  if (tokens.length === 0 && isLoopback(host)) return;
  app.register(rateLimit, {
    global: false,
    max: requestsPerMinute,
    timeWindow: '1 minute',
    allowList: (request) => UNLIMITED.has(request.url.split('?', 1)[0] ?? ''),
    errorResponseBuilder: () => Object.assign(new Error('too many requests'), { statusCode: 429 }),
  });
  // A hook of the whole server comes before those of its routes, which look at the token.
  app.after(() => app.addHook('onRequest', app.rateLimit()));
}

/** The answer to an address over its limit; `Retry-After` is set by the limiter. */
export const TOO_MANY = fault(
  429,
  'too_many_requests',
  'too many requests; wait as long as Retry-After says',
);
