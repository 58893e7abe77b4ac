import type { Annotation } from '../model/annotation.js';
import { type Instant, SECOND } from '../model/clock.js';
import type { EventSelector, Measure, MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Aggregate } from '../store/measure-query.js';
import type { PointTable, StoredPoint } from '../store/point-table.js';
import { type Bucket, type CountedSet, hasZeros, ratePoints, valuePoints } from './assemble.js';
import { bucketEnd } from './buckets.js';
import { KnownSeries } from './known-series.js';
import { countedSet, sliceQuery } from './measure.js';
import { type Restatement, restate } from './restate.js';
import { SeriesLimit, WEIGHED_BACK } from './series-limit.js';
import { type IsOpen, openBuckets } from './trading-calendar.js';
import { cells, countsOverWindows, windowOf } from './windows.js';

/** Told with every making of how many series a metric has had more than it may. */
export type ReportLeftOut = (leftOut: { metric: string; leftOut: number; maxSeries: number }) => void;

/** What making points asks of the store. */
export type PointStore = Pick<
  PointTable,
  'measure' | 'stored' | 'newest' | 'seriesWeights' | 'firstSeenSlices' | 'write'
>;

type Ratio = Extract<Measure, { kind: 'ratio' }>;

/** Chooses which of the points that could be made are kept, knowing those that are stored already. */
type Choose = (
  points: readonly Point[],
  stored: readonly StoredPoint[],
) => readonly Point[] | Promise<readonly Point[]>;

/** Makes points out of the stored events, and makes them again when the events have changed. */
export class PointMaker {
  readonly #table: PointStore;
  readonly #annotations: readonly Annotation[];
  readonly #reportLeftOut: ReportLeftOut;
  /** After every bucket that a metric may have stored points in. */
  readonly #madeUntil = new Map<string, Instant>();
  readonly #limits = new Map<string, SeriesLimit>();
  readonly #known: KnownSeries;

  constructor(
    table: PointStore,
    {
      annotations = [],
      reportLeftOut = () => {},
    }: { annotations?: readonly Annotation[]; reportLeftOut?: ReportLeftOut } = {},
  ) {
    this.#table = table;
    this.#known = new KnownSeries(table);
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
    choose: Choose,
  ): Promise<Restatement> {
    const first = starts[0];
    const last = starts.at(-1);
    if (first === undefined || last === undefined) return { current: [], written: [], removed: [] };
    const end = bucketEnd(last, metric);
    const buckets = starts.map((start, i) => ({ start, seconds: ((starts[i + 1] ?? end) - start) / SECOND }));
    const isOpen = openBuckets(metric, buckets, this.#annotations);
    const made = await this.#points(metric, buckets, end, isOpen);
    const points =
      isOpen === null ? made : made.filter(({ slice, bucketStart }) => isOpen(bucketStart, slice));
    const stored = await this.#storedSince(metric.id, first, end);
    const chosen = await choose(points, stored);
    this.#known.add(metric.id, chosen, end);
    const restatement = restate(chosen, stored);
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
    const weights = points.map((point) => [point.slice, weightOf(point)] as const);
    limit.weigh(weights, bucketEnd(starts.at(-1) ?? 0, metric));
    const kept = points.filter(({ slice }) => limit.keeps(slice));
    const leftOut = kept.length === points.length ? 0 : slicesOf(points).size - slicesOf(kept).size;
    this.#reportLeftOut({ metric: metric.id, leftOut, maxSeries: metric.maxSeries ?? 0 });
    return kept;
  }

  async #points(
    metric: MetricDefinition,
    buckets: readonly Bucket[],
    end: Instant,
    isOpen: IsOpen,
  ): Promise<Point[]> {
    const { measure } = metric;
    const start = buckets[0]?.start ?? 0;
    if (measure.kind === 'ratio' && !isCountedInOneGo(measure)) {
      // Side by side: while the one is being read here, the engine works at the other.
      const [numerators, denominators] = await Promise.all([
        this.#counts(metric, measure.numerator, buckets, end),
        this.#denominators(metric, measure, buckets, end),
      ]);
      const { ignore } = measure.denominator;
      const known = ignore.length === 0 ? undefined : await this.#known.before(metric.id, start);
      return ratePoints(metric, numerators, openOnes(denominators, isOpen), buckets, ignore, known);
    }
    const counted = await this.#counts(metric, countedOver(measure), buckets, end, measure);
    const known = hasZeros(metric) ? await this.#known.before(metric.id, start) : undefined;
    return valuePoints(metric, openOnes(counted, isOpen), buckets, known);
  }

  async #denominators(
    metric: MetricDefinition,
    { denominator, window }: Ratio,
    buckets: readonly Bucket[],
    end: Instant,
  ): Promise<CountedSet[]> {
    if (window === undefined) return this.#counts(metric, denominator, buckets, end);
    const windows = buckets.map(({ start, seconds }) => windowOf(start + seconds * SECOND, window, metric));
    const { edges, end: last } = cells(windows);
    const cellStarts = edges.map((start) => ({ start }));
    return countsOverWindows(await this.#counts(metric, denominator, cellStarts, last), buckets, windows);
  }

  async #counts(
    metric: MetricDefinition,
    selector: EventSelector,
    buckets: readonly Pick<Bucket, 'start'>[],
    end: Instant,
    aggregate: Aggregate = { kind: 'count' },
  ): Promise<CountedSet[]> {
    const slices = sliceQuery(metric, selector.ignore);
    const edges = buckets.map(({ start }) => start);
    const measured = await this.#table.measure({
      ...slices,
      selector,
      aggregate,
      date: metric.date,
      edges,
      end,
    });
    return measured.map((set) => countedSet(slices, set));
  }
}

/** Whether both sides of a ratio are counted in the same buckets and by the same dimensions: in one go. */
function isCountedInOneGo({ numerator, denominator, window }: Ratio): boolean {
  return window === undefined && numerator.ignore.length + denominator.ignore.length === 0;
}

/** The events that a point is over: for a rate those of its denominator. */
function countedOver(measure: Measure): EventSelector {
  if (measure.kind === 'ratio') return measure.denominator;
  return measure.kind === 'breach' ? measure.opened : measure.of;
}

/** What was counted while the shop was open: what a closed bucket has is of no series. */
function openOnes(counted: readonly CountedSet[], isOpen: IsOpen): readonly CountedSet[] {
  if (isOpen === null) return counted;
  return counted.map(({ bucket, dimensions, counts }) => ({
    bucket,
    dimensions,
    counts: counts.filter(({ slice }) => isOpen(bucket, slice)),
  }));
}

/** What a series is large by: its denominator, or what is counted where there is none. */
function weightOf({ denominator, volume, numerator }: Point): number {
  return denominator ?? volume ?? numerator;
}

function slicesOf(points: readonly Point[]): Set<string> {
  return new Set(points.map(({ slice }) => slice));
}
