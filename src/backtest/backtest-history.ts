import { bucketEnd, bucketStart, bucketStarts } from '../metrics/buckets.js';
import { PointMaker, type PointStore } from '../metrics/point-maker.js';
import { restate } from '../metrics/restate.js';
import type { Annotation } from '../model/annotation.js';
import { type Instant, WEEK } from '../model/clock.js';
import { LATEST } from '../model/event-schema.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { parseSlice } from '../model/slice.js';
import { EventLog } from '../store/event-log.js';
import { PointTable } from '../store/point-table.js';
import type { Store } from '../store/store.js';

/** The buckets that are made again to see whether the stored points say the same: some, and at the end a week of them. */
const SAMPLE_BUCKETS = 24;
const SAMPLE_TIME = WEEK;

/** Where a metric's points come from. */
interface Plan {
  /** The metric with the sets of dimensions whose stored points are what its definition gives now; null for none. */
  stored: MetricDefinition | null;
  /** The metric with the other sets; null for none. */
  lacking: MetricDefinition | null;
  /** First and last bucket of what is stored. */
  span: Span;
  /** One for each stretch of buckets that is made: a maker remembers which slices there were before. */
  makers: Record<'lacking' | 'before' | 'after', PointMaker>;
}

/** What a run asks of history. */
export type PointHistory = Pick<BacktestHistory, 'eventSpan' | 'make' | 'originOf'>;

/** The first and the last of something. */
interface Span {
  first: Instant;
  last: Instant;
}

/** How a metric's points came to be, for whoever wants to know what a run was over. */
export interface Origin {
  read: number;
  made: number;
}

/**
 * The points of stored history, for runs that leave no trace. What is stored is read. What the configuration newly
 * asks for (a metric, a set of dimensions, or another definition of either) is made in memory from the events by the
 * service's own maker. Whether stored points are of the definition as it is now is seen by making a sample of their
 * buckets again, some in the middle of their time and a week at its end.
 */
export class BacktestHistory {
  readonly #table: PointTable;
  readonly #events: EventLog;
  readonly #annotations: readonly Annotation[];
  readonly #remake: boolean;
  readonly #plans = new Map<string, Promise<Plan>>();
  readonly #origins = new Map<string, Origin>();
  #span: Promise<Span | null> | null = null;

  /** `remake` makes every point from the events, whatever is stored. */
  constructor(store: Store, annotations: readonly Annotation[], { remake = false } = {}) {
    this.#table = new PointTable(store);
    this.#events = new EventLog(store);
    this.#annotations = annotations;
    this.#remake = remake;
  }

