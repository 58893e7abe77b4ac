import type { Alert } from '../model/alert.js';
import type { MetricDefinition } from '../model/metric.js';
import { parseSlice } from '../model/slice.js';

/** An open alert that no point will ever end, because a configuration has no series for it. */
export interface Orphan {
  alertId: string;
  metric: string;
  slice: string;
  missing: 'metric' | 'slice';
}

/** The open alerts that would be left alone by a configuration with these metrics. */
export function orphansOf(
  alerts: Iterable<Pick<Alert, 'alertId' | 'kind' | 'metric' | 'slice' | 'state'>>,
  metrics: readonly MetricDefinition[],
): Orphan[] {
  const slicings = new Map(
    metrics.map(({ id, slices }) => [id, new Set(slices.map((names) => [...names].sort().join()))]),
  );
  const orphans: Orphan[] = [];
  for (const { alertId, kind, metric, slice, state } of alerts) {
    if (kind !== 'metric' || state === 'resolved') continue;
    const known = slicings.get(metric);
    if (known?.has(Object.keys(parseSlice(slice)).sort().join())) continue;
    orphans.push({ alertId, metric, slice, missing: known === undefined ? 'metric' : 'slice' });
  }
  return orphans.sort((a, b) => (a.alertId < b.alertId ? -1 : 1));
}

/** In words, for a person who is about to change a configuration. */
export function orphanText({ alertId, metric, slice, missing }: Orphan): string {
  const why = missing === 'metric' ? `there is no metric ${metric}` : `${metric} is not cut as in ${slice}`;
  return `alert ${alertId} is open and would not end by itself: ${why} any more`;
}
