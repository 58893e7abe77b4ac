import type { EventDate } from '../model/event.js';
import type { EventSelector } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { Bindings, conditions, filled, numberColumn, textColumn } from './event-columns.js';
import { pointRows } from './point-rows.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** What is made of the events of one slice in one bucket, beside their count and the sum of their amounts. */
export type Aggregate =
  | { kind: 'count' }
  | { kind: 'sum' }
  | { kind: 'mean'; value: string }
  | { kind: 'quantile'; value: string; level: number }
  | { kind: 'distinct'; by: string };

/** What is asked of the events of one selector: see `queries/measure.sql`. */
export interface MeasureQuery {
  selector: EventSelector;
  aggregate: Aggregate;
  date: EventDate;
  /** Start of each bucket, ms, ascending, and the end of the last one. */
  edges: readonly number[];
  end: number;
  /** The dimensions in use, and the slices as 1-based indices into them. */
  dimensions: readonly string[];
  subsets: readonly (readonly number[])[];
}

/** The counts of one slice in one bucket. `dimension_indices` says which of the slices it belongs to. */
export interface MeasureRow {
  bucket: number;
  dimension_indices: number[];
  slice_values: string[];
  events: number;
  amount: number;
  /** The aggregate's; never over no event. */
  value: number;
}

/** A `MeasureRow` as it comes: the columns of `queries/measure.sql`, in their order. */
type MeasureTuple = [
  bucket: number,
  dimensionIndices: number[],
  sliceValues: string[],
  events: number,
  amount: number,
  value: number,
];

export interface BreachRow {
  bucket: number;
  dimension_indices: number[];
  slice_values: string[];
  cases: number;
  breached: number;
  breached_amount: number;
}

/** A point's newest revision, which may say that it is no more. */
export interface StoredPoint {
  point: Point;
  isDeleted: boolean;
}

/** Points in the store, and the counts that they are made from. */
export class PointTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async measure(query: MeasureQuery): Promise<MeasureRow[]> {
    const bindings = new Bindings();
    const { kept, state, value } = aggregateParts(query.aggregate, bindings);
    const dimensions = query.dimensions.map((name, i) => `${textColumn(name, bindings)} AS dimension_${i}`);
    const groups = ['bucket', ...query.dimensions.map((_, i) => `dimension_${i}`)];
    const parts = {
      bucket: bucketOf(query, query.date, bindings),
      dimensions: dimensions.map((dimension) => `${dimension}, `).join(''),
      state,
      value,
      date: query.date,
      conditions: `${kept} AND ${conditions(query.selector, bindings)}`,
      groups: groups.join(', '),
      dimension_values: textArray(query.dimensions.map((_, i) => `dimension_${i}`)),
    };
    const found: MeasureRow[] = [];
    const text = filled(queryText('measure'), parts);
    const parameters = { ...commonParameters(query), ...bindings.parameters };
    for await (const rows of this.#store.tuples<MeasureTuple>(text, parameters))
      for (const [bucket, dimension_indices, slice_values, events, amount, value] of rows)
        found.push({ bucket, dimension_indices, slice_values, events, amount, value });
    return found;
  }

