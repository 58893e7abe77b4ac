import type { Annotation } from '../model/annotation.js';
import { type Instant, SECOND } from '../model/clock.js';
import type { EventSelector, Measure, MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Aggregate } from '../store/measure-query.js';
import type { PointTable, StoredPoint } from '../store/point-table.js';
import {
  type Assembled,
  type Bucket,
  type CountedSet,
  hasZeros,
  ratePoints,
  seriesThatGoOn,
  valuePoints,
} from './assemble.js';
import { bucketEnd, firstRun, MOST_MADE_AT_ONCE, runBehind } from './buckets.js';
import { KnownSeries, NEVER } from './known-series.js';
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

/** Chooses of which series the points that could be made are kept, knowing those that are stored already; null for all. */
type Choose = (
  points: readonly Point[],
  stored: readonly StoredPoint[],
) => ((slice: string) => boolean) | null;

/** What was made of some buckets, and of the series that begin elsewhere than they did where that was. */
interface Made extends Restatement {
  moved: ReadonlyMap<string, Instant>;
}

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
    const limit = await this.#limitOf(metric, starts[0] ?? 0);
    const choose = (points: readonly Point[]) => {
      if (limit === null) return null;
      limit.weigh(weightsOf(points), bucketEnd(starts.at(-1) ?? 0, metric));
      const keeps = (slice: string) => limit.keeps(slice);
      this.#report(metric, points, keeps, 'new');
      return keeps;
    };
    return (await this.#restatement(metric, starts, choose)).current;
  }

  /**
   * Makes closed buckets again, those that begin at `touched` (ascending): of the series that they had and of those that are
   * kept now. Where a series then begins in another bucket than before, the buckets between the two are made again as well,
   * because it has zeros in them which it had not, or the other way round. In portions and in the order of time; a portion
   * is stored when it is answered.
   */
  async *remake(
    metric: MetricDefinition,
    touched: readonly Instant[],
    closedUntil: Instant,
  ): AsyncGenerator<Restatement> {
    if (seriesThatGoOn(metric) !== null) await this.#known.before(metric, closedUntil);
    const limit = await this.#limitOf(metric, closedUntil);
    const moved = new Map<string, Instant>();
    let next = 0;
    let run = firstRun(touched, metric);
    while (run.length > 0) {
      const end = bucketEnd(run.at(-1) as Instant, metric);
      const made = await this.#restatement(metric, run, (points, stored) => {
        if (limit === null) return null;
        // What was weighed when its bucket was closed is not weighed again.
        limit.weigh(weightsOf(points.filter(({ slice }) => !limit.knows(slice))), end);
        const before = slicesOf(stored.map(({ point }) => point));
        const keeps = (slice: string) => limit.keeps(slice) || before.has(slice);
        this.#report(metric, points, keeps, 'again');
        return keeps;
      });
      yield made;
      for (const [slice, first] of made.moved) if (!moved.has(slice)) moved.set(slice, first);
      const isBetween = this.#known.differsAt(metric.id, end, moved);
      while ((touched[next] ?? NEVER) < end) next += 1;
      run = isBetween
        ? runBehind(run, closedUntil, metric)
        : firstRun(touched.slice(next, next + MOST_MADE_AT_ONCE), metric);
    }
  }

  async #restatement(metric: MetricDefinition, starts: readonly Instant[], choose: Choose): Promise<Made> {
    const first = starts[0];
    const last = starts.at(-1);
    if (first === undefined || last === undefined)
      return { current: [], written: [], removed: [], moved: new Map() };
    const end = bucketEnd(last, metric);
    const buckets = starts.map((start, i) => ({ start, seconds: ((starts[i + 1] ?? end) - start) / SECOND }));
    const isOpen = openBuckets(metric, buckets, this.#annotations);
    const { points, begun } = await this.#points(metric, buckets, end, isOpen);
    const open =
      isOpen === null ? points : points.filter(({ slice, bucketStart }) => isOpen(bucketStart, slice));
    const stored = await this.#storedSince(metric.id, first, end);
    const keeps = choose(open, stored);
    const chosen = keeps === null ? open : open.filter(({ slice }) => keeps(slice));
    const begins = keeps === null ? begun : new Map([...begun].filter(([slice]) => keeps(slice)));
    const moved = this.#known.settle(metric.id, first, end, begins);
    const restatement = restate(chosen, stored);
    await this.#table.write(restatement.written, restatement.removed);
    return { ...restatement, moved };
  }

  /** The stored points of buckets; buckets that come for the first time need no asking. */
  async #storedSince(metric: string, from: Instant, to: Instant): Promise<StoredPoint[]> {
    const madeUntil = this.#madeUntil.get(metric) ?? (await this.#table.newest(metric)) + 1;
    this.#madeUntil.set(metric, Math.max(madeUntil, to));
    return from >= madeUntil ? [] : this.#table.stored(metric, from, to);
  }

  /** What the stored points say of the series' weights, the first time that it is asked; null without a bound. */
  async #limitOf({ id, maxSeries }: MetricDefinition, now: Instant): Promise<SeriesLimit | null> {
    if (maxSeries === undefined) return null;
    const known = this.#limits.get(id);
    if (known !== undefined) return known;
    const weights = await this.#table.seriesWeights(id, now - WEIGHED_BACK);
    const limit = new SeriesLimit(maxSeries, weights, now);
    this.#limits.set(id, limit);
    return limit;
  }

  /** Says how many series are left out: of new buckets always, of those made again where there are any. */
  #report(
    metric: MetricDefinition,
    points: readonly Point[],
    keeps: (slice: string) => boolean,
    made: 'new' | 'again',
  ): void {
    let leftOut = 0;
    for (const slice of slicesOf(points)) if (!keeps(slice)) leftOut += 1;
    if (made === 'again' && leftOut === 0) return;
    this.#reportLeftOut({ metric: metric.id, leftOut, maxSeries: metric.maxSeries ?? 0 });
  }

  async #points(
    metric: MetricDefinition,
    buckets: readonly Bucket[],
    end: Instant,
    isOpen: IsOpen,
  ): Promise<Assembled> {
    const { measure } = metric;
    const start = buckets[0]?.start ?? 0;
    if (measure.kind === 'ratio' && !isCountedInOneGo(measure)) {
      // Side by side: while the one is being read here, the engine works at the other.
      const [numerators, denominators] = await Promise.all([
        this.#counts(metric, measure.numerator, buckets, end),
        this.#denominators(metric, measure, buckets, end),
      ]);
      const { ignore } = measure.denominator;
      const known = ignore.length === 0 ? undefined : await this.#known.before(metric, start);
      return ratePoints(metric, numerators, openOnes(denominators, isOpen), buckets, ignore, known);
    }
    const counted = await this.#counts(metric, countedOver(measure), buckets, end, measure);
    const known = hasZeros(metric) ? await this.#known.before(metric, start) : undefined;
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

function weightsOf(points: readonly Point[]): (readonly [slice: string, weight: number])[] {
  return points.map((point) => [point.slice, weightOf(point)] as const);
}

function slicesOf(points: readonly Point[]): Set<string> {
  return new Set(points.map(({ slice }) => slice));
}
