import { bucketStart } from '../metrics/buckets.js';
import type { Restated } from '../metrics/late-events.js';
import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import { isParentSlice, parseSlice } from '../model/slice.js';
import type { PointTable } from '../store/point-table.js';

export interface JudgedSoFar {
  metrics: readonly MetricDefinition[];
  points: Pick<PointTable, 'slicesSince'>;
  /** The end of the last bucket that each metric has been judged for. */
  progress: ReadonlyMap<string, Instant>;
  /** How far back points can be judged again, ms. */
  horizon: number;
}

/**
 * The points that were judged without an annotation and would not have been judged so with it, because it was announced
 * after the fact: in the form in which restated points are judged again, and as far back as they are.
 */
export async function judgedWithout(
  annotation: Annotation,
  { metrics, points, progress, horizon }: JudgedSoFar,
): Promise<Restated[]> {
  const scope = parseSlice(annotation.scope);
  const found: Restated[] = [];
  for (const metric of metrics) {
    const until = progress.get(metric.id);
    const effect = annotation.effect ?? metric.calendar?.[annotation.kind] ?? { kind: 'none' };
    if (until === undefined || effect.kind === 'none') continue;
    if (annotation.metrics !== undefined && !annotation.metrics.includes(metric.id)) continue;
    const from = bucketStart(Math.max(annotation.startsAt, until - horizon), metric);
    if (from >= until) continue;
    const slices = (await points.slicesSince(metric.id, from)).filter(
      (slice) => slice === annotation.scope || isParentSlice(scope, parseSlice(slice)),
    );
    if (slices.length > 0) found.push({ metric, since: new Map(slices.map((slice) => [slice, from])) });
  }
  return found;
}
