import { type Instant, SECOND, WEEK } from '../../model/clock.js';
import type { Point } from '../../model/point.js';
import type { Direction } from '../../model/verdict.js';
import { type Baseline, learnBaseline } from './baseline.js';
import { type Cell, phaseReader } from './rhythm.js';

/** What a verification needs to read of the past. The end is exclusive: nothing later may be known yet. */
export interface EvidenceRequest {
  metric: string;
  slice: string;
  from: Instant;
  to: Instant;
  /** Whether the slices beside this one are wanted as well. */
  sisters: boolean;
}

/** The history that a verification is measured on. Points are in the order of time. */
export interface Evidence {
  /** The metric's time zone, in which weeks have their hours. */
  timezone: string;
  /** A rate's point over fewer cases says nothing. */
  minDenominator: number;
  own: readonly Point[];
  /** The points of the other slices of the same dimensions. */
  sisters: ReadonlyMap<string, readonly Point[]>;
  /** Episodes of the series, which are no part of what is normal. */
  episodes: readonly { from: Instant; to: Instant }[];
}

/** The moments that divide a series into before, during and after. */
export interface Course {
  direction: Direction;
  /** Start of the first anomalous bucket: what is before it is normal. */
  incidentFrom: Instant;
  /** Start of what the fix is for: the incident, or its relapse. */
  duringFrom: Instant;
  /** When that was noticed. */
  firedAt: Instant;
  fixShippedAt: Instant;
}

/** So much history makes a baseline of hours and days. */
const USUAL_SPAN = 8 * WEEK;
/** Wider buckets need longer to be enough of them; narrower ones are so many that all would be too much to read. */
const LEAST_BUCKETS = 60;
const MOST_BUCKETS = 12_000;
/** Of a long incident its last part is what the fix was held against. */
const LONGEST_DURING = 4 * WEEK;
/** With fewer points after the firing the whole incident is taken. */
const LEAST_DURING = 3;

/** How far back before an incident is looked, in ms, for buckets of a width. */
export function baselineSpan(bucketSeconds: number): number {
  const width = bucketSeconds * SECOND;
  return Math.min(Math.max(USUAL_SPAN, LEAST_BUCKETS * width), MOST_BUCKETS * width);
}

/** True when a rate's point has enough cases to say something. */
export function hasVolume({ denominator }: Point, minDenominator: number): boolean {
  return denominator === null || denominator >= Math.max(1, minDenominator);
}

/** Turns points into cells; those of too little volume are left out. */
export function cellsOf(points: readonly Point[], { timezone, minDenominator }: Evidence): Cell[] {
  const first = points[0];
  if (first === undefined) return [];
  const phaseOf = phaseReader(timezone, first.bucketSeconds);
  return points
    .filter((point) => hasVolume(point, minDenominator))
    .map(({ bucketStart, numerator, denominator }) => ({
      at: bucketStart,
      cases: numerator,
      exposure: denominator ?? 1,
      phase: phaseOf(bucketStart),
    }));
}

/** Learns what was before an incident from the points before it, other episodes left out. */
export function baselineOf(evidence: Evidence, incidentFrom: Instant): Baseline | null {
  const { own, episodes } = evidence;
  const before = own.filter(
    ({ bucketStart }) => bucketStart < incidentFrom && isQuiet(bucketStart, episodes),
  );
  return learnBaseline(cellsOf(before, evidence), isRateSeries(own));
}

/**
 * The points during the incident that the fix is held against: from the firing to the fix. The points that made the
 * alert fire were chosen for being extreme, and whatever is chosen so comes back by itself (regression to the mean;
 * Galton, 1886); they are taken only when there are hardly any others.
 */
export function duringOf<Item extends { at: Instant }>(
  items: readonly Item[],
  { duringFrom, firedAt, fixShippedAt }: Course,
  bucketSeconds: number,
): Item[] {
  const from = Math.max(duringFrom, fixShippedAt - LONGEST_DURING);
  const incident = items.filter(({ at }) => at >= from && at < fixShippedAt);
  const unchosen = incident.filter(({ at }) => at + bucketSeconds * SECOND > firedAt);
  return unchosen.length >= LEAST_DURING ? unchosen : incident;
}

/**
 * The sisters as one series: their cases over the cases that they would have had at their own levels from before, so
 * that a busy sister cannot shift the level by being busier.
 */
export function sistersAsOne(evidence: Evidence, incidentFrom: Instant): { cells: Cell[]; sisters: number } {
  const pooled = new Map<Instant, Cell>();
  let sisters = 0;
  for (const points of evidence.sisters.values()) {
    const cells = cellsOf(points, { ...evidence, minDenominator: 1 });
    const before = cells.filter(({ at }) => at < incidentFrom);
    const level = sum(before, ({ cases }) => cases) / sum(before, ({ exposure }) => exposure);
    if (!(level > 0)) continue;
    sisters += 1;
    for (const { at, cases, exposure, phase } of cells) {
      const known = pooled.get(at) ?? { at, cases: 0, exposure: 0, phase };
      pooled.set(at, { at, cases: known.cases + cases, exposure: known.exposure + exposure * level, phase });
    }
  }
  return { cells: [...pooled.values()].sort((a, b) => a.at - b.at), sisters };
}

/** True for a series of shares. */
function isRateSeries(points: readonly Point[]): boolean {
  return points.some(({ denominator }) => denominator !== null);
}

function isQuiet(at: Instant, episodes: Evidence['episodes']): boolean {
  return !episodes.some(({ from, to }) => at >= from && at < to);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** What was known of the past when it reached only so far. */
export function evidenceUntil(evidence: Evidence, to: Instant): Evidence {
  const cut = (points: readonly Point[]) => points.filter(({ bucketStart }) => bucketStart < to);
  return {
    ...evidence,
    own: cut(evidence.own),
    sisters: new Map([...evidence.sisters].map(([slice, points]) => [slice, cut(points)])),
  };
}
