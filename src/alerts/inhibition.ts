import type { Alert } from '../model/alert.js';
import { isParentSlice, parseSlice } from '../model/slice.js';
import type { SeriesName } from './fingerprint.js';
import { isOpen } from './record.js';

/**
 * The id of the alert that holds back the messages of an alert of this series, empty for none: an open alert
 * of the same metric and direction on a slice that contains it, the widest one. One marketplace-wide incident
 * is told once and not once for each of its slices.
 */
export function inhibitorOf(series: SeriesName, alerts: Iterable<Alert>): string {
  const labels = parseSlice(series.slice);
  let widest: { alertId: string; dimensions: number } | null = null;
  for (const alert of alerts) {
    if (!isOpen(alert) || alert.metric !== series.metric || alert.direction !== series.direction) continue;
    const parent = parseSlice(alert.slice);
    if (!isParentSlice(parent, labels)) continue;
    const candidate = { alertId: alert.alertId, dimensions: Object.keys(parent).length };
    if (widest === null || isWider(candidate, widest)) widest = candidate;
  }
  return widest?.alertId ?? '';
}

/** The id breaks a tie, so that the answer does not hang on the order in which the alerts are looked at. */
function isWider(
  a: { alertId: string; dimensions: number },
  b: { alertId: string; dimensions: number },
): boolean {
  return a.dimensions === b.dimensions ? a.alertId < b.alertId : a.dimensions < b.dimensions;
}
