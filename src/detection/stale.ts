import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import { COMBINED, type Verdict } from '../model/verdict.js';

/**
 * What is said of buckets that have ended by the clock while their data is held up by a source that has gone
 * quiet: nothing, and why. No judge sees them and no alert hears of them, so nothing fires or resolves because
 * data stopped. The verdict of the point takes the place of this one when the data has come.
 */
export function staleVerdicts(
  metric: MetricDefinition,
  slices: readonly string[],
  starts: readonly Instant[],
): Verdict[] {
  return starts.flatMap((bucketStart) =>
    slices.map((slice) => ({
      metric: metric.id,
      slice,
      bucketStart,
      detector: COMBINED,
      status: 'not_evaluable' as const,
      reason: 'stale' as const,
      // There is no value; the column has no word for it, the status has.
      value: 0,
      expected: null,
      lower: null,
      upper: null,
      score: null,
      direction: null,
    })),
  );
}
