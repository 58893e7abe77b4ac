import type { Owner } from '../model/owner.js';
import { parseSlice } from '../model/slice.js';

/**
 * Who answers for a metric's slice; empty when nobody does. The most specific word wins: an owner's entry with more
 * labels before one with fewer, one that names the metric before one that does not, and the metric's own owner, given
 * as `metricOwner`, before entries that name neither a label nor the metric.
 */
export function ownerOf(
  owners: readonly Owner[],
  metric: string,
  slice: string,
  metricOwner: string,
): string {
  const labels = parseSlice(slice);
  let best = { id: metricOwner, weight: metricOwner === '' ? -1 : 1 };
  for (const { id, owns = [] } of owners) {
    for (const entry of owns) {
      const wanted = Object.entries(entry.labels);
      const matches =
        (entry.metric === '' || entry.metric === metric) &&
        wanted.every(([name, value]) => labels[name] === value);
      const weight = wanted.length * 2 + (entry.metric === '' ? 0 : 1);
      if (matches && weight > best.weight) best = { id, weight };
    }
  }
  return best.id;
}
