import type { Logger } from 'pino';
import type { DecodedBatch } from '../ingest/contract.js';
import { eventTypes } from '../metrics/measure.js';
import type { Alert, Target } from '../model/alert.js';
import { SECOND } from '../model/clock.js';
import type { Delivery } from '../model/delivery.js';
import { messageOf } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDefinition } from '../model/metric.js';
import type { AlertBatches, FiredOn } from '../store/alert-batches.js';

/** An alert as its journal entries hold it. */
type TracedAlert = Alert & { bucketSeconds: number };

/** The turns with which an episode begins, each on the point that is then its last. */
const FIRED: ReadonlySet<string> = new Set(['fired', 'reopened', 'inhibited', 'joined_group']);
/** What happens to an alert at every point says little, and much of it. */
const AT_EVERY_POINT: ReadonlySet<string> = new Set([
  'pending',
  'anomalous',
  'recovering',
  'subsided',
  'recurring',
]);

const DELIVERY_WORDS: Readonly<Record<Delivery['state'], string>> = {
  pending: 'a message waits',
  sent: 'a message was sent',
  superseded: 'a message was overtaken by a newer one',
  failed: 'a message was given up',
};

export interface TrailParts {
  batches: Pick<AlertBatches, 'trace' | 'newest'>;
  metrics: readonly MetricDefinition[];
  log: Logger;
}

/**
 * Logs what becomes of alerts and messages, each line with the id of the newest insert of events behind the alert:
 * the same `batch` that stood in the line of the insert. All inserts behind an alert are in the table `alert_batches`.
 *
 * It goes on behind the decisions and delays none of them; when the store does not answer, the lines come without.
 * Names of people and what they wrote are in the journal, not here.
 */
export class Trail {
  readonly #parts: TrailParts;
  #done: Promise<void> = Promise.resolve();

  constructor(parts: TrailParts) {
    this.#parts = parts;
  }

  /** Takes entries that have just been written. */
  follow(entries: readonly JournalEntry[]): void {
    const told = entries.filter(({ stream }) => stream === 'alert' || stream === 'delivery');
    if (told.length > 0) this.#done = this.#done.then(() => this.#tell(told));
  }

  /** Resolves when everything that was taken has been logged. */
  async settled(): Promise<void> {
    await this.#done;
  }

  async #tell(entries: readonly JournalEntry[]): Promise<void> {
    const { log } = this.#parts;
    const batches = await this.#batchesOf(entries).catch((error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'which inserts are behind an alert could not be read');
      return new Map<string, string>();
    });
    for (const entry of entries) {
      const batch = batches.get(alertIdOf(entry));
      const line = entry.stream === 'alert' ? alertLine(entry) : deliveryLine(entry);
      log[line.level]({ ...(batch === undefined ? {} : { batch }), ...line.facts }, line.words);
    }
  }

  async #batchesOf(entries: readonly JournalEntry[]): Promise<Map<string, string>> {
    const { batches } = this.#parts;
    for (const bucket of this.#firedOn(entries)) await batches.trace(bucket);
    const alertIds = [...new Set(entries.map(alertIdOf))].filter((id) => id !== '');
    return alertIds.length === 0 ? new Map() : batches.newest(alertIds);
  }

  /** The buckets that alerts have just fired on; once each, however many slices of a metric did. */
  #firedOn(entries: readonly JournalEntry[]): FiredOn[] {
    const buckets = new Map<string, FiredOn>();
    for (const { stream, reason, body } of entries) {
      if (stream !== 'alert' || !FIRED.has(reason)) continue;
      const { alertId, metric: id, last, bucketSeconds } = body as unknown as TracedAlert;
      const metric = this.#parts.metrics.find((each) => each.id === id);
      if (metric === undefined) continue;
      const from = last.bucketStart;
      const key = `${id} ${from}`;
      const alertIds = [...(buckets.get(key)?.alertIds ?? []), alertId];
      const to = from + bucketSeconds * SECOND;
      buckets.set(key, { alertIds, metric: id, types: eventTypes(metric), date: metric.date, from, to });
    }
    return [...buckets.values()];
  }
}

/** Logs an insert of events under the id that its events have in the column `batch`. */
export function logInsert(log: Logger, batch: string, batches: readonly DecodedBatch[]): void {
  const sources = [...new Set(batches.map(({ source }) => source))];
  const accepted = batches.reduce((sum, each) => sum + each.accepted.count, 0);
  const rejected = batches.reduce((sum, each) => sum + each.rejected.length, 0);
  log.info({ batch, sources, accepted, rejected }, 'events are durable');
}

interface Line {
  level: 'debug' | 'info' | 'warn';
  facts: object;
  words: string;
}

function alertLine({ reason, body }: JournalEntry): Line {
  const { alertId, metric, state, severity, last } = body as unknown as TracedAlert;
  const bucket = new Date(last.bucketStart).toISOString();
  return {
    level: AT_EVERY_POINT.has(reason) ? 'debug' : 'info',
    facts: { alertId, metric, bucket, state, severity, reason },
    words: `an alert: ${reason.replaceAll('_', ' ')}`,
  };
}

function deliveryLine({ body }: JournalEntry): Line {
  const delivery = body as unknown as Delivery;
  const { deliveryId, alertId, reason, state, attempts, failure } = delivery;
  return {
    level: state === 'failed' ? 'warn' : 'info',
    facts: {
      deliveryId,
      ...(alertId === '' ? {} : { alertId }),
      target: withoutPerson(delivery.target),
      reason,
      attempts,
      ...(failure === '' ? {} : { failure }),
    },
    words: DELIVERY_WORDS[state],
  };
}

function alertIdOf({ stream, id, body }: JournalEntry): string {
  return stream === 'alert' ? id : (body as unknown as Delivery).alertId;
}

/** Channels have names; a Slack id is a person's, and is in the journal. */
function withoutPerson(target: Target): string {
  return /^slack:[^#]/.test(target) ? 'slack:person' : target;
}
