import { setTimeout as sleep } from 'node:timers/promises';
import type { MarketplaceEvent } from '../model/event.js';
import type { EventTarget } from './event-target.js';

export interface Pace {
  /** Events a second, at most. */
  rate: number;
  /** Whether each event waits for the moment at which it happens. */
  live: boolean;
}

/** Events that go out together. */
const BATCH_EVENTS = 1_000;

/** Sends in batches of up to a thousand, no faster than the rate; answers how many. */
export async function sendEvents(
  events: Iterable<MarketplaceEvent>,
  target: EventTarget,
  pace: Pace,
): Promise<number> {
  let sent = 0;
  let batch: MarketplaceEvent[] = [];
  const begun = performance.now();
  const flush = async () => {
    if (batch.length === 0) return;
    await target.send(batch);
    sent += batch.length;
    batch = [];
    const ahead = (sent / pace.rate) * 1_000 - (performance.now() - begun);
    if (ahead > 0) await sleep(ahead);
  };
  for (const event of events) {
    if (pace.live && event.occurredAt > Date.now()) {
      await flush();
      await sleep(Math.max(0, event.occurredAt - Date.now()));
    }
    batch.push(event);
    if (batch.length >= Math.min(BATCH_EVENTS, pace.rate)) await flush();
  }
  await flush();
  return sent;
}
