import type { EventDate } from '../model/event.js';
import type { EventSelector } from '../model/metric.js';
import { Bindings, conditions, filled, numberColumn, startOf, textColumn } from './event-columns.js';
import { queryText } from './sql-files.js';
import type { Parameters } from './store.js';

/** What is made of the events of one slice in one bucket, beside their count and the sum of their amounts. */
export type Aggregate =
  | { kind: 'count' }
  | { kind: 'sum' }
  | { kind: 'mean'; value: string }
  | { kind: 'quantile'; value: string; level: number }
  | { kind: 'distinct'; by: string }
  /** How many other events there are for these, of the same slices. The amounts are of the others alone. */
  | { kind: 'ratio'; numerator: EventSelector }
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
  const { selector, aggregate, edges, end, subsets } = query;
  const types = [...selector.event, ...(aggregate.kind === 'ratio' ? aggregate.numerator.event : [])];
  const common = { types, from: edges[0], to: end, subsets };
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
      bucket: startOf('opened.due', edges, bindings),
      dimensions: columns.map((_, i) => `opened.dimension_values[${i + 1}] AS dimension_${i}, `).join(''),
      dimension_values: `[${columns.map((column) => `toString(${column})`).join(', ')}]::Array(String)`,
      conditions: conditions(selector, bindings),
      answered_types: bindings.bind('Array(String)', answered.event),
      answered_conditions: conditions(answered, bindings),
    };
    return { counted: 'breach', parts, value: 'sum(state)' };
  }
  const { value, ...aggregated } = aggregateParts(selector, aggregate, bindings);
  const parts = {
    bucket: startOf(date, edges, bindings),
    dimensions: columns.map((column, i) => `${column} AS dimension_${i}, `).join(''),
    date,
    ...aggregated,
  };
  return { counted: 'measure', parts, value };
}

/** What an aggregate asks of events, and what is made of them. */
interface AggregateParts {
  conditions: string;
  /** Of a part of the events: how many they are, the sum of their amounts, and what `value` is made of. */
  events: string;
  amount: string;
  state: string;
  /** Of parts put together. */
  value: string;
}

const AMOUNT = 'ifNull(events_log.amount, 0)';

/** A quantile is exact, between two events as far as the level says (R. Hyndman and Y. Fan, 1996, type 7). */
function aggregateParts(
  selector: EventSelector,
  aggregate: Exclude<Aggregate, { kind: 'breach' }>,
  bindings: Bindings,
): AggregateParts {
  const selected = conditions(selector, bindings);
  const all = { conditions: selected, events: 'count()', amount: `sum(${AMOUNT})`, state: '0' };
  switch (aggregate.kind) {
    case 'count':
      return { ...all, value: 'sum(part_events)' };
    case 'sum':
      return { ...all, value: 'sum(part_amount)' };
    case 'mean': {
      const number = numberColumn(aggregate.value, bindings);
      return {
        ...all,
        conditions: `isNotNull(${number}) AND ${selected}`,
        state: `sum(assumeNotNull(${number}))`,
        value: 'toFloat64(sum(state)) / sum(part_events)',
      };
    }
    case 'quantile': {
      const number = numberColumn(aggregate.value, bindings);
      const name = 'quantileExactInclusive';
      return {
        ...all,
        conditions: `isNotNull(${number}) AND ${selected}`,
        state: `${name}State(${aggregate.level})(toFloat64(assumeNotNull(${number})))`,
        value: `${name}Merge(${aggregate.level})(state)`,
      };
    }
    case 'distinct': {
      const column = textColumn(aggregate.by, bindings);
      return {
        ...all,
        conditions: `${column} != '' AND ${selected}`,
        state: `uniqExactState(toString(${column}))`,
        value: 'uniqExactMerge(state)',
      };
    }
    case 'ratio': {
      const { numerator } = aggregate;
      const isOf = ({ event }: EventSelector, rest: string) =>
        `(type IN ${bindings.bind('Array(String)', event)} AND ${rest})`;
      const isCounted = isOf(numerator, conditions(numerator, bindings));
      const isOver = isOf(selector, selected);
      return {
        conditions: `(${isCounted} OR ${isOver})`,
        events: `countIf(${isOver})`,
        amount: `sumIf(${AMOUNT}, ${isCounted})`,
        state: `countIf(${isCounted})`,
        value: 'sum(state)',
      };
    }
  }
}
