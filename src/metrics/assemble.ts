import type { Instant } from '../model/clock.js';
import { isLevel, isRate, type MetricDefinition, type MetricKind } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { formatSlice, parseSlice } from '../model/slice.js';

/** What was counted for one slice. */
export interface Count {
  slice: string;
  count: number;
  amount: number;
  /** What the metric's kind makes of the events. */
  value: number;
}

/** What was counted in one bucket for the slices of one set of dimensions, which are in alphabetical order. */
export interface CountedSet {
  bucket: Instant;
  dimensions: readonly string[];
  counts: readonly Count[];
}

export interface Bucket {
  start: Instant;
  seconds: number;
}

/** The start of the first bucket of each slice that had points; those before the buckets in question count. */
export type FirstSeen = ReadonlyMap<string, Instant>;

const NOBODY: FirstSeen = new Map();

/** The points of some buckets, and of the series that go on without events the first bucket of each that begins in them. */
export interface Assembled {
  points: Point[];
  begun: FirstSeen;
}

/** True when a series of the metric has a zero in every bucket without events from its first event on. */
export function hasZeros({ empty, measure: { kind } }: MetricDefinition): boolean {
  return empty === 'zero' && !isLevel(kind) && !isRate(kind);
}

/**
 * Says of which series of a metric the first bucket matters, because they have points in later buckets without an event of
 * their own: zeros, or shares of a denominator that ignores their dimensions. Null where it is none.
 */
export function seriesThatGoOn(metric: MetricDefinition): ((slice: string) => boolean) | null {
  if (hasZeros(metric)) return () => true;
  const { measure } = metric;
  if (measure.kind !== 'ratio' || measure.denominator.ignore.length === 0) return null;
  const { ignore } = measure.denominator;
  return (slice) => Object.keys(parseSlice(slice)).some((name) => ignore.includes(name));
}

/** Makes points of what is counted in one go: of every kind but ratios whose sides are counted apart. */
export function valuePoints(
  metric: MetricDefinition,
  counted: readonly CountedSet[],
  buckets: readonly Bucket[],
  known: FirstSeen = NOBODY,
): Assembled {
  const points = new PointList(metric, buckets);
  for (const { bucket, counts } of counted)
    for (const count of counts) points.add(count.slice, bucket, measured(metric.measure.kind, count));
  const begun = hasZeros(metric) ? addZeros(points, buckets, known) : NOBODY;
  return { points: points.inOrder(), begun };
}

function measured(kind: MetricKind, { count, amount, value }: Count): Measured {
  if (isRate(kind)) return { value: value / count, numerator: value, denominator: count, amount };
  const counted = { value, numerator: value, denominator: null, amount };
  return isLevel(kind) ? { ...counted, volume: count } : counted;
}

/** Answers which series begin in these buckets, and in which. */
function addZeros(points: PointList, buckets: readonly Bucket[], known: FirstSeen): FirstSeen {
  const since = buckets[0]?.start ?? 0;
  const begun = new Map<string, Instant>();
  const lastSeen = new Map<string, Instant>();
  for (const [slice, first] of known) if (first < since) lastSeen.set(slice, first);
  for (const { start } of buckets) {
    for (const { slice } of points.in(start)) {
      if (!lastSeen.has(slice)) begun.set(slice, start);
      lastSeen.set(slice, start);
    }
    for (const [slice, seen] of lastSeen)
      if (seen < start) points.add(slice, start, { value: 0, numerator: 0, denominator: null, amount: 0 });
  }
  return begun;
}

/**
 * Makes the points of a ratio whose sides are counted apart. A slice without a denominator has no point, because nothing over nothing is
 * neither zero nor an incident. Dimensions that the denominator ignores are left out of it: all their values
 * share the same denominator, from the bucket on in which a value was first counted.
 */
