import type { MetricDefinition } from '../model/metric.js';
import type { JudgedPoint } from './settling.js';

/** How a metric's detectors fared on its series in one bucket; those that were asked of none are left out. */
export function detectorsHealth(
  metric: MetricDefinition,
  judged: readonly JudgedPoint[],
): { metric: string; detector: string; asked: number; failed: number; unwatched: number }[] {
  const counts = new Map<string, { asked: number; failed: number; unwatched: number }>();
  for (const { verdicts, combined } of judged)
    for (const { detector, status, reason } of verdicts) {
      const failed = reason === 'error';
      // What is held, incomplete or too small is shown to no detector.
      if (status === 'not_evaluable' && !failed && reason !== 'cold_start') continue;
      const before = counts.get(detector) ?? { asked: 0, failed: 0, unwatched: 0 };
      before.asked += 1;
      if (failed) before.failed += 1;
      if (failed && combined.reason === 'error') before.unwatched += 1;
      counts.set(detector, before);
    }
  return [...counts].map(([detector, count]) => ({ metric: metric.id, detector, ...count }));
}
