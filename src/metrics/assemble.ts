import type { Instant } from '../model/clock.js';
import { isLevel, type MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { parseSlice, sliceOf } from '../model/slice.js';

/** What was counted for one slice in one bucket. */
export interface Count {
  bucket: Instant;
  slice: string;
  /** The slice's dimensions, in alphabetical order, with their values. */
  dimensions: readonly string[];
  values: readonly string[];
  count: number;
  amount: number;
  /** What the metric's kind makes of the events. */
  value: number;
}

export interface Bucket {
  start: Instant;
  seconds: number;
}

/** The start of the first bucket of each slice that had points; those before the buckets in question count. */
export type FirstSeen = ReadonlyMap<string, Instant>;

const NOBODY: FirstSeen = new Map();

/**
 * Makes the points of every kind that has no denominator. Where the metric says so, a series gets a zero in every
 * bucket without events from its first event on.
 */
export function valuePoints(
  metric: MetricDefinition,
  counts: readonly Count[],
  buckets: readonly Bucket[],
  known: FirstSeen = NOBODY,
): Point[] {
  const points = new PointSet(metric, buckets);
  const level = isLevel(metric.measure.kind);
  const fresh = new Map<string, Instant>();
  const start = buckets[0]?.start ?? 0;
  const isKnown = (slice: string) => (known.get(slice) ?? start) < start;
  for (const { bucket, slice, count, amount, value } of counts) {
    const measured = { value, numerator: value, denominator: null, amount };
    points.put(slice, bucket, level ? { ...measured, volume: count } : measured);
    if (!isKnown(slice)) fresh.set(slice, Math.min(fresh.get(slice) ?? bucket, bucket));
  }
  if (metric.empty === 'absent' || level) return points.inOrder();
  const fillAfter = (slice: string, first: Instant) => {
    for (const bucket of buckets)
      if (bucket.start > first && !points.has(slice, bucket.start))
        points.put(slice, bucket.start, { value: 0, numerator: 0, denominator: null, amount: 0 });
  };
  for (const [slice, first] of known) if (first < start) fillAfter(slice, first);
  for (const [slice, first] of fresh) fillAfter(slice, first);
  return points.inOrder();
}

/**
 * Makes the points of a rate. A slice without a denominator has no point, because nothing over nothing is
 * neither zero nor an incident. Dimensions that the denominator ignores are left out of it: all their values
 * share the same denominator, from the bucket on in which a value was first counted.
 */
export function ratePoints(
  metric: MetricDefinition,
  numerators: readonly Count[],
  denominators: readonly Count[],
  buckets: readonly Bucket[],
  ignored: readonly string[] = [],
  known: FirstSeen = NOBODY,
): Point[] {
  const points = new PointSet(metric, buckets);
  const numeratorOf = new BySlice<Count>();
  for (const count of numerators) numeratorOf.set(count.bucket, count.slice, count);
  const put = (slice: string, bucket: Instant, denominator: number) => {
    const numerator = numeratorOf.get(bucket, slice);
    const cases = numerator?.count ?? 0;
    points.put(slice, bucket, {
      value: cases / denominator,
      numerator: cases,
      denominator,
      amount: numerator?.amount ?? 0,
    });
  };
  const own = new Set(metric.slices.map(namesOf));
  const counted = denominators.filter(({ count }) => count > 0);
  for (const { bucket, slice, dimensions, count } of counted)
    if (own.has(namesOf(dimensions))) put(slice, bucket, count);
  if (ignored.length === 0) return points.inOrder();

  const sharing = sharingSlices(numerators, counted, ignored, buckets[0]?.start ?? 0, known);
  const ignoring = metric.slices.filter((dimensions) => ignored.some((name) => dimensions.includes(name)));
  for (const { bucket, slice, dimensions, count } of counted)
    for (const full of ignoring) {
      if (namesOf(full.filter((name) => !ignored.includes(name))) !== namesOf(dimensions)) continue;
      for (const [sharer, first] of sharing.get(`${slice} ${namesOf(full)}`) ?? [])
        if (first <= bucket) put(sharer, bucket, count);
    }
  return points.inOrder();
}

/**
 * The slices with ignored dimensions that share each denominator, by its slice and their own dimensions, with the
 * bucket from which they are known. A value without a denominator gives no point, and only what has given one is
 * known later.
 */
function sharingSlices(
  numerators: readonly Count[],
  denominators: readonly Count[],
  ignored: readonly string[],
  start: Instant,
  known: FirstSeen,
): Map<string, [slice: string, first: Instant][]> {
  const hasDenominator = new Set(denominators.map(({ bucket, slice }) => `${bucket} ${slice}`));
  const firstSeen = new Map([...known].filter(([, first]) => first < start));
  for (const { bucket, slice, dimensions, values } of numerators)
    if (hasDenominator.has(`${bucket} ${without(dimensions, values, ignored)}`))
      firstSeen.set(slice, Math.min(firstSeen.get(slice) ?? bucket, bucket));
  const sharing = new Map<string, [string, Instant][]>();
  for (const [slice, first] of firstSeen) {
    const labels = parseSlice(slice);
    const dimensions = Object.keys(labels).sort();
    if (!ignored.some((name) => dimensions.includes(name))) continue;
    const values = dimensions.map((name) => labels[name] ?? '');
    const key = `${without(dimensions, values, ignored)} ${namesOf(dimensions)}`;
    const sharers = sharing.get(key);
    if (sharers === undefined) sharing.set(key, [[slice, first]]);
    else sharers.push([slice, first]);
  }
  return sharing;
}

/** The slice that is left when dimensions are taken out of one. */
function without(
  dimensions: readonly string[],
  values: readonly string[],
  ignored: readonly string[],
): string {
  const kept = dimensions.map((name, i) => [name, values[i] ?? ''] as const);
  const left = kept.filter(([name]) => !ignored.includes(name));
  return sliceOf(
    left.map(([name]) => name),
    left.map(([, value]) => value),
  );
}

const namesOf = (dimensions: readonly string[]): string =>
  dimensions.length < 2 ? (dimensions[0] ?? '') : [...dimensions].sort().join();

/** Things by bucket and slice; two maps, because putting a key together for each thing costs more than both. */
class BySlice<Thing> {
  readonly buckets = new Map<Instant, Map<string, Thing>>();

  get(bucket: Instant, slice: string): Thing | undefined {
    return this.buckets.get(bucket)?.get(slice);
  }

  set(bucket: Instant, slice: string, thing: Thing): void {
    const slices = this.buckets.get(bucket);
    if (slices === undefined) this.buckets.set(bucket, new Map([[slice, thing]]));
    else slices.set(slice, thing);
  }
}

type Measured = Pick<Point, 'value' | 'numerator' | 'denominator' | 'amount' | 'volume'>;

/** The points of one metric, one for each slice and bucket. */
class PointSet {
  readonly #metric: string;
  readonly #seconds: ReadonlyMap<Instant, number>;
  readonly #points = new BySlice<Point>();

  constructor(metric: MetricDefinition, buckets: readonly Bucket[]) {
    this.#metric = metric.id;
    this.#seconds = new Map(buckets.map((bucket) => [bucket.start, bucket.seconds]));
  }

  put(slice: string, bucketStart: Instant, measured: Measured): void {
    this.#points.set(bucketStart, slice, {
      metric: this.#metric,
      slice,
      bucketStart,
      bucketSeconds: this.#seconds.get(bucketStart) ?? 0,
      ...measured,
      revision: 1,
    });
  }

  has(slice: string, bucketStart: Instant): boolean {
    return this.#points.get(bucketStart, slice) !== undefined;
  }

  /** By time, then parents before children, then by name. */
  inOrder(): Point[] {
    const ordered: Point[] = [];
    for (const [, slices] of [...this.#points.buckets].sort(([a], [b]) => a - b)) {
      const byDepth: Point[][] = [];
      for (const point of slices.values()) {
        const depth = depthOf(point.slice);
        const same = byDepth[depth];
        if (same === undefined) byDepth[depth] = [point];
        else same.push(point);
      }
      for (const same of byDepth)
        if (same !== undefined)
          for (const point of same.sort((a, b) => (a.slice < b.slice ? -1 : 1))) ordered.push(point);
    }
    return ordered;
  }
}

/** How many dimensions a slice has: names and values hold no `=` of their own. */
function depthOf(slice: string): number {
  let depth = 0;
  for (let at = slice.indexOf('='); at >= 0; at = slice.indexOf('=', at + 1)) depth += 1;
  return depth;
}
