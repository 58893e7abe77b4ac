import { byBucket, type Judging } from '../detection/judging.js';
import { bucketEnd } from '../metrics/buckets.js';
import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import type { PointTable } from '../store/point-table.js';

export interface CatchUpParts {
  judging: Pick<Judging, 'unseen' | 'judgeBucket' | 'haveCaughtUp'>;
  metrics: readonly MetricDefinition[];
  points: Pick<PointTable, 'stretches'>;
  /** The end of the last bucket that each metric has been judged for. */
  progress: ReadonlyMap<string, Instant>;
  /** Where the first buckets are; null while there are none. */
  findBeginning(): Promise<Instant | null>;
}

/**
 * Shows the judges the points that were judged after their states were last saved, and those of before that which some of
 * them have missed. Their verdicts are known already, so nothing comes of it but the judges' own memory.
 */
export async function catchUp({
  judging,
  metrics,
  points,
  progress,
  findBeginning,
}: CatchUpParts): Promise<void> {
  // Judges that have saved nothing yet are shown everything, but not the bucket in which the history begins.
  let beginning: Instant | null = null;
  for (const metric of metrics) {
    const until = progress.get(metric.id);
    if (until === undefined || metric.detect.length === 0) continue;
    const { since, behind } = judging.unseen(metric);
    let first = since;
    for (const { known } of behind.values()) first = Math.min(first, known);
    if (!Number.isFinite(first)) beginning ??= await findBeginning();
    const show = async (after: Instant, to: Instant, slices: readonly string[]): Promise<void> => {
      for await (const stretch of points.stretches(metric.id, startAfter(after), to, slices))
        for (const bucket of byBucket(stretch))
          judging.judgeBucket(metric, bucket, (bucket[0]?.bucketStart ?? 0) >= (beginning ?? 0));
    };
    if (behind.size > 0) await show(first, since + 1, [...behind.keys()]);
    for (const [slice, { last }] of behind) judging.haveCaughtUp(metric, slice, last);
    const haveSeenAll = Number.isFinite(since) && bucketEnd(since, metric) >= until;
    if (!haveSeenAll) await show(since, until, []);
  }
}

const startAfter = (instant: Instant): Instant => (Number.isFinite(instant) ? instant + 1 : 0);
