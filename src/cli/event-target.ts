import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { openProducer } from '../ingest/kafka-producer.js';
import { RedressError } from '../model/errors.js';
import type { MarketplaceEvent } from '../model/event.js';
import { encodeEvent } from '../model/event-json.js';

/** Somewhere that takes events. */
export interface EventTarget {
  /** Resolves when the events are durable there. */
  send(events: readonly MarketplaceEvent[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens what an address names: `http://host:port`, a running service, or `kafka://host:port,host:port/topic`.
 * Throws `usage` for any other, `broker_unavailable` when no broker answers.
 */
export async function openTarget(address: string, log: Logger): Promise<EventTarget> {
  const kafka = /^kafka:\/\/([^/]+)\/([\w.-]+)$/.exec(address);
  if (kafka !== null) return openTopic((kafka[1] as string).split(','), kafka[2] as string, log);
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol))
    return { send: (events) => post(address, events), close: async () => {} };
  throw new RedressError(
    'usage',
    `--to: '${address}' is neither http://HOST:PORT nor kafka://HOST:PORT/TOPIC`,
  );
}

async function openTopic(brokers: readonly string[], topic: string, log: Logger): Promise<EventTarget> {
  const producer = await openProducer(brokers, topic, log);
  return {
    send: (events) =>
      producer.send(events.map((event) => ({ key: event.orderId || event.eventId, value: line(event) }))),
    close: () => producer.close(),
  };
}

const line = (event: MarketplaceEvent): string => JSON.stringify(encodeEvent(event));

/** How often a service that is busy or whose store is away is asked again, before it is given up. */
const MAX_TRIES = 60;
/** How often a connection that breaks is opened again. */
const MAX_BREAKS = 3;

async function post(address: string, events: readonly MarketplaceEvent[]): Promise<void> {
  const token = process.env.REDRESS_TOKEN;
  for (let tries = 0; ; tries += 1) {
    let response: Response;
    try {
      response = await fetch(new URL('/v1/events', address), {
        method: 'POST',
        body: events.map(line).join('\n'),
        headers: {
          'content-type': 'application/x-ndjson',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
    } catch (cause) {
      // A connection that was kept too long, or a service that is being restarted: what came twice counts once.
      if (tries >= MAX_BREAKS)
        throw new RedressError('store_unavailable', `there is no service at ${address}`, { cause });
      await sleep(200);
      continue;
    }
    if (response.ok) return;
    if (![429, 503].includes(response.status) || tries >= MAX_TRIES)
      throw new RedressError(
        'store_unavailable',
        `${address} answered ${response.status}: ${await response.text()}`,
      );
    await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1));
  }
}
