import type { EventSelector, MetricDefinition } from '../model/metric.js';
import { sliceOf } from '../model/slice.js';
import type { MeasureRow } from '../store/point-table.js';
import type { Count } from './assemble.js';

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

/** Reads the slices of rows back: which dimensions a row is of is told by their indices. */
export function sliceReader(
  query: SliceQuery,
): (row: MeasuredSlice) => Pick<Count, 'slice' | 'dimensions' | 'values'> {
  // In the order of the query's dimensions, which is the alphabet's.
  const known = new Map<string, readonly string[]>();
  return ({ dimension_indices: indices, slice_values: values }) => {
    const key = indices.join();
    let dimensions = known.get(key);
    if (dimensions === undefined) {
      dimensions = indices.map((index) => query.dimensions[index - 1] ?? '');
      known.set(key, dimensions);
    }
    return { slice: sliceOf(dimensions, values), dimensions, values };
  };
}

type MeasuredSlice = Pick<MeasureRow, 'dimension_indices' | 'slice_values'>;

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
