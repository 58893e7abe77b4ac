/** What was measured from the end of one bucket to the end of the next. */
export interface Measured {
  /** What the service holds after garbage has been collected, MiB. */
  heap: number;
  /** Resident memory of the service and of the engine, MiB. */
  service: number;
  engine: number;
  /** The median of sending events until they are durable, ms. */
  ingest: number;
  /** The slowest look for work: the one that closes the bucket, ms. */
  tick: number;
  /** Processor time of both processes, ms. */
  work: number;
}

/** A figure in the last half hour, held against the same half of the hour before. */
export interface Comparison {
  figure: keyof Measured;
  before: number;
  after: number;
  /** What `after` may be at most. */
  limit: number;
  holds: boolean;
}

/** What a figure may grow by from hour to hour: a share of itself, and what is noise however small it is. */
const ALLOWED: Readonly<Record<keyof Measured, { share: number; noise: number }>> = {
  heap: { share: 0.1, noise: 4 },
  service: { share: 0.15, noise: 32 },
  // The engine fills its caches, which are bounded but large.
  engine: { share: 0.25, noise: 128 },
  ingest: { share: 0.5, noise: 10 },
  tick: { share: 0.5, noise: 50 },
  work: { share: 0.3, noise: 50 },
};

/** Minutes of a bucket. */
export const BUCKET = 5;
/** Of times the quickest bucket of a stretch counts: merges in the store pass, and what grows is in every bucket. */
const QUICKEST: ReadonlySet<keyof Measured> = new Set(['ingest', 'tick', 'work']);

/** Buckets that are compared, and how far apart the two stretches are. */
const STRETCH = 30 / BUCKET;
const HOUR = 60 / BUCKET;

/**
 * Whether memory stays flat and nothing becomes slower. The last half hour is held against the half hour an hour before
 * it: events lie by the hour in the store, so that a bucket late in an hour is always more work than an
 * early one, and only the same parts of hours can be compared. All before is warm-up. Medians and the quickest, because
 * other work on the machine makes some of them slow and must not decide.
 */
export function judge(buckets: readonly Measured[]): Comparison[] {
  if (buckets.length < HOUR + STRETCH)
    throw new Error(`${buckets.length} buckets are too few: ${HOUR + STRETCH} are compared`);
  const after = buckets.slice(-STRETCH);
  const before = buckets.slice(-STRETCH - HOUR, -HOUR);
  return (Object.keys(ALLOWED) as (keyof Measured)[]).map((figure) => {
    const typical = QUICKEST.has(figure) ? (values: number[]) => Math.min(...values) : median;
    const was = typical(before.map((bucket) => bucket[figure]));
    const is = typical(after.map((bucket) => bucket[figure]));
    const { share, noise } = ALLOWED[figure];
    const limit = Math.max(was * (1 + share), was + noise);
    return { figure, before: was, after: is, limit, holds: is <= limit };
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
