import type { EventSelector, MetricDefinition } from '../model/metric.js';
import { sliceOf } from '../model/slice.js';
import type { MeasuredSet } from '../store/measure-query.js';
import type { CountedSet } from './assemble.js';

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

/** Names the slices of what was measured: a set's dimensions are in the query's order, which is the alphabet's. */
export function countedSet({ dimensions: all }: SliceQuery, measured: MeasuredSet): CountedSet {
  const { bucket, subset, events, amounts, results } = measured;
  const dimensions = subset.map((index) => all[index - 1] as string);
  const columns = subset.map((index) => measured.values[index - 1] as readonly string[]);
  const counts = events.map((count, i) => ({
    slice: sliceOf(
      dimensions,
      columns.map((column) => column[i] as string),
    ),
    count,
    amount: amounts[i] as number,
    value: results[i] as number,
  }));
  return { bucket, dimensions, counts };
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
