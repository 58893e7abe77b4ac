import type { Annotation } from '../model/annotation.js';
import { type Instant, SECOND } from '../model/clock.js';
import { type EventSelector, isLevel, type Measure, type MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Aggregate, MeasureQuery, PointTable, StoredPoint } from '../store/point-table.js';
import { type Bucket, type Count, type FirstSeen, ratePoints, valuePoints } from './assemble.js';
import { bucketEnd } from './buckets.js';
import { type SliceQuery, sliceQuery, sliceReader } from './measure.js';
import { type Restatement, restate } from './restate.js';
import { SeriesLimit, WEIGHED_BACK } from './series-limit.js';
import { type IsOpen, openBuckets } from './trading-calendar.js';
import { cells, countsOverWindows, windowOf } from './windows.js';

/** The first bucket of each slice that a metric has had points of in buckets before `until`. */
interface Remembered {
  slices: Map<string, Instant>;
  until: Instant;
}

/** Told with every making of how many series a metric has had more than it may. */
export type ReportLeftOut = (leftOut: { metric: string; leftOut: number; maxSeries: number }) => void;

/** What making points asks of the store. */
export type PointStore = Pick<
  PointTable,
  'measure' | 'breach' | 'stored' | 'newest' | 'seriesWeights' | 'firstSeenSlices' | 'write'
>;

/** Makes points out of the stored events, and makes them again when the events have changed. */
export class PointMaker {
  readonly #table: PointStore;
  readonly #annotations: readonly Annotation[];
  readonly #reportLeftOut: ReportLeftOut;
  /** After every bucket that a metric may have stored points in. */
  readonly #madeUntil = new Map<string, Instant>();
  readonly #limits = new Map<string, SeriesLimit>();
  readonly #firstSeen = new Map<string, Remembered>();

  constructor(
    table: PointStore,
    {
      annotations = [],
      reportLeftOut = () => {},
    }: { annotations?: readonly Annotation[]; reportLeftOut?: ReportLeftOut } = {},
  ) {
    this.#table = table;
    this.#annotations = annotations;
    this.#reportLeftOut = reportLeftOut;
  }

