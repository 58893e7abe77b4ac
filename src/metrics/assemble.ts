import type { Instant } from '../model/clock.js';
import { isLevel, type MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { formatSlice, parseSlice, type SliceLabels } from '../model/slice.js';

/** What was counted for one slice in one bucket. */
export interface Count {
  bucket: Instant;
  labels: SliceLabels;
  count: number;
  amount: number;
  /** What the metric's kind makes of the events. */
  value: number;
}

export interface Bucket {
  start: Instant;
  seconds: number;
}

/** The start of the first bucket of each slice that had points before the buckets in question. */
export type FirstSeen = ReadonlyMap<string, Instant>;

/**
 * Makes the points of every kind that has no denominator. Where the metric says so, a series gets a zero in every bucket without
 * events from its first event on.
 */
export function valuePoints(
  metric: MetricDefinition,
  counts: readonly Count[],
  buckets: readonly Bucket[],
  known: FirstSeen,
): Point[] {
  const points = new PointSet(metric, buckets);
  const firstSeen = new Map(known);
  const level = isLevel(metric.measure.kind);
  for (const { bucket, labels, count, amount, value } of counts) {
    const slice = formatSlice(labels);
    const volume = level ? { volume: count } : {};
    points.put(slice, bucket, { value, numerator: value, denominator: null, amount, ...volume });
    firstSeen.set(slice, Math.min(firstSeen.get(slice) ?? bucket, bucket));
  }
  if (metric.empty === 'zero' && !level)
    for (const [slice, first] of firstSeen)
      for (const { start } of buckets)
        if (start > first)
          points.putIfAbsent(slice, start, { value: 0, numerator: 0, denominator: null, amount: 0 });
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
  ignored: readonly string[],
  known: FirstSeen,
): Point[] {
  const points = new PointSet(metric, buckets);
  const numeratorOf = new Map<string, Count>();
  const firstSeen = new Map(known);
  const counted = new Set(
    denominators
      .filter(({ count }) => count > 0)
      .map(({ bucket, labels }) => `${bucket} ${formatSlice(labels)}`),
  );
  for (const count of numerators) {
    const slice = formatSlice(count.labels);
    numeratorOf.set(`${count.bucket} ${slice}`, count);
    // A value without a denominator gives no point, and only what has given one is known later.
    if (counted.has(`${count.bucket} ${formatSlice(without(count.labels, ignored))}`))
      firstSeen.set(slice, Math.min(firstSeen.get(slice) ?? count.bucket, count.bucket));
  }
  const put = (labels: SliceLabels, bucket: Instant, denominator: number) => {
    const slice = formatSlice(labels);
    const numerator = numeratorOf.get(`${bucket} ${slice}`);
    const cases = numerator?.count ?? 0;
    points.put(slice, bucket, {
      value: cases / denominator,
      numerator: cases,
      denominator,
      amount: numerator?.amount ?? 0,
    });
  };

  const sharing = new Map<string, { labels: SliceLabels; first: Instant }[]>();
  for (const [slice, first] of firstSeen) {
    const labels = parseSlice(slice);
    if (!ignored.some((name) => name in labels)) continue;
    const key = `${formatSlice(without(labels, ignored))} ${Object.keys(labels).sort().join()}`;
    sharing.set(key, [...(sharing.get(key) ?? []), { labels, first }]);
  }
  const ignoringSlices = metric.slices.filter((dimensions) =>
    ignored.some((name) => dimensions.includes(name)),
  );

  for (const { bucket, labels, count } of denominators) {
    if (count <= 0) continue;
    const own = formatSlice(labels);
    if (metric.slices.some((dimensions) => sameNames(dimensions, labels))) put(labels, bucket, count);
    for (const dimensions of ignoringSlices) {
      const kept = dimensions.filter((name) => !ignored.includes(name));
      if (!sameNames(kept, labels)) continue;
      for (const { labels: full, first } of sharing.get(`${own} ${[...dimensions].sort().join()}`) ?? [])
        if (first <= bucket) put(full, bucket, count);
    }
  }
  return points.inOrder();
}

function without(labels: SliceLabels, names: readonly string[]): SliceLabels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

function sameNames(dimensions: readonly string[], labels: SliceLabels): boolean {
  return dimensions.length === Object.keys(labels).length && dimensions.every((name) => name in labels);
}

type Measured = Pick<Point, 'value' | 'numerator' | 'denominator' | 'amount' | 'volume'>;

/** The points of one metric, one for each slice and bucket. */
class PointSet {
  readonly #metric: MetricDefinition;
  readonly #seconds: ReadonlyMap<Instant, number>;
  readonly #points = new Map<string, Point>();

  constructor(metric: MetricDefinition, buckets: readonly Bucket[]) {
    this.#metric = metric;
    this.#seconds = new Map(buckets.map((bucket) => [bucket.start, bucket.seconds]));
  }

  put(slice: string, bucketStart: Instant, measured: Measured): void {
    this.#points.set(`${bucketStart} ${slice}`, {
      metric: this.#metric.id,
      slice,
      bucketStart,
      bucketSeconds: this.#seconds.get(bucketStart) ?? 0,
      ...measured,
      revision: 1,
    });
  }

  putIfAbsent(slice: string, bucketStart: Instant, measured: Measured): void {
    if (!this.#points.has(`${bucketStart} ${slice}`)) this.put(slice, bucketStart, measured);
  }

  /** By time, then parents before children, then by name. */
  inOrder(): Point[] {
    const depth = (slice: string) => Object.keys(parseSlice(slice)).length;
    const depths = new Map<string, number>();
    for (const { slice } of this.#points.values()) if (!depths.has(slice)) depths.set(slice, depth(slice));
    return [...this.#points.values()].sort(
      (a, b) =>
        a.bucketStart - b.bucketStart ||
        (depths.get(a.slice) ?? 0) - (depths.get(b.slice) ?? 0) ||
        (a.slice < b.slice ? -1 : a.slice > b.slice ? 1 : 0),
    );
  }
}
