import { AUDIT_KINDS } from '../alerts/audit.js';
import type { ServiceMetrics } from '../http/prometheus.js';
import { type Instant, MINUTE } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Redress } from '../redress.js';
import { CheckpointTable } from '../store/checkpoint-table.js';
import type { Store } from '../store/store.js';
import { DeliveryAudit } from './delivery-audit.js';
import { LateArrivals } from './late-arrivals.js';
import type { Sources } from './sources.js';

const REFRESH_INTERVAL = MINUTE;
const SAVE_INTERVAL = 10 * MINUTE;

/**
 * One look for work: what people wait for first, then what nobody does. Between the two, whoever was to be told has
 * been.
 */
export class Look {
  readonly #sources: Sources;
  readonly #metrics: ServiceMetrics;
  readonly #checkpoints: CheckpointTable;
  readonly #audit: DeliveryAudit;
  #late: { of: Redress; arrivals: LateArrivals } | null = null;
  #lastRefresh: Instant = 0;
  #lastSave: Instant = 0;

  constructor({ sources, metrics, store }: { sources: Sources; metrics: ServiceMetrics; store: Store }) {
    this.#sources = sources;
    this.#metrics = metrics;
    this.#checkpoints = new CheckpointTable(store);
    this.#audit = new DeliveryAudit((found) => metrics.audited(AUDIT_KINDS, found));
  }

  /** Closes the buckets that are complete, and does all else that is due. */
  async decide(redress: Redress, now: Instant): Promise<void> {
    await this.#sources.refresh();
    if (redress.pipeline.nextClosing(now) !== null) await this.#sources.measureLag();
    await this.#takeInLateEvents(redress, now);
    await redress.append(this.#health(redress, now));
    await redress.pipeline.advance(now);
  }

  /** Writes down what a next start, or somebody who looks at a chart, wants to know. */
  async tidy(redress: Redress, now: Instant): Promise<void> {
    await this.#late?.arrivals.writeDown();
    const held = this.#sources.heldByStale(redress.configuration.metrics, now);
    this.#metrics.judged(await redress.staleBuckets.mark(held, redress.progress, now));
    await this.#audit.look(redress, now);
    if (now - this.#lastSave < SAVE_INTERVAL) return;
    await redress.saveJudges();
    this.#lastSave = now;
  }

  /** Takes in late events and corrections: now and then, and always before a bucket is closed. */
  async #takeInLateEvents(redress: Redress, now: Instant): Promise<void> {
    if (now - this.#lastRefresh < REFRESH_INTERVAL && redress.pipeline.nextClosing(now) === null) return;
    // They belong to what is decided: parts that are put together anew know nothing of what was counted before.
    if (this.#late?.of !== redress)
      this.#late = { of: redress, arrivals: await LateArrivals.begin(redress, this.#checkpoints) };
    await this.#late.arrivals.takeIn();
    this.#lastRefresh = now;
  }

  #health(redress: Redress, now: Instant): JournalEntry[] {
    return this.#sources
      .all()
      .filter((source) => source.lastArrivalAt !== null)
      .flatMap((source) =>
        redress.alerts.sourceHealth(
          source.source,
          this.#sources.isStale(source, now),
          source.lastArrivalAt,
          now,
        ),
      );
  }
}
