import { createHmac } from 'node:crypto';
import type { Clock } from '../model/clock.js';
import type { MessageContext } from './alert-words.js';
import type { Notifier, SendOutcome } from './contract.js';
import { isPassing, retryAfter, unanswered } from './outcome.js';
import { webhookBody } from './webhook-body.js';

export interface WebhookSettings {
  /** Webhook name to address; a target is `webhook:name`. */
  addresses: Readonly<Record<string, string>>;
  /** Signs each request; empty sends them unsigned. */
  secret: string;
  clock: Clock;
  /** How long to wait for an answer, ms; 10 s unless told. */
  timeout?: number;
}

/**
 * Tells a program: one POST of JSON for each delivery. `X-Redress-Delivery` is the same when a delivery is sent
 * again, so that a receiver can drop the second. The signature is in `X-Redress-Signature`, see
 * {@link signWebhook}.
 */
export function webhookNotifier(settings: WebhookSettings, context: MessageContext): Notifier {
  return {
    scheme: 'webhook',
    async send(target, notification) {
      const name = target.slice(target.indexOf(':') + 1);
      const address = Object.hasOwn(settings.addresses, name) ? settings.addresses[name] : undefined;
      if (address === undefined) return { outcome: 'failed', reason: 'unknown_target' };
      const now = settings.clock.now();
      const timestamp = String(Math.floor(now / 1_000));
      const body = JSON.stringify(webhookBody(notification, context));
      const signature =
        settings.secret === ''
          ? {}
          : { 'X-Redress-Signature': signWebhook(settings.secret, timestamp, body) };
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'X-Redress-Delivery': notification.delivery.deliveryId,
            'X-Redress-Timestamp': timestamp,
            ...signature,
          },
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(settings.timeout ?? 10_000),
        });
        await response.body?.cancel();
        return outcomeOf(response, notification.delivery.deliveryId, now);
      } catch (error) {
        return unanswered(error);
      }
    },
  };
}

/** `v1=` and the hex HMAC-SHA256 of `timestamp.body`; the timestamp is epoch seconds and stops replays. */
export function signWebhook(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

function outcomeOf(response: Response, deliveryId: string, now: number): SendOutcome {
  if (response.ok) return { outcome: 'sent', messageRef: deliveryId };
  const reason = `http_${response.status}`;
  if (!isPassing(response.status)) return { outcome: 'failed', reason };
  return { outcome: 'retry', reason, retryAfter: retryAfter(response.headers.get('retry-after'), now) };
}
