import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { DecodedBatch, SourceProgress } from '../ingest/contract.js';
import type { Alert } from '../model/alert.js';
import type { Delivery } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { Verdict } from '../model/verdict.js';

/**
 * The service's figures about itself, for Prometheus. Labels are closed lists or names from the configuration,
 * never slices or ids, so that the number of series stays bounded. Each instance has a registry of its own.
 */
export class ServiceMetrics {
  readonly #registry = new Registry();
  /** Only what is not over, so that memory does not grow with history. */
  readonly #openAlerts = new Map<string, Alert['state']>();
  readonly #waitingDeliveries = new Set<string>();

  readonly #accepted = this.#counter('events_accepted_total', 'Events accepted and durable.', ['source']);
  readonly #rejected = this.#counter('events_rejected_total', 'Inputs that gave no event.', [
    'source',
    'reason',
  ]);
  readonly #batches = this.#counter('batches_written_total', 'Batches of input written.', ['source']);
  readonly #points = this.#counter('points_made_total', 'Points made, revisions included.', ['metric']);
  readonly #verdicts = this.#counter('verdicts_total', 'Verdicts on points.', ['status', 'reason']);
  readonly #detectorErrors = this.#counter('detector_errors_total', 'Points on which a detector failed.', [
    'detector',
  ]);
  readonly #leftOut = new Map<string, number>();
  readonly #seriesLeftOut = this.#gauge(
    'series_left_out',
    'Series that had events in the last bucket beyond the max_series of their metric.',
    ['metric'],
  );
  readonly #transitions = this.#counter('alert_transitions_total', 'What happened to alerts.', ['reason']);
  readonly #deliveries = this.#counter('deliveries_total', 'Deliveries that came to an end.', [
    'scheme',
    'state',
  ]);
  readonly #frontier = this.#gauge(
    'source_frontier_timestamp_seconds',
    'Greatest event time accepted from a source.',
    ['source'],
  );
  readonly #arrival = this.#gauge(
    'source_last_arrival_timestamp_seconds',
    'When the last input of a source arrived.',
    ['source'],
  );
  readonly #lag = this.#gauge('source_lag', 'Inputs of a source known to wait unread.', ['source']);
  readonly #partitionLag = this.#gauge(
    'kafka_partition_lag',
    'Messages that the group has not committed; of all partitions, whichever instance is asked.',
    ['topic', 'partition'],
  );

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    const openAlerts = this.#openAlerts;
    const waiting = this.#waitingDeliveries;
    new Gauge({
      name: 'redress_alerts',
      help: 'Alerts that are not over.',
      labelNames: ['state'],
      registers: [this.#registry],
      collect() {
        for (const state of ['pending', 'firing', 'acknowledged']) this.set({ state }, 0);
        for (const state of openAlerts.values()) this.inc({ state });
      },
    });
    new Gauge({
      name: 'redress_deliveries_pending',
      help: 'Deliveries that wait to be sent.',
      registers: [this.#registry],
      collect() {
        this.set(waiting.size);
      },
    });
  }

  /** Counts a batch that has become durable. */
  batchWritten({ source, accepted, rejected }: DecodedBatch): void {
    this.#accepted.inc({ source }, accepted.count);
    for (const { reason } of rejected) this.#rejected.inc({ source, reason });
    this.#batches.inc({ source });
  }

  sourceSeen({ source, frontier, lastArrivalAt, lag }: SourceProgress): void {
    if (frontier !== null) this.#frontier.set({ source }, frontier / 1_000);
    if (lastArrivalAt !== null) this.#arrival.set({ source }, lastArrivalAt / 1_000);
    this.#lag.set({ source }, lag);
  }

  partitionsSeen(partitions: readonly { topic: string; partition: number; lag: number }[]): void {
    for (const { topic, partition, lag } of partitions) this.#partitionLag.set({ topic, partition }, lag);
  }

  pointsMade(metric: string, count: number): void {
    this.#points.inc({ metric }, count);
  }

  judged(verdicts: readonly Pick<Verdict, 'status' | 'reason'>[]): void {
    for (const { status, reason } of verdicts) this.#verdicts.inc({ status, reason });
  }

  /** Sets how many series are left out, and answers whether it was none before. */
  seriesLeftOut(metric: string, count: number): boolean {
    const begins = count > 0 && (this.#leftOut.get(metric) ?? 0) === 0;
    this.#leftOut.set(metric, count);
    this.#seriesLeftOut.set({ metric }, count);
    return begins;
  }

  detectorFailed(detector: string): void {
    this.#detectorErrors.inc({ detector });
  }

  /** Takes in what an earlier process wrote: it makes the state, but it did not happen now. */
  journalRead(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) this.#fold(entry);
  }

  /** Takes in what has just been written. */
  journalWritten(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) {
      this.#fold(entry);
      if (entry.stream === 'alert') this.#transitions.inc({ reason: entry.reason });
      if (entry.stream !== 'delivery') continue;
      const { state, target } = entry.body as unknown as Delivery;
      if (state !== 'pending') this.#deliveries.inc({ scheme: target.split(':', 1)[0] as string, state });
    }
  }

  /** The registry in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #fold({ stream, id, body }: JournalEntry): void {
    if (stream === 'alert') {
      const { state } = body as unknown as Alert;
      if (state === 'resolved') this.#openAlerts.delete(id);
      else this.#openAlerts.set(id, state);
    } else if (stream === 'delivery') {
      if ((body as unknown as Delivery).state === 'pending') this.#waitingDeliveries.add(id);
      else this.#waitingDeliveries.delete(id);
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `redress_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name: `redress_${name}`, help, labelNames, registers: [this.#registry] });
  }
}
