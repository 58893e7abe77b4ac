import { staleVerdicts } from '../detection/stale.js';
import { bucketEnd, bucketStart, bucketStarts } from '../metrics/buckets.js';
import { type Instant, WEEK } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Verdict } from '../model/verdict.js';
import type { PointTable } from '../store/point-table.js';
import type { VerdictTable } from '../store/verdict-table.js';

/** A series without a point for so long is over, and nobody waits for its next one. */
const MISSED_FOR = WEEK;

/** Says of the buckets that a quiet source holds up that they cannot be judged, as the clock passes them. */
export class StaleBuckets {
  readonly #points: Pick<PointTable, 'slicesSince'>;
  readonly #verdicts: Pick<VerdictTable, 'write'>;
  /** The end of the last bucket that was spoken of, by metric. */
  readonly #until = new Map<string, Instant>();

  constructor(points: Pick<PointTable, 'slicesSince'>, verdicts: Pick<VerdictTable, 'write'>) {
    this.#points = points;
    this.#verdicts = verdicts;
  }

  /** `judgedUntil` has the end of each metric's last judged bucket. Answers what was written. */
  async mark(
    metrics: readonly MetricDefinition[],
    judgedUntil: ReadonlyMap<string, Instant>,
    now: Instant,
  ): Promise<Verdict[]> {
    const written: Verdict[] = [];
    for (const metric of metrics) {
      const judged = judgedUntil.get(metric.id);
      if (judged === undefined || metric.detect.length === 0) continue;
      const from = bucketStart(Math.max(judged, this.#until.get(metric.id) ?? judged), metric);
      const starts = bucketStarts(from, now, metric).filter(
        (start) => bucketEnd(start, metric) + metric.allowedLateness <= now,
      );
      const last = starts.at(-1);
      if (last === undefined) continue;
      written.push(
        ...staleVerdicts(metric, await this.#points.slicesSince(metric.id, judged - MISSED_FOR), starts),
      );
      this.#until.set(metric.id, bucketEnd(last, metric));
    }
    if (written.length > 0) await this.#verdicts.write(written);
    return written;
  }
}
