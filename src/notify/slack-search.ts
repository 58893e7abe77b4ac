import { HOUR, type Instant } from '../model/clock.js';
import type { DeliverySubject } from '../model/delivery.js';
import { type Answer, ask, firstOfPages, PAGE, type WebClient } from './slack-api.js';
import type { MessageRef } from './slack-ref.js';

/** How the `event_type` of our messages' metadata begins; the kind of the subject follows. */
const EVENT_TYPE = 'redress_';

/** What a message of ours says of itself: whose delivery it is, and what it is about. */
export interface MessageMark {
  kind: DeliverySubject['kind'];
  id: string;
  deliveryId: string;
  /** What a root shows, see `slack-roots.ts`; empty for a reply. */
  shows: string;
}

/** A mark as the metadata of a Slack message. */
export function metadataOf({ kind, id, deliveryId, shows }: MessageMark) {
  return {
    event_type: `${EVENT_TYPE}${kind}`,
    event_payload: { delivery_id: deliveryId, [`${kind}_id`]: id, ...(shows === '' ? {} : { shows }) },
  };
}

/** Reads what {@link metadataOf} wrote; null for a message that is not ours. */
export function markOf({ metadata }: Message): MessageMark | null {
  if (!metadata?.event_type?.startsWith(EVENT_TYPE)) return null;
  const kind = metadata.event_type.slice(EVENT_TYPE.length) as MessageMark['kind'];
  const payload = (metadata.event_payload ?? {}) as Record<string, unknown>;
  const { delivery_id, shows = '', [`${kind}_id`]: id } = payload;
  if (typeof delivery_id !== 'string' || typeof id !== 'string' || typeof shows !== 'string') return null;
  return { kind, id, deliveryId: delivery_id, shows };
}

/** How far Slack's clock and ours may be apart. */
const CLOCKS_APART = HOUR;

interface Message {
  ts?: string;
  thread_ts?: string;
  metadata?: { event_type?: string; event_payload?: object };
}

/**
 * The id of the conversation of a target's name: a channel's name is looked up, a person's is the conversation that
 * we have with them, and an id is itself. Posting takes all of them, reading only ids.
 */
export async function conversationOf(api: WebClient, name: string): Promise<Answer<string | null>> {
  if (/^[UW]/.test(name)) {
    const opened = await ask(() => api.conversations.open({ users: name }));
    return opened.ok ? { ok: true, value: opened.value.channel?.id ?? null } : opened;
  }
  if (!name.startsWith('#')) return { ok: true, value: name };
  return firstOfPages(
    (cursor) =>
      api.conversations.list({
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: PAGE,
        ...cursor,
      }),
    ({ channels }) => channels?.find((channel) => channel.name === name.slice(1))?.id,
  );
}

/** A root message, and the delivery that brought it. */
export interface FoundRoot extends MessageRef {
  deliveryId: string;
}

/**
 * Looks through a channel, newest first, for the message of ours outside of threads that is about a subject. What is older
 * than `since` cannot be it, however long the channel is.
 */
export function findInChannel(
  api: WebClient,
  channel: string,
  since: Instant,
  { kind, id }: Pick<MessageMark, 'kind' | 'id'>,
): Promise<Answer<FoundRoot | null>> {
  return firstOfPages(
    (cursor) => api.conversations.history({ channel, include_all_metadata: true, limit: PAGE, ...cursor }),
    ({ messages = [] }: { messages?: Message[] }) => {
      for (const message of messages) {
        const mark = isReply(message) ? null : markOf(message);
        if (message.ts !== undefined && mark?.kind === kind && mark.id === id)
          return { channel, ts: message.ts, deliveryId: mark.deliveryId };
      }
      const oldest = messages.at(-1)?.ts;
      return oldest !== undefined && Number(oldest) * 1_000 < since - CLOCKS_APART ? 'stop' : undefined;
    },
  );
}

/** True when a delivery brought a thread's root or is a reply in it. */
export async function hasReply(
  api: WebClient,
  { channel, ts }: MessageRef,
  deliveryId: string,
): Promise<Answer<boolean>> {
  const found = await firstOfPages(
    (cursor) =>
      api.conversations.replies({ channel, ts, include_all_metadata: true, limit: PAGE, ...cursor }),
    ({ messages = [] }: { messages?: Message[] }) =>
      messages.some((message) => markOf(message)?.deliveryId === deliveryId) || undefined,
  );
  return found.ok ? { ok: true, value: found.value === true } : found;
}

function isReply({ ts, thread_ts }: Message): boolean {
  return thread_ts !== undefined && thread_ts !== ts;
}
