import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { Target } from '../model/alert.js';
import { RedressError } from '../model/errors.js';
import { alertMessage } from './alert-message.js';
import type { MessageContext } from './alert-words.js';
import type { FollowUpNotification, Notification, Notifier, SendOutcome } from './contract.js';
import { slackChange, slackMessage } from './slack-message.js';

export interface SlackSettings {
  token: string;
  /** The Web API's address. */
  apiUrl: string;
  /** How long to wait for an answer, ms; 10 s unless told. */
  timeout?: number;
}

/**
 * Tells people on Slack: targets are `slack:#channel` and `slack:CHANNELID`.
 *
 * An alert, and a follow-up, has one root message in a channel. A later delivery edits it, so that it always shows
 * the current state, and says in its thread what has changed; an escalation is shown in the channel as well. The
 * reference of every delivery is the root's, `channelId:ts`, so that any of them leads the next one to the root.
 */
export function slackNotifier(settings: SlackSettings, context: MessageContext): Notifier {
  // The retrying is done by the delivery rows, which survive a crash; a client that retries on its own, or
  // sleeps on a rate limit, would hide from them what happened.
  const client = new WebClient(settings.token, {
    slackApiUrl: settings.apiUrl,
    timeout: settings.timeout ?? 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
  });

  async function postRoot(channel: string, notification: Notification): Promise<SendOutcome> {
    const message = slackMessage(notification, context);
    const posted = await ask(() =>
      client.chat.postMessage({
        channel,
        ...message,
        metadata: metadataOf(notification),
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    if (!posted.ok) return posted.outcome;
    return { outcome: 'sent', messageRef: formatRef(posted.value) };
  }

  /** Edits first: an edit can be done twice, so a retry after the reply was cut off does no harm. */
  async function editAndReply(
    root: MessageRef,
    notification: Notification,
  ): Promise<SendOutcome | 'root_gone'> {
    const edited = await ask(() => client.chat.update({ ...root, ...slackMessage(notification, context) }));
    if (!edited.ok && ROOT_GONE.has(edited.outcome.reason)) return 'root_gone';
    if (!edited.ok && !NOT_EDITABLE.has(edited.outcome.reason)) return edited.outcome;
    const change = slackChange(notification);
    if (change === null) return { outcome: 'sent', messageRef: formatRef(root) };
    const replied = await ask(() =>
      client.chat.postMessage({
        channel: root.channel,
        thread_ts: root.ts,
        ...change,
        metadata: metadataOf(notification),
        unfurl_links: false,
        unfurl_media: false,
        reply_broadcast: notification.delivery.reason === 'escalated',
      }),
    );
    if (!replied.ok) return ROOT_GONE.has(replied.outcome.reason) ? 'root_gone' : replied.outcome;
    return { outcome: 'sent', messageRef: formatRef(root) };
  }

  /** The alert's message shows its follow-up's state as well. What is in the way of it costs no more than a stale line. */
  async function refreshAlert(notification: FollowUpNotification): Promise<NotSent | null> {
    const { alert, alertRef, delivery, display, followUp } = notification;
    const root = parseRef(alertRef);
    if (alert === null || root === null) return null;
    const message = alertMessage(
      { kind: 'alert', alert, followUp, delivery, display, rootRef: alertRef },
      context,
    );
    const edited = await ask(() => client.chat.update({ ...root, ...message }));
    return edited.ok || edited.outcome.outcome === 'failed' ? null : edited.outcome;
  }

  async function findInThread(root: MessageRef, deliveryId: string): Promise<string | null | 'root_gone'> {
    const found = await search(
      (cursor) =>
        client.conversations.replies({ ...root, include_all_metadata: true, limit: PAGE, ...cursor }),
      deliveryId,
    );
    if (found.ok) return found.value === null ? null : formatRef(root);
    if (ROOT_GONE.has(found.outcome.reason)) return 'root_gone';
    return nothingOrThrow(found.outcome);
  }

  async function findInChannel(name: string, deliveryId: string): Promise<string | null> {
    const channel = name.startsWith('#') ? await channelId(name.slice(1)) : name;
    if (channel === null) return null;
    const found = await search(
      (cursor) =>
        client.conversations.history({ channel, include_all_metadata: true, limit: PAGE, ...cursor }),
      deliveryId,
    );
    if (!found.ok) return nothingOrThrow(found.outcome);
    return found.value === null ? null : formatRef({ channel, ts: found.value });
  }

  /** Posting takes a channel's name, reading only its id. */
  async function channelId(name: string): Promise<string | null> {
    let cursor: Cursor = {};
    for (let page = 0; page < MOST_PAGES; page++) {
      const listed = await ask(() =>
        client.conversations.list({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: PAGE,
          ...cursor,
        }),
      );
      if (!listed.ok) return nothingOrThrow(listed.outcome);
      const channel = listed.value.channels?.find((candidate) => candidate.name === name);
      if (channel?.id !== undefined) return channel.id;
      const next = listed.value.response_metadata?.next_cursor;
      if (!next) return null;
      cursor = { cursor: next };
    }
    return null;
  }

  return {
    scheme: 'slack',
    async send(target, notification) {
      // An edit can be done twice, so it comes before what cannot be.
      const delayed = notification.kind === 'follow_up' ? await refreshAlert(notification) : null;
      if (delayed !== null) return delayed;
      const root = parseRef(notification.rootRef);
      const outcome = root === null ? 'root_gone' : await editAndReply(root, notification);
      return outcome === 'root_gone' ? postRoot(channelOf(target), notification) : outcome;
    },
    /**
     * Null also where the token may not read the channel: then nobody can know, and a message too many is
     * better than none. Throws `target_unavailable`, retryable, when Slack gives no answer for now.
     */
    async find(target, notification) {
      const deliveryId = notification.delivery.deliveryId;
      const root = parseRef(notification.rootRef);
      const found = root === null ? 'root_gone' : await findInThread(root, deliveryId);
      return found === 'root_gone' ? findInChannel(channelOf(target), deliveryId) : found;
    },
  };
}

/** How the `event_type` of our messages' metadata begins; the kind of the subject follows. */
const EVENT_TYPE = 'redress_';
const PAGE = 200;
/** How far back is looked for a delivery: it was sent just before a crash, not a thousand messages ago. */
const MOST_PAGES = 10;

/** The message that the alert's others hang on was deleted; the alert needs a new one. */
const ROOT_GONE: ReadonlySet<string> = new Set(['message_not_found', 'thread_not_found']);
/** The workspace forbids the edit; the thread can still tell. */
const NOT_EDITABLE: ReadonlySet<string> = new Set(['edit_window_closed', 'cant_update_message']);
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

interface MessageRef {
  channel: string;
  ts: string;
}

type Cursor = { cursor?: string };
type NotSent = Exclude<SendOutcome, { outcome: 'sent' }>;
type Answer<Value> = { ok: true; value: Value } | { ok: false; outcome: NotSent };

interface MessagePage {
  messages?: { ts?: string; metadata?: { event_type?: string; event_payload?: object } }[];
  response_metadata?: { next_cursor?: string };
}

/** Goes through a conversation's pages for the message that carries the delivery's id. */
async function search(
  page: (cursor: Cursor) => Promise<MessagePage>,
  deliveryId: string,
): Promise<Answer<string | null>> {
  let cursor: Cursor = {};
  for (let read = 0; read < MOST_PAGES; read++) {
    const answer = await ask(() => page(cursor));
    if (!answer.ok) return answer;
    const message = answer.value.messages?.find(
      ({ metadata }) =>
        metadata?.event_type?.startsWith(EVENT_TYPE) &&
        (metadata.event_payload as { delivery_id?: unknown } | undefined)?.delivery_id === deliveryId,
    );
    if (message?.ts !== undefined) return { ok: true, value: message.ts };
    const next = answer.value.response_metadata?.next_cursor;
    if (!next) break;
    cursor = { cursor: next };
  }
  return { ok: true, value: null };
}

async function ask<Value>(call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, outcome: outcomeOf(error) };
  }
}

/** What the client's error means for the delivery. Reasons are Slack's own words where it has any. */
function outcomeOf(error: unknown): NotSent {
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

function retry(reason: string): NotSent {
  return { outcome: 'retry', reason, retryAfter: null };
}

function nothingOrThrow(outcome: NotSent): null {
  if (outcome.outcome === 'failed') return null;
  throw new RedressError('target_unavailable', `Slack cannot be searched for now: ${outcome.reason}`, {
    retryable: true,
  });
}

function metadataOf({ delivery: { deliveryId, subject } }: Notification) {
  return {
    event_type: `${EVENT_TYPE}${subject.kind}`,
    event_payload: { delivery_id: deliveryId, [`${subject.kind}_id`]: subject.id },
  };
}

function channelOf(target: Target): string {
  return target.slice(target.indexOf(':') + 1);
}

function formatRef(message: { channel?: string; ts?: string }): string {
  return `${message.channel ?? ''}:${message.ts ?? ''}`;
}

function parseRef(ref: string): MessageRef | null {
  const match = /^([A-Z0-9]+):(\d+\.\d+)$/.exec(ref);
  return match?.[1] === undefined || match[2] === undefined ? null : { channel: match[1], ts: match[2] };
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