export function ratePoints(
  metric: MetricDefinition,
  numerators: readonly CountedSet[],
  denominators: readonly CountedSet[],
  buckets: readonly Bucket[],
  ignored: readonly string[] = [],
  known: FirstSeen = NOBODY,
): Assembled {
  const points = new PointList(metric, buckets);
  const numeratorOf = new Map(buckets.map(({ start }) => [start, new Map<string, Count>()]));
  for (const { bucket, counts } of numerators)
    for (const count of counts) numeratorOf.get(bucket)?.set(count.slice, count);
  const add = (slice: string, bucket: Instant, denominator: number) => {
    const { count: numerator, amount } = numeratorOf.get(bucket)?.get(slice) ?? NONE;
    points.add(slice, bucket, { value: numerator / denominator, numerator, denominator, amount });
  };
  const own = new Set(metric.slices.map(namesOf));
  for (const { bucket, dimensions, counts } of denominators)
    if (own.has(namesOf(dimensions))) for (const { slice, count } of counts) add(slice, bucket, count);
  if (ignored.length === 0) return { points: points.inOrder(), begun: NOBODY };

  const since = buckets[0]?.start ?? 0;
  const firstSeen = firstShares(numerators, denominators, ignored, since, known);
  const sharing = sharingSlices(firstSeen, ignored);
  const ignoring = metric.slices.filter((dimensions) => ignored.some((name) => dimensions.includes(name)));
  for (const { bucket, dimensions, counts } of denominators)
    for (const full of ignoring) {
      if (namesOf(full.filter((name) => !ignored.includes(name))) !== namesOf(dimensions)) continue;
      for (const { slice, count } of counts)
        for (const [sharer, first] of sharing.get(`${slice} ${namesOf(full)}`) ?? [])
          if (first <= bucket) add(sharer, bucket, count);
    }
  const begun = new Map([...firstSeen].filter(([, first]) => first >= since));
  return { points: points.inOrder(), begun };
}

const NONE: Pick<Count, 'count' | 'amount'> = { count: 0, amount: 0 };

/**
 * The bucket from which each slice with ignored dimensions is known. A value without a denominator gives no point, and only
 * what has given one is known later.
 */
function firstShares(
  numerators: readonly CountedSet[],
  denominators: readonly CountedSet[],
  ignored: readonly string[],
  since: Instant,
  known: FirstSeen,
): FirstSeen {
  const counted = new Set<string>();
  for (const { bucket, counts } of denominators)
    for (const { slice } of counts) counted.add(`${bucket} ${slice}`);
  const firstSeen = new Map([...known].filter(([, first]) => first < since));
  for (const { bucket, dimensions, counts } of numerators) {
    if (!ignored.some((name) => dimensions.includes(name))) continue;
    for (const { slice } of counts)
      if (counted.has(`${bucket} ${sharedSlice(slice, ignored)}`))
        firstSeen.set(slice, Math.min(firstSeen.get(slice) ?? bucket, bucket));
  }
  return firstSeen;
}

/** The slices that share each denominator, by its slice and their own dimensions, with the bucket from which they are known. */
function sharingSlices(
  firstSeen: FirstSeen,
  ignored: readonly string[],
): Map<string, [slice: string, first: Instant][]> {
  const sharing = new Map<string, [string, Instant][]>();
  for (const [slice, first] of firstSeen) {
    const key = `${sharedSlice(slice, ignored)} ${namesOf(Object.keys(parseSlice(slice)))}`;
    const sharers = sharing.get(key);
    if (sharers === undefined) sharing.set(key, [[slice, first]]);
    else sharers.push([slice, first]);
  }
  return sharing;
}

/** The slice that is left when the ignored dimensions are taken out of one. */
function sharedSlice(slice: string, ignored: readonly string[]): string {
  const labels = Object.entries(parseSlice(slice));
  return formatSlice(Object.fromEntries(labels.filter(([name]) => !ignored.includes(name))));
}

const namesOf = (dimensions: readonly string[]): string => [...dimensions].sort().join();

type Measured = Pick<Point, 'value' | 'numerator' | 'denominator' | 'amount' | 'volume'>;

/** The points of one metric, as they are made: one for each slice and bucket. */
class PointList {
  readonly #metric: string;
  readonly #buckets: ReadonlyMap<Instant, { seconds: number; points: Point[] }>;

  constructor({ id }: MetricDefinition, buckets: readonly Bucket[]) {
    this.#metric = id;
    this.#buckets = new Map(buckets.map(({ start, seconds }) => [start, { seconds, points: [] }]));
  }

  in(bucketStart: Instant): readonly Point[] {
    return this.#buckets.get(bucketStart)?.points ?? [];
  }

  add(slice: string, bucketStart: Instant, measured: Measured): void {
    const bucket = this.#buckets.get(bucketStart);
    bucket?.points.push({
      metric: this.#metric,
      slice,
      bucketStart,
      bucketSeconds: bucket.seconds,
      ...measured,
      revision: 1,
    });
  }

  /** By time, then parents before children, then by name. */
  inOrder(): Point[] {
    const ordered: Point[] = [];
    for (const { points } of this.#buckets.values()) {
      const byDepth: Point[][] = [];
      for (const point of points) {
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
