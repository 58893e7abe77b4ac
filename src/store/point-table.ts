import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { type MeasuredRow, type MeasuredSet, type MeasureQuery, measureStatement } from './measure-query.js';
import { fitsInParameter } from './parameter-size.js';
import { pointBlock } from './point-rows.js';
import type { Store } from './store.js';

/** A point's newest revision, which may say that it is no more. */
export interface StoredPoint {
  point: Point;
  isDeleted: boolean;
}

/** So many rows are read at once, unless a single bucket has more. */
const STRETCH_ROWS = 200_000;

/** Points in the store, and the counts that they are made from. */
export class PointTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What a metric is made from, counted by bucket and set of dimensions, in no order. */
  async measure(query: MeasureQuery): Promise<MeasuredSet[]> {
    const { text, parameters } = measureStatement(query);
    const found: MeasuredSet[] = [];
    for await (const rows of this.#store.tuples<MeasuredRow>(text, parameters))
      for (const [bucket, subset, values, events, amounts, results] of rows)
        found.push({ bucket, subset, values, events, amounts, results });
    return found;
  }

  /** The current points of a metric with `from <= bucketStart < to`, in the order of time; only of `slices` where any are named. */
  async between(metric: string, from: number, to: number, slices: readonly string[] = []): Promise<Point[]> {
    const named = fitsInParameter(slices) ? slices : [];
    const rows = await this.#store.query<PointRow>('points_between', { metric, from, to, slices: named });
    if (named.length === slices.length) return rows.map(pointOf);
    const wanted = new Set(slices);
    return rows.filter(({ slice }) => wanted.has(slice)).map(pointOf);
  }

  /** The same in stretches of whole buckets, so that no more of a long history is in memory than is worked on. */
  async *stretches(
    metric: string,
    from: number,
    to: number,
    slices: readonly string[] = [],
  ): AsyncGenerator<Point[]> {
    const named = fitsInParameter(slices) ? slices : [];
    const buckets = await this.#store.query<{ bucketStart: number; rows: number }>('points_by_bucket', {
      metric,
      from,
      to,
      slices: named,
    });
    let rows = 0;
    let first = from;
    for (const bucket of buckets) {
      if (rows > 0 && rows + bucket.rows > STRETCH_ROWS) {
        yield await this.between(metric, first, bucket.bucketStart, slices);
        first = bucket.bucketStart;
        rows = 0;
      }
      rows += bucket.rows;
    }
    if (rows > 0) yield await this.between(metric, first, to, slices);
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

  /**
   * The slices of a metric whose points with `from <= bucketStart < to` were made or taken away since an instant of the store's
   * clock, and the start of each one's first such bucket.
   */
  async madeSince(
    metric: string,
    { from, to, madeAt }: { from: number; to: number; madeAt: number },
  ): Promise<Map<string, number>> {
    const rows = await this.#store.query<{ slice: string; first: number }>('points_made_since', {
      metric,
      from,
      to,
      made_at: madeAt,
    });
    return new Map(rows.map((row) => [row.slice, row.first]));
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
    await this.#store.insertRows('insert_points', [pointBlock(points, removed)]);
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
