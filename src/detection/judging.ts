import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { COMBINED, type Verdict } from '../model/verdict.js';
import { ask } from './asking.js';
import { Bench, type ReportFault, type Seat } from './bench.js';
import { SHARED } from './budget.js';
import { type Calendar, effectOf } from './calendar.js';
import { combine } from './combine.js';
import type { Detector, ParentPoint, SeriesPoint } from './contract.js';
import { parentsFirst } from './family.js';
import { type GuardedJudgement, guard, lowVolume } from './guards.js';
import { behind, type Lens } from './lens.js';
import { type Preparation, prepare } from './preparation.js';
import { type JudgedPoint, type SeatedPoint, Settling } from './settling.js';

export type { JudgedPoint, ReportFault };

/** Does the work of one bucket of a metric's; whoever gives it can see how long that took. */
export type During = <Result>(metric: string, work: () => Result) => Result;

/** Runs the judges over the series: one judge for each metric, slice and detector. */
export class Judging {
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #calendar: Calendar;
  readonly #reportFault: ReportFault;
  readonly #during: During;
  readonly #prepared = new Map<string, Preparation>();
  /** By metric and slice. Two steps, because the names put together would be a new text for each point. */
  readonly #benches = new Map<string, Map<string, Bench>>();
  readonly #settling: Settling;
  /** What has not been taken up yet, by metric and slice. */
  readonly #saved: Map<string, Map<string, SavedJudge[]>>;
  readonly #horizon: number;

