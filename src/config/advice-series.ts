import type { Sources } from './check-references.js';
import type { Problem } from './problems.js';
import { DEFAULT_MAX_SERIES } from './schema-metrics.js';
import { isRecord, itemsOf } from './yaml-source.js';

/** Dimensions that have a value for each of something, and so without a bound. */
const IDENTIFIERS: ReadonlySet<string> = new Set(['event_id', 'order_id', 'case_id', 'merchant_id']);

/**
 * Warns of metrics whose slices can be more series than are kept: for certain where their conditions list all values of
 * all dimensions, and where a dimension has a value for each of something and no `max_series` says that it is meant.
 */
export function adviseOnSeries({ metrics: source }: Sources): Problem[] {
  const warnings: Problem[] = [];
  for (const [index, metric] of itemsOf(source?.value).entries()) {
    if (!isRecord(metric) || source === undefined) continue;
    const stated = typeof metric.max_series === 'number' ? metric.max_series : null;
    const most = stated ?? DEFAULT_MAX_SERIES;
    const slices = itemsOf(metric.slices).map((names) => itemsOf(names).map(String));
    const series = slices.map((names) => seriesOf(names, metric));
    const known = series.reduce<number | null>(
      (sum, count) => (sum === null || count === null ? null : sum + count),
      0,
    );
    if (known !== null && known > most)
      warnings.push(
        source.problem([index, 'slices'], `can be ${known} series, the largest ${most} are kept: max_series`),
      );
    if (stated !== null) continue;
    for (const [position, names] of slices.entries()) {
      const each = names.find((name) => IDENTIFIERS.has(name));
      if (each === undefined || series[position] !== null) continue;
      const message = `a series for each ${each}, of which the largest ${most} are kept: say how many with max_series`;
      warnings.push(source.problem([index, 'slices', position], message));
    }
  }
  return warnings;
}

/** How many values a slice's dimensions can have together; null where they are not listed. */
function seriesOf(names: readonly string[], metric: Record<string, unknown>): number | null {
  return names.reduce<number | null>((product, name) => {
    const listed = ['of', 'numerator', 'denominator', 'opened'].flatMap((part) => {
      const selector = metric[part];
      const where = isRecord(selector) && isRecord(selector.where) ? selector.where[name] : undefined;
      return where === undefined ? [] : [Array.isArray(where) ? where.length : 1];
    });
    return product === null || listed.length === 0 ? null : product * Math.max(...listed);
  }, 1);
}
