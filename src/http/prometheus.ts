import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DecodedBatch, SourceProgress } from '../ingest/contract.js';
import type { Loss } from '../ingest/kafka-losses.js';
import type { Clock } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Verdict } from '../model/verdict.js';
import { JournalFigures } from './journal-figures.js';

/**
 * The service's figures about itself, for Prometheus. Labels are closed lists or names from the configuration,
 * never slices or ids, so that the number of series stays bounded. Each instance has a registry of its own.
 */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #journal: JournalFigures;

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
  readonly #auditMismatches = this.#gauge(
    'delivery_audit_mismatches',
    'Deliveries that do not add up with what the log says should have been told, at the last look.',
    ['kind'],
  );
  readonly #leftOut = new Map<string, number>();
  readonly #seriesLeftOut = this.#gauge(
    'series_left_out',
    'Series that had events in the last bucket beyond the max_series of their metric.',
    ['metric'],
  );
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
  readonly #lost = this.#counter(
    'kafka_messages_lost_total',
    'Messages that Kafka had deleted by age or size before the group read them, as this instance found.',
    ['topic', 'partition'],
  );

  readonly #tick = new Histogram({
    name: 'redress_tick_seconds',
    help: 'How long one look for work took: late events, points, detection, alerts, messages.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60],
    registers: [this.#registry],
  });
  readonly #judging = new Histogram({
    name: 'redress_detection_seconds',
    help: 'How long the detectors took for one bucket of a metric, all of its slices together.',
    labelNames: ['metric'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 15],
    registers: [this.#registry],
  });
  readonly #bucketDelay = new Histogram({
    name: 'redress_bucket_delay_seconds',
    help: 'From the end of a bucket until its points had been made and judged; the lateness that a metric allows is part of it.',
    labelNames: ['metric'],
    buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400],
    registers: [this.#registry],
  });
  readonly #heartbeats = this.#counter(
    'heartbeats_total',
    'Signs of life sent, and those that did not arrive.',
    ['outcome'],
  );

  constructor(clock: Clock) {
    collectDefaultMetrics({ register: this.#registry });
    this.#journal = new JournalFigures(this.#registry, clock);
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
    // Of a topic that is gone, or while nobody can say, there is no figure.
    this.#partitionLag.reset();
    for (const { topic, partition, lag } of partitions) this.#partitionLag.set({ topic, partition }, lag);
  }

  messagesLost({ topic, partition, first, last }: Loss): void {
    this.#lost.inc({ topic, partition }, last - first + 1);
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

  audited(kinds: readonly string[], found: readonly { kind: string }[]): void {
    for (const kind of kinds)
      this.#auditMismatches.set({ kind }, found.filter((mismatch) => mismatch.kind === kind).length);
  }

  detectorFailed(detector: string): void {
    this.#detectorErrors.inc({ detector });
  }

  /** How long one look for work took, ms. */
  ticked(duration: number): void {
    this.#tick.observe(duration / 1_000);
  }

  /** How long the detectors took for one bucket of a metric, ms. */
  judgedWithin(metric: string, duration: number): void {
    this.#judging.observe({ metric }, duration / 1_000);
  }

  /** How long after its end a bucket of a metric was judged, ms. */
  bucketJudged(metric: string, delay: number): void {
    this.#bucketDelay.observe({ metric }, Math.max(0, delay) / 1_000);
  }

  heartbeat(outcome: 'sent' | 'failed' | 'held_back'): void {
    this.#heartbeats.inc({ outcome });
  }

  /** Takes in what an earlier process wrote: it makes the state, but it did not happen now. */
  journalRead(entries: Iterable<JournalEntry>): void {
    this.#journal.read(entries);
  }

  /** Takes in what has just been written. */
  journalWritten(entries: Iterable<JournalEntry>): void {
    this.#journal.written(entries);
  }

  /** The registry in Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `redress_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name: `redress_${name}`, help, labelNames, registers: [this.#registry] });
  }
}
