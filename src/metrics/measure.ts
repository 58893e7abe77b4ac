import type { EventSelector, MetricDefinition } from '../model/metric.js';
import type { SliceLabels } from '../model/slice.js';

/** How the slices of a selector are asked of the store: see `MeasureQuery`. */
export interface SliceQuery {
  dimensions: string[];
  /** 1-based indices into `dimensions`. */
  subsets: number[][];
}

/** The slices of a metric without the dimensions that a selector ignores, each once. */
export function sliceQuery(metric: MetricDefinition, ignored: readonly string[]): SliceQuery {
  const slices = metric.slices.map((slice) => slice.filter((name) => !ignored.includes(name)));
  const dimensions = [...new Set(slices.flat())].sort();
  const subsets = new Map<string, number[]>();
  for (const slice of slices) {
    const subset = slice.map((name) => dimensions.indexOf(name) + 1).sort((a, b) => a - b);
    subsets.set(subset.join(), subset);
  }
  return { dimensions, subsets: [...subsets.values()] };
}

/** Reads one row's slice back as labels. */
export function labelsOf(
  query: SliceQuery,
  row: { dimension_indices: readonly number[]; slice_values: readonly string[] },
): SliceLabels {
  return Object.fromEntries(
    row.dimension_indices.map((index, i) => [query.dimensions[index - 1] ?? '', row.slice_values[i] ?? '']),
  );
}

/** The event types that a metric is made from, with the date that puts each into a bucket. */
export function eventTypes(metric: MetricDefinition): string[] {
  const { measure } = metric;
  const selectors: EventSelector[] =
    measure.kind === 'ratio'
      ? [measure.numerator, measure.denominator]
      : measure.kind === 'breach'
        ? [measure.opened, measure.answered]
        : [measure.of];
  return [...new Set(selectors.flatMap((selector) => selector.event))];
}