  /** The first and the last event; null when there is none. */
  eventSpan(): Promise<Span | null> {
    this.#span ??= this.#events.span().then((spans) =>
      spans.length === 0
        ? null
        : {
            first: Math.min(...spans.map(({ first }) => first)),
            last: Math.max(...spans.map(({ last }) => last)),
          },
    );
    return this.#span;
  }

  /** The first and the last bucket of a metric's stored points; null when it has none. */
  async storedSpan({ id }: MetricDefinition): Promise<Span | null> {
    const seen = await this.#table.firstSeenSlices(id, LATEST);
    if (seen.size === 0) return null;
    let first = Number.POSITIVE_INFINITY;
    for (const start of seen.values()) first = Math.min(first, start);
    return { first, last: await this.#table.newest(id) };
  }

  originOf(metric: string): Origin {
    return this.#origins.get(metric) ?? { read: 0, made: 0 };
  }

  /** The points of buckets, in the order in which the service makes them. Buckets come once each, ascending. */
  async make(metric: MetricDefinition, starts: readonly Instant[]): Promise<Point[]> {
    let plan = this.#plans.get(metric.id);
    if (plan === undefined) {
      plan = this.#planOf(metric);
      this.#plans.set(metric.id, plan);
    }
    const { stored, lacking, span, makers } = await plan;
    const between = starts.filter((start) => start >= span.first && start <= span.last);
    const read = stored === null ? [] : await this.#read(stored, between);
    const made = [
      ...(await madeBy(makers.lacking, lacking, starts)),
      ...(await madeBy(
        makers.before,
        stored,
        starts.filter((start) => start < span.first),
      )),
      ...(await madeBy(
        makers.after,
        stored,
        starts.filter((start) => start > span.last),
      )),
    ];
    const origin = this.originOf(metric.id);
    this.#origins.set(metric.id, { read: origin.read + read.length, made: origin.made + made.length });
    return inOrder([...read, ...made]);
  }

  /** The stored points of the metric's own sets of dimensions. */
  async #read(metric: MetricDefinition, starts: readonly Instant[]): Promise<Point[]> {
    const [first] = starts;
    if (first === undefined) return [];
    const own = new Set(metric.slices.map(namesOf));
    const points = await this.#table.between(metric.id, first, bucketEnd(starts.at(-1) ?? first, metric));
    return points.filter(({ slice }) => own.has(dimensionsOf(slice)));
  }

  async #planOf(metric: MetricDefinition): Promise<Plan> {
    const [known, events] = await Promise.all([this.storedSpan(metric), this.eventSpan()]);
    const span = known ?? { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    const changed =
      known === null || this.#remake
        ? new Set(metric.slices.map(namesOf))
        : await this.#changed(metric, {
            first: Math.max(span.first, events?.first ?? Number.POSITIVE_INFINITY),
            last: Math.min(span.last, events?.last ?? Number.NEGATIVE_INFINITY),
          });
    return {
      stored: restricted(metric, (names) => !changed.has(names)),
      lacking: restricted(metric, (names) => changed.has(names)),
      span,
      makers: {
        lacking: this.#maker('nothing'),
        before: this.#maker('nothing'),
        after: this.#maker('the store'),
      },
    };
  }

  /** The sets of dimensions whose stored points are not what making them again gives. */
  async #changed(metric: MetricDefinition, span: Span): Promise<Set<string>> {
    const changed = new Set<string>();
    if (span.first > span.last) return changed;
    // The first bucket may be one whose events have been cleared away in part.
    const first = Math.min(
      bucketEnd(bucketStart(span.first, metric), metric),
      bucketStart(span.last, metric),
    );
    const from = (instant: Instant) => Math.max(first, bucketStart(instant, metric));
    const middle = bucketStarts(from((span.first + span.last) / 2), span.last + 1, metric);
    const end = bucketStarts(from(span.last - SAMPLE_TIME), span.last + 1, metric);
    for (const starts of [middle.slice(0, SAMPLE_BUCKETS), end]) {
      const made = await madeBy(this.#maker('the store'), metric, starts);
      const stored = (await this.#read(metric, starts)).map((point) => ({ point, isDeleted: false }));
      const { written, removed } = restate(made, stored);
      for (const { slice } of [...written, ...removed]) changed.add(dimensionsOf(slice));
    }
    return changed;
  }

  /** A maker that stores nothing. What it knows of earlier buckets is nothing, or what is stored. */
  #maker(knows: 'nothing' | 'the store'): PointMaker {
    const table = this.#table;
    const stores: PointStore = {
      measure: (query) => table.measure(query),
      firstSeenSlices: async (metric, before) =>
        knows === 'nothing' ? new Map() : table.firstSeenSlices(metric, before),
      seriesWeights: async (metric, from) =>
        knows === 'nothing' ? new Map() : table.seriesWeights(metric, from),
      newest: async () => -1,
      stored: async () => [],
      write: async () => {},
    };
    return new PointMaker(stores, { annotations: this.#annotations });
  }
}

async function madeBy(
  maker: PointMaker,
  metric: MetricDefinition | null,
  starts: readonly Instant[],
): Promise<Point[]> {
  return metric === null || starts.length === 0 ? [] : maker.make(metric, starts);
}

/** The metric with some of its sets of dimensions; null when none is left. */
function restricted(metric: MetricDefinition, keep: (names: string) => boolean): MetricDefinition | null {
  const slices = metric.slices.filter((dimensions) => keep(namesOf(dimensions)));
  return slices.length === 0 ? null : { ...metric, slices };
}

const namesOf = (dimensions: readonly string[]): string => [...dimensions].sort().join();

const dimensionsOf = (slice: string): string => namesOf(Object.keys(parseSlice(slice)));

/** By time, then parents before children, then by name: as the maker answers. */
function inOrder(points: readonly Point[]): Point[] {
  const depths = new Map<string, number>();
  const depthOf = (slice: string): number => {
    const known = depths.get(slice);
    if (known !== undefined) return known;
    const depth = slice.split('=').length - 1;
    depths.set(slice, depth);
    return depth;
  };
  return [...points].sort(
    (a, b) =>
      a.bucketStart - b.bucketStart ||
      depthOf(a.slice) - depthOf(b.slice) ||
      (a.slice < b.slice ? -1 : a.slice > b.slice ? 1 : 0),
  );
}
