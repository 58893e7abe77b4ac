import type { Instant } from '../model/clock.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import { SHARED } from './budget.js';
import type { Detector } from './contract.js';
import { type Preparation, prepare } from './preparation.js';
import type { ReportFault } from './series-judge.js';
import { SeriesJudges } from './series-judges.js';

/**
 * What the saved judges of a metric have not been shown. All that had observed something were saved together, in one
 * insert, so the newest of them says how far all are: one that is older is of a series without points since. Unless its
 * own series had come further: then its detector is new, or it could not be saved.
 */
export interface Unseen {
  /** The start of the last bucket that was shown to them; before all time when nothing was. */
  since: Instant;
  /** By slice, the last bucket that all judges of the series have observed, where that is not the last that it has had. */
  behind: ReadonlyMap<string, { known: Instant; last: Instant }>;
}

/** Before all time. */
const NOTHING_SEEN: Instant = Number.NEGATIVE_INFINITY;

/** The judges of all series, each made when its first point comes, from what an earlier process has saved. */
export class JudgeRegistry {
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #reportFault: ReportFault;
  readonly #readsEarlier: boolean;
  readonly #prepared = new Map<string, Preparation>();
  /** By metric and slice. Two steps, because the names put together would be a new text for each point. */
  readonly #judges = new Map<string, Map<string, SeriesJudges>>();
  /** That were last asked for. */
  #last: SeriesJudges | null = null;
  /** What has not been taken up yet, by metric and slice. */
  readonly #saved: Map<string, Map<string, SavedJudge[]>>;

  constructor(options: {
    detectors: readonly Detector[];
    saved: readonly SavedJudge[];
    /** True where judges can go back to earlier states. */
    readsEarlier: boolean;
    reportFault: ReportFault;
  }) {
    this.#detectors = new Map(options.detectors.map((detector) => [detector.name, detector]));
    this.#reportFault = options.reportFault;
    this.#readsEarlier = options.readsEarlier;
    this.#saved = bySeries(options.saved);
  }

  /** Series are mostly asked for in the same order, bucket after bucket, in which no name has to be looked up. */
  of(metric: MetricDefinition, slice: string): SeriesJudges {
    const next = this.#last?.next;
    const isNext = next !== undefined && next !== null && next.slice === slice && next.metric === metric.id;
    const found = isNext ? next : this.#find(metric, slice);
    if (this.#last !== null && !isNext) this.#last.next = found;
    this.#last = found;
    return found;
  }

  #find(metric: MetricDefinition, slice: string): SeriesJudges {
    let bySlice = this.#judges.get(metric.id);
    if (bySlice === undefined) {
      bySlice = new Map();
      this.#judges.set(metric.id, bySlice);
    }
    const known = bySlice.get(slice);
    if (known !== undefined) return known;
    const saved = this.savedOf(metric.id, slice);
    // Once it is in use, the judge knows better; a hundred thousand of them are not to be kept twice.
    this.#saved.get(metric.id)?.delete(slice);
    const judges = new SeriesJudges(
      metric,
      slice,
      this.#preparationOf(metric),
      (detector, slot) => (slot > 0 && !this.#readsEarlier ? undefined : findSaved(saved, detector, slot)),
      this.#reportFault,
    );
    bySlice.set(slice, judges);
    return judges;
  }

  /** Those of a series that has had a point. */
  existing(metric: string, slice: string): SeriesJudges | undefined {
    return this.#judges.get(metric)?.get(slice);
  }

  *byMetric(): Generator<[metric: string, judges: Iterable<SeriesJudges>]> {
    for (const [metric, bySlice] of this.#judges) yield [metric, bySlice.values()];
  }

  /** What was saved under a slice and has not been taken up by {@link of}. */
  savedOf(metric: string, slice: string): readonly SavedJudge[] {
    return this.#saved.get(metric)?.get(slice) ?? [];
  }

  /** What the saved judges of a metric have not been shown; to be asked before its first point is judged. */
  unseen({ id, detect }: MetricDefinition): Unseen {
    const wanted = detect.map(({ use, params }) => ({ use, parameters: JSON.stringify(params) }));
    let since = NOTHING_SEEN;
    const behind = new Map<string, { known: Instant; last: Instant }>();
    for (const [slice, rows] of this.#saved.get(id) ?? []) {
      if (slice === SHARED) continue;
      const newest = rows.filter(({ slot }) => !slot);
      const last = Math.max(NOTHING_SEEN, ...newest.map(({ observedUntil }) => observedUntil));
      const seen = wanted.map(
        ({ use, parameters }) =>
          newest.find((row) => row.detector === use && row.parameters === parameters)?.observedUntil ??
          NOTHING_SEEN,
      );
      const known = Math.min(...seen);
      since = Math.max(since, last);
      if (known < last) behind.set(slice, { known, last });
    }
    return { since, behind };
  }

  #preparationOf(metric: MetricDefinition): Preparation {
    const known = this.#prepared.get(metric.id);
    if (known !== undefined) return known;
    const prepared = prepare(metric, this.#detectors);
    this.#prepared.set(metric.id, prepared);
    return prepared;
  }
}

/** By metric and slice: a series has a few rows; all series together have hundreds of thousands. */
export function bySeries(saved: readonly SavedJudge[]): Map<string, Map<string, SavedJudge[]>> {
  const metrics = new Map<string, Map<string, SavedJudge[]>>();
  for (const row of saved) {
    let slices = metrics.get(row.metric);
    if (slices === undefined) {
      slices = new Map();
      metrics.set(row.metric, slices);
    }
    const rows = slices.get(row.slice);
    if (rows === undefined) slices.set(row.slice, [row]);
    else rows.push(row);
  }
  return metrics;
}

export const findSaved = (
  rows: readonly SavedJudge[],
  detector: string,
  slot: number,
): SavedJudge | undefined => rows.findLast((row) => row.detector === detector && (row.slot ?? 0) === slot);
