import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { SendOutcome } from './contract.js';

export interface SlackSettings {
  token: string;
  /** The Web API's address. */
  apiUrl: string;
  /** How long to wait for an answer, ms; 10 s unless told. */
  timeout?: number;
}

/** What a call came to when it was not done: to be tried again, or given up with Slack's word for it. */
export type NotDone = Exclude<SendOutcome, { outcome: 'sent' }>;
export type Answer<Value> = { ok: true; value: Value } | { ok: false; outcome: NotDone };

/**
 * The Web API's client. It retries nothing and never sleeps on a rate limit: that is done by the delivery rows,
 * which survive a crash, and a client that did it too would hide from them what happened.
 */
export function slackApi(settings: SlackSettings): WebClient {
  return new WebClient(settings.token, {
    slackApiUrl: settings.apiUrl,
    timeout: settings.timeout ?? 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
  });
}

/** Makes a call, with every error that Slack or the way to it can give as a value. */
export async function ask<Value>(call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, outcome: outcomeOf(error) };
  }
}

/** A method's pages until one has what is looked for, or there are no more; null then. */
export async function firstOfPages<Page, Found>(
  page: (cursor: { cursor?: string }) => Promise<Page & { response_metadata?: { next_cursor?: string } }>,
  find: (page: Page) => Found | 'stop' | undefined,
): Promise<Answer<Found | null>> {
  let cursor: { cursor?: string } = {};
  for (let read = 0; read < MOST_PAGES; read++) {
    const answer = await ask(() => page(cursor));
    if (!answer.ok) return answer;
    const found = find(answer.value);
    if (found === 'stop') break;
    if (found !== undefined) return { ok: true, value: found };
    const next = answer.value.response_metadata?.next_cursor;
    if (!next) break;
    cursor = { cursor: next };
  }
  return { ok: true, value: null };
}

/** A page that is asked for; Slack advises no more than 200. */
export const PAGE = 200;
/** Against a cursor that never ends. */
const MOST_PAGES = 100;

/** Slack's words for trouble of its own that passes. */
const PASSING: ReadonlySet<string> = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'ratelimited',
  'rate_limited',
  'team_added_to_org',
]);

/** What the client's error means for the delivery. Reasons are Slack's own words where it has any. */
function outcomeOf(error: unknown): NotDone {
  if (error instanceof WebAPIRateLimitedError)
    return { outcome: 'retry', reason: 'ratelimited', retryAfter: error.retryAfter * 1_000 };
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error;
    // A proxy's page in the place of an answer comes as the error's text.
    if (!/^[a-z0-9_]{1,80}$/.test(reason)) return retry('unreadable_answer');
    return PASSING.has(reason) ? retry(reason) : { outcome: 'failed', reason };
  }
  if (error instanceof WebAPIHTTPError) {
    const reason = `http_${error.statusCode}`;
    const passing = error.statusCode >= 500 || error.statusCode === 408;
    return passing ? retry(reason) : { outcome: 'failed', reason };
  }
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  // Anything else that the client throws is an answer that never came or broke off.
  return retry(cause instanceof Error && cause.name === 'TimeoutError' ? 'timeout' : 'network_error');
}

function retry(reason: string): NotDone {
  return { outcome: 'retry', reason, retryAfter: null };
}

/** The client's own log would go to standard output, and every outcome is a value already. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

export type { WebClient };