  async breach(query: Omit<MeasureQuery, 'aggregate'>, answered: EventSelector): Promise<BreachRow[]> {
    const bindings = new Bindings();
    const parts = {
      bucket: bucketOf(query, 'opened.due', bindings),
      dimension_values: textArray(query.dimensions.map((name) => textColumn(name, bindings))),
      conditions: conditions(query.selector, bindings),
      answered_conditions: conditions(answered, bindings),
    };
    const found: BreachRow[] = [];
    const text = filled(queryText('breach'), parts);
    const parameters = {
      ...commonParameters(query),
      ...bindings.parameters,
      answered_types: answered.event,
    };
    for await (const rows of this.#store.rows<BreachRow>(text, parameters))
      for (const row of rows) found.push(row);
    return found;
  }

  /** The current points of a metric with `from <= bucketStart < to`, in the order of time. */
  async between(metric: string, from: number, to: number): Promise<Point[]> {
    const rows = await this.#store.query<PointRow>('points_between', { metric, from, to });
    return rows.map(pointOf);
  }

  /** The same in no order, with those that corrections left without any event. */
  async stored(metric: string, from: number, to: number): Promise<StoredPoint[]> {
    const rows = await this.#store.query<PointRow & { isDeleted: 0 | 1 }>('stored_points', {
      metric,
      from,
      to,
    });
    return rows.map((row) => ({ point: pointOf(row), isDeleted: row.isDeleted === 1 }));
  }

  /** The start of the newest bucket that a metric has had points in; long ago when it has had none. */
  async newest(metric: string): Promise<number> {
    const [row] = await this.#store.query<{ newest: number }>('newest_point', { metric });
    return row?.newest ?? 0;
  }

  /** One series' points with their combined verdicts. */
  async series(
    metric: string,
    slice: string,
    from: number,
    to: number,
  ): Promise<{ point: Point; verdict: Verdict }[]> {
    const rows = await this.#store.query<PointRow & Partial<Verdict>>('series_between', {
      metric,
      slice,
      from,
      to,
    });
    return rows.map((row) => ({ point: pointOf(row), verdict: verdictOf(row) }));
  }

  /** The points of some series, each a metric with its slice, in the order of time. */
  async ofSeries(
    series: readonly { metric: string; slice: string }[],
    from: number,
    to: number,
  ): Promise<Point[]> {
    const rows = await this.#store.query<PointRow>('series_of_many', {
      metrics: series.map(({ metric }) => metric),
      slices: series.map(({ slice }) => slice),
      from,
      to,
    });
    return rows.map(pointOf);
  }

  /** The slices that have points before an instant, and the start of each one's first bucket. */
  async firstSeenSlices(metric: string, before: number): Promise<Map<string, number>> {
    const rows = await this.#store.query<{ slice: string; first: number }>('first_seen_slices', {
      metric,
      before,
    });
    return new Map(rows.map((row) => [row.slice, row.first]));
  }

  /** What was counted for each slice since an instant: its denominators, or what it counts without one. */
  async seriesWeights(metric: string, from: number): Promise<Map<string, number>> {
    const rows = await this.#store.query<{ slice: string; weight: number }>('series_weights', {
      metric,
      from,
    });
    return new Map(rows.map((row) => [row.slice, row.weight]));
  }

  /** The slices that have had a point since an instant. */
  async slicesSince(metric: string, from: number): Promise<string[]> {
    const rows = await this.#store.query<{ slice: string }>('slices_since', { metric, from });
    return rows.map((row) => row.slice);
  }

  /** Writes points; `removed` are points that corrections left without any event. */
  async write(points: readonly Point[], removed: readonly Point[] = []): Promise<void> {
    if (points.length + removed.length === 0) return;
    await this.#store.insertRows('insert_points', [pointRows(points, removed)]);
  }
}

function commonParameters(query: Omit<MeasureQuery, 'aggregate'>): Record<string, unknown> {
  return {
    types: query.selector.event,
    from: query.edges[0],
    to: query.end,
    subsets: query.subsets,
  };
}

/** The bucket of a date: one that is known beforehand is not looked up for each event. */
function bucketOf({ edges }: Pick<MeasureQuery, 'edges'>, date: string, bindings: Bindings): string {
  if (edges.length === 1) return bindings.bind('Int64', edges[0]);
  return `roundDown(toUnixTimestamp64Milli(assumeNotNull(${date})), ${bindings.bind('Array(Int64)', edges)})`;
}

function textArray(columns: readonly string[]): string {
  return `[${columns.map((column) => `toString(${column})`).join(', ')}]::Array(String)`;
}

/**
 * Which events an aggregate is over, its state for a part of them, and its value for parts put together. A
 * quantile is exact, between two events as far as the level says (R. Hyndman and Y. Fan, 1996, type 7).
 */
function aggregateParts(
  aggregate: Aggregate,
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
      const name = `quantileExactInclusive`;
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

/** A point as it is stored. */
type PointRow = Omit<Point, 'volume'> & { volume: number | null };

function pointOf(row: PointRow): Point {
  const { metric, slice, bucketStart, bucketSeconds, value, numerator, denominator, amount, revision } = row;
  const point = {
    metric,
    slice,
    bucketStart,
    bucketSeconds,
    value,
    numerator,
    denominator,
    amount,
    revision,
  };
  return row.volume === null ? point : { ...point, volume: row.volume };
}

/** A point that was never judged has the verdict of one that could not be. */
function verdictOf(row: PointRow & Partial<Verdict>): Verdict {
  return {
    metric: row.metric,
    slice: row.slice,
    bucketStart: row.bucketStart,
    detector: 'combined',
    status: row.status ?? 'not_evaluable',
    reason: row.reason ?? '',
    value: row.value,
    expected: row.expected ?? null,
    lower: row.lower ?? null,
    upper: row.upper ?? null,
    score: row.score ?? null,
    direction: row.direction ?? null,
  };
}