  constructor(options: {
    detectors: readonly Detector[];
    calendar: Calendar;
    saved: readonly SavedJudge[];
    /** How far back restated points can be judged again, ms of event time; not at all by default. */
    restateHorizon?: number;
    reportFault: ReportFault;
    during?: During | undefined;
  }) {
    this.#detectors = new Map(options.detectors.map((detector) => [detector.name, detector]));
    this.#calendar = options.calendar;
    this.#reportFault = options.reportFault;
    this.#during = options.during ?? ((_metric, work) => work());
    this.#saved = bySeries(options.saved);
    this.#horizon = options.restateHorizon ?? 0;
    this.#settling = new Settling({
      horizon: this.#horizon,
      saved: (metric) => find(this.#saved.get(metric)?.get(SHARED) ?? [], COMBINED, 0),
    });
  }

  /**
   * Judges the points of one bucket of a metric: parents before their children, in which order they are answered.
   *
   * @param isComplete false for a bucket that had begun when the first event came: it is neither judged nor learned from.
   */
  judgeBucket(metric: MetricDefinition, points: readonly Point[], isComplete = true): JudgedPoint[] {
    return this.#during(metric.id, () =>
      this.#settling.settle(metric, this.#judgeAll(metric, points, isComplete), 'now'),
    );
  }

  /**
   * Takes the level that a series has now for what is expected of it from the next point on. False when it is not out
   * of band, or is so for a detector that is held by what configuration says.
   */
  acceptLevel(metric: MetricDefinition, slice: string): boolean {
    const bench = this.#benchOf(metric, slice);
    return bench.accept();
  }

  #judgeAll(metric: MetricDefinition, points: readonly Point[], isComplete = true): SeatedPoint[] {
    const seated: SeatedPoint[] = [];
    for (const point of parentsFirst(points)) {
      const bench = this.#benchOf(metric, point.slice);
      const judged = this.#judge(metric, bench, point, isComplete);
      if (judged !== null) seated.push({ judged, bench });
    }
    return seated;
  }

  /**
   * Judges one point of a series. Points of a series must come in the order of their buckets; a point that its
   * judges have observed before is passed over, so that a point made again is not judged twice. Where some have,
   * because a detector is new to the metric, only the others are asked.
   */
  judge(metric: MetricDefinition, point: Point, isComplete = true): JudgedPoint | null {
    return this.#judge(metric, this.#benchOf(metric, point.slice), point, isComplete);
  }

  #judge(metric: MetricDefinition, bench: Bench, point: Point, isComplete: boolean): JudgedPoint | null {
    const { bucketStart } = point;
    if (bench.hasAllObserved(bucketStart)) return null;
    bench.remember(this.#horizon);
    bench.hasAdvanced = true;

    const annotations = this.#calendar.at(metric, point);
    const effect = effectOf(metric, annotations);
    const unasked = reasonNotToAsk(metric, point, isComplete, effect);
    const seats = bench.seatsBefore(bucketStart);
    // Of the right length at once, because a list that grows takes room for many.
    const verdicts = new Array<Verdict>(seats.length);
    for (let index = 0; index < seats.length; index += 1) {
      const seat = seats[index] as Seat;
      const judgement =
        unasked ?? this.#observe(bench, seat, point, annotations, behind(seat.level, effect as Lens));
      seat.observedUntil = bucketStart;
      verdicts[index] = guard(metric, point, seat.name, judgement);
    }
    return { point, verdicts, combined: combine(metric, point, verdicts) };
  }

  /**
   * Which series can be judged again when the points of these slices have changed from these buckets on, and from
   * which bucket on (exclusive) the points of each must be shown again to {@link judgeAgain}: not those whose change
   * is longer ago than the judges can go back, or is still to come. A slice that holds another goes back as far as
   * that one, because its judges' word is told to the other's.
   */
  canGoBack(
    metric: MetricDefinition,
    since: ReadonlyMap<string, Instant>,
  ): ReadonlyMap<string, { known: Instant }> {
    const back = new Map<string, { known: Instant }>();
    for (const [slice, bucket] of since) {
      const bench = this.#benchOf(metric, slice);
      if (!bench.seats.some((seat) => seat.observedUntil >= bucket)) continue;
      const known = bench.knownBefore(bucket);
      if (known === null) continue;
      const line = this.#lineOf(metric, bench, known);
      if (line === null) continue;
      for (const [each, at] of [[slice, known] as const, ...line])
        back.set(each, { known: Math.min(at, back.get(each)?.known ?? at) });
    }
    return back;
  }

  /** Of the slices that {@link canGoBack} answers those whose earlier states are still in the store. */
  toRead(metric: MetricDefinition, back: ReadonlyMap<string, { known: Instant }>): string[] {
    return [...back]
      .filter(([slice, { known }]) => this.#benchOf(metric, slice).hasToRead(known))
      .map(([slice]) => slice);
  }

  /** Takes in earlier states of a metric's series, as {@link toRead} asks for them. */
  read(metric: MetricDefinition, saved: readonly SavedJudge[]): void {
    for (const [slice, rows] of bySeries(saved).get(metric.id) ?? [])
      this.#benchOf(metric, slice).read((detector, slot) => find(rows, detector, slot));
  }

  /**
   * Judges series again from restated buckets on, as if their points had always been what they are now: the judges
   * go back to what they knew before and observe again, in order, all points since. Answers the judged points from
   * the buckets on; none of the series whose judges cannot go back so far.
   */
  judgeAgain(
    metric: MetricDefinition,
    since: ReadonlyMap<string, Instant>,
    points: readonly Point[],
  ): JudgedPoint[] {
    const until = new Map<string, Instant>();
    for (const [slice, { known }] of this.canGoBack(metric, since)) {
      const bench = this.#benchOf(metric, slice);
      until.set(slice, bench.observedUntil);
      bench.goBackTo(known);
    }
    const seen = points.filter(({ slice, bucketStart }) => bucketStart <= (until.get(slice) ?? -Infinity));
    const again = byBucket(seen).flatMap((bucket) =>
      this.#settling.settle(metric, this.#judgeAll(metric, bucket), 'again'),
    );
    // The last point may be gone; what comes in its place is restated too, and not the next one.
    for (const [slice, end] of until)
      for (const seat of this.#benchOf(metric, slice).seats)
        seat.observedUntil = Math.max(seat.observedUntil, end);
    return again.filter(({ point }) => point.bucketStart >= (since.get(point.slice) ?? Infinity));
  }

  /**
   * The start of the last bucket of a metric that its judges had observed when they were saved; null when one of its
   * detectors has no saved judge that can go on with its parameters, and so has everything to learn. All that have
   * observed something are saved together, so one that is behind is of a series without points since, and holds nobody
   * up. To be asked before the metric's first point is judged.
   */
  observedUntil({ id, detect }: MetricDefinition): Instant | null {
    const wanted = detect.map(({ use, params }) => ({ use, parameters: JSON.stringify(params) }));
    const newest = wanted.map(() => Number.NEGATIVE_INFINITY);
    for (const rows of this.#saved.get(id)?.values() ?? [])
      for (const { slot, detector, parameters, observedUntil } of rows)
        for (const [index, each] of wanted.entries())
          if (!slot && detector === each.use && parameters === each.parameters)
            newest[index] = Math.max(newest[index] as number, observedUntil);
    return newest.length > 0 && newest.every(Number.isFinite) ? Math.min(...newest) : null;
  }

  /** The states of the judges that have observed something since the last call. */
  save(): SavedJudge[] {
    return [...this.saving()];
  }

  /** The same one after another, for whoever does not want all of them at once. Nothing is to be judged meanwhile. */
  *saving(): Generator<SavedJudge> {
    const metrics = new Set<string>();
    for (const [metric, benches] of this.#benches)
      for (const bench of benches.values()) {
        if (!bench.hasAdvanced) continue;
        bench.hasAdvanced = false;
        metrics.add(metric);
        yield* bench.save();
      }
    yield* this.#settling.save(metrics);
  }

  /** How far back all slices go that hold this one; null when one of them cannot go so far. */
  #lineOf(metric: MetricDefinition, bench: Bench, known: Instant): [string, Instant][] | null {
    const line: [string, Instant][] = [];
    let least = known;
    for (let { parent } = bench; parent !== null; ) {
      const holder = this.#benchOf(metric, parent);
      // A slice may have no series of its own, such as one that is left out for being small.
      if (holder.observedUntil > least) {
        const before = holder.knownBefore(least + 1);
        if (before === null) return null;
        line.push([parent, before]);
        least = before;
      }
      parent = holder.parent;
    }
    return line;
  }

  #preparationOf(metric: MetricDefinition): Preparation {
    const known = this.#prepared.get(metric.id);
    if (known !== undefined) return known;
    const prepared = prepare(metric, this.#detectors);
    this.#prepared.set(metric.id, prepared);
    return prepared;
  }

  #benchOf(metric: MetricDefinition, slice: string): Bench {
    let benches = this.#benches.get(metric.id);
    if (benches === undefined) {
      benches = new Map();
      this.#benches.set(metric.id, benches);
    }
    const known = benches.get(slice);
    if (known !== undefined) return known;
    const saved = this.#saved.get(metric.id)?.get(slice) ?? [];
    // Once it is in use, the judge knows better; a hundred thousand of them are not to be kept twice.
    this.#saved.get(metric.id)?.delete(slice);
    const bench = new Bench(
      metric,
      slice,
      this.#preparationOf(metric),
      (detector, slot) => (slot > 0 && this.#horizon === 0 ? undefined : find(saved, detector, slot)),
      this.#reportFault,
    );
    benches.set(slice, bench);
    return bench;
  }

  #observe(
    bench: Bench,
    seat: Seat,
    point: Point,
    annotations: readonly Annotation[],
    lens: Lens,
  ): GuardedJudgement {
    const { bucketStart, value, numerator, denominator } = point;
    const parent = this.#parentOf(bench, seat.name, bucketStart);
    const seen: SeriesPoint = { bucketStart, value, numerator, denominator, annotations };
    if (parent !== undefined) seen.parent = parent;
    return ask(bench, seat, seen, lens);
  }

  #parentOf({ metric, parent }: Bench, detector: string, bucketStart: Instant): ParentPoint | undefined {
    if (parent === null) return undefined;
    const latest = this.#benches.get(metric)?.get(parent)?.latest;
    return latest?.bucketStart === bucketStart ? latest.byDetector.get(detector) : undefined;
  }
}

