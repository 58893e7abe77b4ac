import type { Alert } from '../model/alert.js';
import type { MetricDefinition } from '../model/metric.js';
import { parseSlice } from '../model/slice.js';

/** What is missing for a series to have points: its metric, or the slicing that its slice is of. */
export interface Missing {
  metric: string;
  slice: string;
  missing: 'metric' | 'slice';
}

/** An open alert that no point will ever end, because a configuration has no series for it. */
export interface Orphan extends Missing {
  alertId: string;
}

/** Answers what a configuration with these metrics lacks for a series; null where it has it. */
export function missingFor(
  metrics: readonly MetricDefinition[],
): (series: { metric: string; slice: string }) => Missing | null {
  const slicings = new Map(
    metrics.map(({ id, slices }) => [id, new Set(slices.map((names) => [...names].sort().join()))]),
  );
  return ({ metric, slice }) => {
    const known = slicings.get(metric);
    if (known?.has(Object.keys(parseSlice(slice)).sort().join())) return null;
    return { metric, slice, missing: known === undefined ? 'metric' : 'slice' };
  };
}

/** The open alerts that would be left alone by a configuration with these metrics. */
export function orphansOf(
  alerts: Iterable<Pick<Alert, 'alertId' | 'kind' | 'metric' | 'slice' | 'state'>>,
  metrics: readonly MetricDefinition[],
): Orphan[] {
  const missing = missingFor(metrics);
  const orphans: Orphan[] = [];
  for (const alert of alerts) {
    if (alert.kind !== 'metric' || alert.state === 'resolved') continue;
    const found = missing(alert);
    if (found !== null) orphans.push({ alertId: alert.alertId, ...found });
  }
  return orphans.sort((a, b) => (a.alertId < b.alertId ? -1 : 1));
}

/** In words, for a person who is about to change a configuration. */
export function orphanText({ alertId, ...missing }: Orphan): string {
  return `alert ${alertId} is open and would not end by itself: ${missingText(missing)}`;
}

export function missingText({ metric, slice, missing }: Missing): string {
  return missing === 'metric'
    ? `there is no metric ${metric} any more`
    : `${metric} is not cut as in ${slice} any more`;
}
