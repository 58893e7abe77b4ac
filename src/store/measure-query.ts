import type { EventDate } from '../model/event.js';
import type { EventSelector } from '../model/metric.js';
import { Bindings, conditions, filled, numberColumn, textColumn } from './event-columns.js';
import { queryText } from './sql-files.js';
import type { Parameters } from './store.js';

/** What is made of the events of one slice in one bucket, beside their count and the sum of their amounts. */
export type Aggregate =
  | { kind: 'count' }
  | { kind: 'sum' }
  | { kind: 'mean'; value: string }
  | { kind: 'quantile'; value: string; level: number }
  | { kind: 'distinct'; by: string }
  /** Of cases, by their due time: how many were not answered by then. The amounts are of these alone. */
  | { kind: 'breach'; answered: EventSelector };

/** What is asked of the events of one selector: see `queries/measure.sql` and `queries/breach.sql`. */
export interface MeasureQuery {
  selector: EventSelector;
  aggregate: Aggregate;
  /** Which date puts an event into its bucket; a case of a `breach` is always put there by its due time. */
  date: EventDate;
  /** Start of each bucket, ms, ascending, and the end of the last one. */
  edges: readonly number[];
  end: number;
  /** The dimensions in use, and the sets of them as 1-based indices. */
  dimensions: readonly string[];
  subsets: readonly (readonly number[])[];
}

/** What was found in one bucket for one set of dimensions, by columns: the same place in each is the same slice. */
export interface MeasuredSet {
  bucket: number;
  /** The set: one of the query's `subsets`. */
  subset: readonly number[];
  /** For each dimension of the query its values; none for one that the set does not have. */
  values: readonly (readonly string[])[];
  /** Events, or cases; above zero. */
  events: readonly number[];
  amounts: readonly number[];
  /** What the aggregate makes of them. */
  results: readonly number[];
}

/** A `MeasuredSet` as it comes: the columns of `queries/measure_slices.sql`, in their order. */
export type MeasuredRow = [
  bucket: number,
  subset: number[],
  values: string[][],
  events: number[],
  amounts: number[],
  results: number[],
];

/** The statement that answers a query in `MeasuredRow`s. */
export function measureStatement(query: MeasureQuery): { text: string; parameters: Parameters } {
  const bindings = new Bindings();
  const { counted, parts, value } = countedParts(query, bindings);
  const places = query.dimensions.map((_, i) => i);
  const text = filled(queryText('measure_slices'), {
    counted: filled(queryText(counted), {
      ...parts,
      groups: ['bucket', ...places.map((i) => `dimension_${i}`)].join(', '),
    }),
    value,
    values: places
      .map((i) => `if(has(subset, ${i + 1}), toString(dimension_${i}), '') AS value_${i}, `)
      .join(''),
    slice_values: `[${places.map((i) => `groupArrayIf(value_${i}, has(subset, ${i + 1}))`).join(', ')}]::Array(Array(String))`,
    groups: ['bucket', 'subset', ...places.map((i) => `value_${i}`)].join(', '),
  });
  const { selector, edges, end, subsets } = query;
  const common = { types: selector.event, from: edges[0], to: end, subsets };
  return { text, parameters: { ...common, ...bindings.parameters } };
}

/** Which query counts, what is put into its places, and what is made of its states when they are put together. */
function countedParts(
  { selector, aggregate, date, dimensions, edges }: MeasureQuery,
  bindings: Bindings,
): { counted: 'measure' | 'breach'; parts: Record<string, string>; value: string } {
  const columns = dimensions.map((name) => textColumn(name, bindings));
  if (aggregate.kind === 'breach') {
    const { answered } = aggregate;
    const parts = {
      bucket: bucketOf(edges, 'opened.due', bindings),
      dimensions: columns.map((_, i) => `opened.dimension_values[${i + 1}] AS dimension_${i}, `).join(''),
      dimension_values: `[${columns.map((column) => `toString(${column})`).join(', ')}]::Array(String)`,
      conditions: conditions(selector, bindings),
      answered_types: bindings.bind('Array(String)', answered.event),
      answered_conditions: conditions(answered, bindings),
    };
    return { counted: 'breach', parts, value: 'sum(state)' };
  }
  const { kept, state, value } = aggregateParts(aggregate, bindings);
  const parts = {
    bucket: bucketOf(edges, date, bindings),
    dimensions: columns.map((column, i) => `${column} AS dimension_${i}, `).join(''),
    state,
    date,
    conditions: `${kept} AND ${conditions(selector, bindings)}`,
  };
  return { counted: 'measure', parts, value };
}

/** The bucket of a date: one that is known beforehand is not looked up for each event. */
function bucketOf(edges: readonly number[], date: string, bindings: Bindings): string {
  if (edges.length === 1) return bindings.bind('Int64', edges[0]);
  return `roundDown(toUnixTimestamp64Milli(assumeNotNull(${date})), ${bindings.bind('Array(Int64)', edges)})`;
}

/**
 * Which events an aggregate is over, its state for a part of them, and its value for parts put together. A
 * quantile is exact, between two events as far as the level says (R. Hyndman and Y. Fan, 1996, type 7).
 */
function aggregateParts(
  aggregate: Exclude<Aggregate, { kind: 'breach' }>,
  bindings: Bindings,
): { kept: string; state: string; value: string } {
  switch (aggregate.kind) {
    case 'count':
      return { kept: 'true', state: '0', value: 'sum(part_events)' };
    case 'sum':
      return { kept: 'true', state: '0', value: 'sum(part_amount)' };
    case 'mean': {
      const number = numberColumn(aggregate.value, bindings);
      return {
        kept: `isNotNull(${number})`,
        state: `sum(assumeNotNull(${number}))`,
        value: 'toFloat64(sum(state)) / sum(part_events)',
      };
    }
    case 'quantile': {
      const number = numberColumn(aggregate.value, bindings);
      const name = 'quantileExactInclusive';
      return {
        kept: `isNotNull(${number})`,
        state: `${name}State(${aggregate.level})(toFloat64(assumeNotNull(${number})))`,
        value: `${name}Merge(${aggregate.level})(state)`,
      };
    }
    case 'distinct': {
      const column = textColumn(aggregate.by, bindings);
      return {
        kept: `${column} != ''`,
        state: `uniqExactState(toString(${column}))`,
        value: 'uniqExactMerge(state)',
      };
    }
  }
}
