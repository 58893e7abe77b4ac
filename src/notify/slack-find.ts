import type { Target } from '../model/alert.js';
import type { Found, Notification, Retry } from './contract.js';
import type { Answer, NotDone, WebClient } from './slack-api.js';
import { formatRef, nameOf, parseRef, ROOT_GONE } from './slack-ref.js';
import { conversationOf, type FoundRoot, findInChannel, hasReply } from './slack-search.js';

const NOWHERE: Found = { outcome: 'found', arrived: false, rootRef: '' };

/**
 * Looks for a delivery that may have arrived: in the thread of the subject's message where that is known, otherwise for
 * that message, which may be another delivery's that nobody recorded either, and in its thread. Where the token may not
 * read the channel nobody can know, and a message too many is better than none.
 */
export async function findDelivery(
  api: WebClient,
  target: Target,
  notification: Notification,
): Promise<Found | Retry> {
  const { deliveryId } = notification.delivery;
  const known = parseRef(notification.rootRef);
  if (known !== null) {
    const reply = await hasReply(api, known, deliveryId);
    const arrived = settled(reply, false);
    if (isRetry(arrived)) return arrived;
    const isGone = !reply.ok && ROOT_GONE.has(reply.outcome.reason);
    if (!isGone) return { outcome: 'found', arrived, rootRef: notification.rootRef };
  }
  const root = settled(await rootOf(api, target, notification), null);
  if (root === null) return NOWHERE;
  if (isRetry(root)) return root;
  const rootRef = formatRef(root);
  if (root.deliveryId === deliveryId) return { outcome: 'found', arrived: true, rootRef };
  const arrived = settled(await hasReply(api, root, deliveryId), false);
  return isRetry(arrived) ? arrived : { outcome: 'found', arrived, rootRef };
}

/** The subject's message in a target, by the marks in the channel. */
async function rootOf(
  api: WebClient,
  target: Target,
  notification: Notification,
): Promise<Answer<FoundRoot | null>> {
  const { subject, createdAt } = notification.delivery;
  const conversation = await conversationOf(api, nameOf(target));
  if (!conversation.ok) return conversation;
  if (conversation.value === null) return { ok: true, value: null };
  const since = Math.min(createdAt, beginningOf(notification));
  return findInChannel(api, conversation.value, since, subject);
}

/** When the subject's first message can have been sent at the earliest. */
function beginningOf(notification: Notification): number {
  if (notification.kind === 'alert') return notification.alert.openedAt ?? notification.delivery.createdAt;
  return notification.kind === 'follow_up' ? notification.followUp.openedAt : notification.delivery.createdAt;
}

/** What was found; `nothing` where Slack will never tell. */
function settled<Value, Nothing>(answer: Answer<Value>, nothing: Nothing): Value | Nothing | Retry {
  if (answer.ok) return answer.value;
  return answer.outcome.outcome === 'retry' ? answer.outcome : nothing;
}

function isRetry(value: unknown): value is Retry {
  return (value as NotDone | null)?.outcome === 'retry';
}
