import type { SourceProgress } from '../ingest/contract.js';
import type { KafkaSource } from '../ingest/kafka-source.js';
import { ProgressTracker } from '../ingest/progress.js';
import { completeUntil, isHeldByStale, type SourceView } from '../metrics/completeness.js';
import { isStale, type WatermarkRule } from '../metrics/watermark.js';
import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import { type KnownProgress, knownProgress } from '../store/source-progress.js';
import type { Store } from '../store/store.js';

/**
 * The live sources, and how far they have come. What other processes have read of them is in the store, with the
 * events, so that the one that decides need not have read anything itself.
 */
export class Sources {
  readonly http = new ProgressTracker('http');
  readonly #store: Store;
  readonly #rule: WatermarkRule;
  readonly #kafka: KafkaSource | null;
  #known: readonly KnownProgress[] = [];

  /** @param kafka null where nothing is read from Kafka. */
  constructor(store: Store, rule: WatermarkRule, kafka: KafkaSource | null) {
    this.#store = store;
    this.#rule = rule;
    this.#kafka = kafka;
  }

  /** Learns what is in the store. */
  async refresh(): Promise<void> {
    this.#known = await knownProgress(this.#store);
    this.http.learn(this.#knownOf('http'));
    this.#kafka?.learn(this.#knownOf('kafka'));
  }

  /** Measures what waits in Kafka, and only then what is in the store, so that what has been committed is known of. */
  async measureLag(): Promise<void> {
    if (this.#kafka === null) return;
    await this.#kafka.measureLag();
    await this.refresh();
  }

  all(): SourceProgress[] {
    return [this.http.progress(), ...(this.#kafka === null ? [] : [this.#kafka.progress()])];
  }

  isStale(source: SourceProgress, now: Instant): boolean {
    return isStale(source, now, this.#rule);
  }

  completeUntil(metric: MetricDefinition, now: Instant): Instant | null {
    return completeUntil(metric, this.#view(), now, this.#rule);
  }

  /** The metrics that a source which has gone quiet holds up. */
  heldByStale(metrics: readonly MetricDefinition[], now: Instant): MetricDefinition[] {
    const view = this.#view();
    return metrics.filter((metric) => isHeldByStale(metric, view, now, this.#rule));
  }

  #view(): SourceView {
    const files = this.#knownOf('file').map(({ frontier }) => frontier);
    return {
      streaming: this.all(),
      files: files.length === 0 ? null : Math.max(...files),
      carried: this.#known,
    };
  }

  #knownOf(source: string): KnownProgress[] {
    return this.#known.filter((it) => it.source === source);
  }
}