/** Points that are in the order of time, those of one bucket together. */
export function byBucket(points: readonly Point[]): Point[][] {
  const buckets: Point[][] = [];
  for (const point of points) {
    const last = buckets.at(-1);
    if (last?.[0]?.bucketStart === point.bucketStart) last.push(point);
    else buckets.push([point]);
  }
  return buckets;
}

/** Why no detector is asked for its word on a point; null when they are. */
function reasonNotToAsk(
  metric: MetricDefinition,
  point: Point,
  isComplete: boolean,
  effect: 'hold' | Lens,
): Extract<GuardedJudgement, { status: 'not_evaluable' }> | null {
  if (!isComplete) return { status: 'not_evaluable', reason: 'incomplete' };
  if (effect === 'hold') return { status: 'not_evaluable', reason: 'calendar' };
  return lowVolume(metric, point) ? { status: 'not_evaluable', reason: 'low_volume' } : null;
}

/** A series has a few rows; all series together have hundreds of thousands. */
function bySeries(saved: readonly SavedJudge[]): Map<string, Map<string, SavedJudge[]>> {
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

const find = (rows: readonly SavedJudge[], detector: string, slot: number): SavedJudge | undefined =>
  rows.findLast((row) => row.detector === detector && (row.slot ?? 0) === slot);