  /**
   * Makes the points of the buckets that begin at `starts` (ascending, without gaps) and stores those that are
   * new or have changed. Answers all of them, by time and parents first.
   */
  async make(metric: MetricDefinition, starts: readonly Instant[]): Promise<Point[]> {
    return (await this.#restatement(metric, starts, (points) => this.#limited(metric, points, starts)))
      .current;
  }

  /** Makes points that were made before again: of the same series, and of those that are kept now. */
  async remake(metric: MetricDefinition, starts: readonly Instant[]): Promise<Restatement> {
    const limit = await this.#limitOf(metric, starts);
    return this.#restatement(metric, starts, (points, stored) => {
      if (limit === null) return points;
      const before = new Set(stored.map(({ point }) => point.slice));
      return points.filter(({ slice }) => limit.keeps(slice) || before.has(slice));
    });
  }

  async #restatement(
    metric: MetricDefinition,
    starts: readonly Instant[],
    choose: (
      points: readonly Point[],
      stored: readonly StoredPoint[],
    ) => readonly Point[] | Promise<readonly Point[]>,
  ): Promise<Restatement> {
    const first = starts[0];
    const last = starts.at(-1);
    if (first === undefined || last === undefined) return { current: [], written: [], removed: [] };
    const end = bucketEnd(last, metric);
    const buckets = starts.map((start, i) => ({ start, seconds: ((starts[i + 1] ?? end) - start) / 1000 }));
    const isOpen = openBuckets(metric, buckets, this.#annotations);
    const made = await this.#points(metric, buckets, end, isOpen);
    const points =
      isOpen === null ? made : made.filter(({ slice, bucketStart }) => isOpen(bucketStart, slice));
    const stored = await this.#storedSince(metric.id, first, end);
    const restatement = restate(await choose(points, stored), stored);
    await this.#table.write(restatement.written, restatement.removed);
    return restatement;
  }

  /** The stored points of buckets; buckets that come for the first time need no asking. */
  async #storedSince(metric: string, from: Instant, to: Instant): Promise<StoredPoint[]> {
    const madeUntil = this.#madeUntil.get(metric) ?? (await this.#table.newest(metric)) + 1;
    this.#madeUntil.set(metric, Math.max(madeUntil, to));
    return from >= madeUntil ? [] : this.#table.stored(metric, from, to);
  }

  /** What the stored points say of the series' weights, the first time that it is asked; null without a bound. */
  async #limitOf(
    { id, maxSeries }: MetricDefinition,
    [first = 0]: readonly Instant[],
  ): Promise<SeriesLimit | null> {
    if (maxSeries === undefined) return null;
    const known = this.#limits.get(id);
    if (known !== undefined) return known;
    const weights = await this.#table.seriesWeights(id, first - WEIGHED_BACK);
    const limit = new SeriesLimit(maxSeries, weights, first);
    this.#limits.set(id, limit);
    return limit;
  }

  /** Leaves out the smallest of more series than the metric may have, and says how many. */
  async #limited(
    metric: MetricDefinition,
    points: readonly Point[],
    starts: readonly Instant[],
  ): Promise<readonly Point[]> {
    const limit = await this.#limitOf(metric, starts);
    if (limit === null) return points;
    const counted = new Map<string, number>();
    for (const { slice, denominator, volume, numerator } of points)
      counted.set(slice, (counted.get(slice) ?? 0) + (denominator ?? volume ?? numerator));
    limit.weigh(counted, bucketEnd(starts.at(-1) ?? 0, metric));
    const leftOut = [...counted.keys()].filter((slice) => !limit.keeps(slice)).length;
    this.#reportLeftOut({ metric: metric.id, leftOut, maxSeries: metric.maxSeries ?? 0 });
    return leftOut === 0 ? points : points.filter(({ slice }) => limit.keeps(slice));
  }

  async #points(
    metric: MetricDefinition,
    buckets: readonly Bucket[],
    end: Instant,
    isOpen: IsOpen,
  ): Promise<Point[]> {
    const { measure } = metric;
    // Before anything is remembered of it, so that a closed bucket is no series' first.
    const open = (counts: readonly Count[]) =>
      isOpen === null ? counts : counts.filter(({ bucket, slice }) => isOpen(bucket, slice));
    if (measure.kind === 'ratio') {
      // Side by side: while the one is being read here, the engine works at the other.
      const [numerators, counted] = await Promise.all([
        this.#counts(metric, measure.numerator, buckets, end),
        this.#denominators(metric, measure, buckets, end),
      ]);
      const denominators = open(counted);
      const { ignore } = measure.denominator;
      if (ignore.length === 0) return ratePoints(metric, numerators, denominators, buckets);
      return this.#remembering(metric, buckets, (known) =>
        ratePoints(metric, numerators, denominators, buckets, ignore, known),
      );
    }
    if (measure.kind === 'breach') {
      const query = sliceQuery(metric, []);
      const rows = await this.#table.breach(
        { ...measureQuery(metric, query, buckets, end), selector: measure.opened },
        measure.answered,
      );
      const sliceIn = sliceReader(query);
      const read = rows.map((row) => ({ row, at: { bucket: row.bucket, ...sliceIn(row) } }));
      const cases = read.map(({ row, at }) => ({ ...at, count: row.cases, amount: 0, value: row.cases }));
      const breached = read.map(({ row, at }) => ({
        ...at,
        count: row.breached,
        amount: row.breached_amount,
        value: row.breached,
      }));
      return ratePoints(metric, breached, open(cases), buckets);
    }
    const counts = open(await this.#counts(metric, measure.of, buckets, end, measure));
    if (metric.empty === 'absent' || isLevel(measure.kind)) return valuePoints(metric, counts, buckets);
    return this.#remembering(metric, buckets, (known) => valuePoints(metric, counts, buckets, known));
  }

  /** Makes points that depend on which slices there have been before, and remembers the new ones. */
  async #remembering(
    metric: MetricDefinition,
    buckets: readonly Bucket[],
    make: (known: FirstSeen) => Point[],
  ): Promise<Point[]> {
    const start = buckets[0]?.start ?? 0;
    const remembered = await this.#seenBefore(metric, start);
    const { slices } = remembered;
    const points = make(slices);
    for (const { slice, bucketStart } of points)
      if ((slices.get(slice) ?? Number.POSITIVE_INFINITY) > bucketStart) slices.set(slice, bucketStart);
    remembered.until = Math.max(remembered.until, bucketEnd(buckets.at(-1)?.start ?? start, metric));
    return points;
  }

  async #denominators(
    metric: MetricDefinition,
    { denominator, window }: Extract<Measure, { kind: 'ratio' }>,
    buckets: readonly Bucket[],
    end: Instant,
  ): Promise<Count[]> {
    if (window === undefined) return this.#counts(metric, denominator, buckets, end);
    const windows = buckets.map(({ start, seconds }) => windowOf(start + seconds * SECOND, window, metric));
    const { edges, end: last } = cells(windows);
    const counted = await this.#counts(
      metric,
      denominator,
      edges.map((start) => ({ start })),
      last,
    );
    return countsOverWindows(counted, buckets, windows);
  }

  async #counts(
    metric: MetricDefinition,
    selector: EventSelector,
    buckets: readonly Pick<Bucket, 'start'>[],
    end: Instant,
    aggregate: Aggregate = { kind: 'count' },
  ): Promise<Count[]> {
    const query = sliceQuery(metric, selector.ignore);
    const rows = await this.#table.measure({
      ...measureQuery(metric, query, buckets, end),
      selector,
      aggregate,
    });
    const sliceIn = sliceReader(query);
    return rows.map((row) => {
      const { slice, dimensions, values } = sliceIn(row);
      const { bucket, events: count, amount, value } = row;
      return { bucket, slice, dimensions, values, count, amount, value };
    });
  }

  /** What is remembered, with the help of the store where it ends before the instant. */
  async #seenBefore(metric: MetricDefinition, instant: Instant): Promise<Remembered> {
    const known = this.#firstSeen.get(metric.id);
    if (known !== undefined && known.until >= instant) return known;
    const remembered = { slices: await this.#table.firstSeenSlices(metric.id, instant), until: instant };
    this.#firstSeen.set(metric.id, remembered);
    return remembered;
  }
}

function measureQuery(
  metric: MetricDefinition,
  { dimensions, subsets }: SliceQuery,
  buckets: readonly Pick<Bucket, 'start'>[],
  end: Instant,
): Omit<MeasureQuery, 'selector' | 'aggregate'> {
  return { date: metric.date, edges: buckets.map((bucket) => bucket.start), end, dimensions, subsets };
}
