import { bucketEnd, bucketStart, bucketStarts } from '../../src/metrics/buckets.js';
import { LateEvents, type Unfinished } from '../../src/metrics/late-events.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import { messageOf } from '../../src/model/errors.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';

/**
 * Makes points while events flow, as the deciding process does: buckets that have closed, then those that late
 * events and corrections have touched. What it knows is thrown away when the store fails, and read again.
 */
export class Decider {
  readonly #store: Store;
  readonly #metrics: readonly MetricDefinition[];
  readonly #closedUntil: Map<string, number>;
  #lookedUntil = 0;
  #unfinished: Unfinished = new Map();
  #parts: { maker: PointMaker; late: LateEvents } | null = null;
  /** Rounds that were done. */
  rounds = 0;
  /** Why others were cut short, and how often. */
  readonly failures = new Map<string, number>();

  constructor(store: Store, metrics: readonly MetricDefinition[], beginning: number) {
    this.#store = store;
    this.#metrics = metrics;
    this.#closedUntil = new Map(metrics.map((metric) => [metric.id, bucketStart(beginning, metric)]));
  }

  /** One round at a moment of event time. Answers false when the store failed it. */
  async round(watermark: number): Promise<boolean> {
    try {
      const { maker, late } = this.#open();
      for (const metric of this.#metrics) {
        const until = bucketStart(watermark - metric.allowedLateness, metric);
        const from = this.#closedUntil.get(metric.id) ?? until;
        if (until <= from) continue;
        await maker.make(metric, bucketStarts(from, until, metric));
        this.#closedUntil.set(metric.id, until);
      }
      await late.refresh(this.#closedUntil);
      late.finished();
      this.#lookedUntil = late.lookedUntil;
      this.#unfinished = new Map();
      this.rounds += 1;
      return true;
    } catch (error) {
      const reason = messageOf(error).split('\n', 1)[0]?.slice(0, 120) ?? '';
      this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
      this.#parts = null;
      return false;
    }
  }

  /** Closes every bucket that begins before an instant. */
  async finish(end: number): Promise<boolean> {
    const last = Math.max(
      ...this.#metrics.map((metric) => bucketEnd(bucketStart(end, metric), metric) + metric.allowedLateness),
    );
    return this.round(last);
  }

  #open() {
    if (this.#parts !== null) return this.#parts;
    const stored = new PointTable(this.#store);
    const maker = new PointMaker(stored);
    const late = new LateEvents({
      events: new EventLog(this.#store),
      points: maker,
      stored,
      metrics: this.#metrics,
      lookedUntil: this.#lookedUntil,
      unfinished: this.#unfinished,
      begin: async (unfinished) => {
        this.#unfinished = unfinished;
      },
    });
    this.#parts = { maker, late };
    return this.#parts;
  }
}
