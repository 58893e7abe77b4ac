import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

/** What is asked of the events of one selector: see `queries/measure.sql`. */
export interface MeasureQuery {
  types: readonly string[];
  date: string;
  /** Start of each bucket, ms, ascending, and the end of the last one. */
  edges: readonly number[];
  end: number;
  /** The dimensions in use, and the slices as 1-based indices into them. */
  dimensions: readonly string[];
  subsets: readonly (readonly number[])[];
  where: Readonly<Record<string, readonly string[]>>;
}

/** The counts of one slice in one bucket. `dimension_indices` says which of the slices it belongs to. */
export interface MeasureRow {
  bucket: number;
  dimension_indices: number[];
  slice_values: string[];
  events: number;
  amount: number;
}

export interface BreachRow {
  bucket: number;
  dimension_indices: number[];
  slice_values: string[];
  cases: number;
  breached: number;
  breached_amount: number;
}

const COLUMNS = [
  'metric',
  'slice',
  'bucket_start',
  'bucket_seconds',
  'value',
  'numerator',
  'denominator',
  'amount',
  'revision',
  'is_deleted',
] as const satisfies readonly [string, ...string[]];

/** Points in the store, and the counts that they are made from. */
export class PointTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async measure(query: MeasureQuery): Promise<MeasureRow[]> {
    return this.#store.query('measure', measureParameters(query));
  }

  async breach(query: MeasureQuery, answeredTypes: readonly string[]): Promise<BreachRow[]> {
    return this.#store.query('breach', { ...measureParameters(query), answered_types: answeredTypes });
  }

  /** The current points of a metric with `from <= bucketStart < to`, in the order of time. */
  async between(metric: string, from: number, to: number): Promise<Point[]> {
    return this.#store.query('points_between', { metric, from, to });
  }

  /** One series' points with their combined verdicts. */
  async series(
    metric: string,
    slice: string,
    from: number,
    to: number,
  ): Promise<{ point: Point; verdict: Verdict }[]> {
    const rows = await this.#store.query<Point & Partial<Verdict>>('series_between', {
      metric,
      slice,
      from,
      to,
    });
    return rows.map((row) => ({ point: pointOf(row), verdict: verdictOf(row) }));
  }

  /** The slices that have points before an instant, and the start of each one's first bucket. */
  async firstSeenSlices(metric: string, before: number): Promise<Map<string, number>> {
    const rows = await this.#store.query<{ slice: string; first: number }>('first_seen_slices', {
      metric,
      before,
    });
    return new Map(rows.map((row) => [row.slice, row.first]));
  }

  /** Writes points; `removed` are points that corrections left without any event. */
  async write(points: readonly Point[], removed: readonly Point[] = []): Promise<void> {
    await this.#store.insert('points_log', COLUMNS, [
      ...points.map((point) => row(point, 0)),
      ...removed.map((point) => row(point, 1)),
    ]);
  }
}

function measureParameters(query: MeasureQuery): Record<string, unknown> {
  return {
    types: query.types,
    date: query.date,
    edges: query.edges,
    from: query.edges[0],
    to: query.end,
    dimensions: query.dimensions,
    subsets: query.subsets,
    where_fields: Object.keys(query.where),
    where_values: Object.values(query.where),
  };
}

function row(point: Point, isDeleted: 0 | 1): unknown[] {
  return [
    point.metric,
    point.slice,
    toSeconds(point.bucketStart),
    point.bucketSeconds,
    point.value,
    point.numerator,
    point.denominator,
    point.amount,
    point.revision,
    isDeleted,
  ];
}

function pointOf(row: Point): Point {
  const { metric, slice, bucketStart, bucketSeconds, value, numerator, denominator, amount, revision } = row;
  return { metric, slice, bucketStart, bucketSeconds, value, numerator, denominator, amount, revision };
}

/** A point that was never judged has the verdict of one that could not be. */
function verdictOf(row: Point & Partial<Verdict>): Verdict {
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
