import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { COMBINED } from '../model/verdict.js';
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
import { type JudgedPoint, Settling } from './settling.js';

export type { JudgedPoint, ReportFault };

/** Runs the judges over the series: one judge for each metric, slice and detector. */
export class Judging {
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #calendar: Calendar;
  readonly #reportFault: ReportFault;
  readonly #prepared = new Map<string, Preparation>();
  readonly #benches = new Map<string, Bench>();
  readonly #settling: Settling;
  readonly #saved = new Map<string, SavedJudge>();
  readonly #advanced = new Set<Bench>();
  readonly #horizon: number;

  constructor(options: {
    detectors: readonly Detector[];
    calendar: Calendar;
    saved: readonly SavedJudge[];
    /** How far back restated points can be judged again, ms of event time; not at all by default. */
    restateHorizon?: number;
    reportFault: ReportFault;
  }) {
    this.#detectors = new Map(options.detectors.map((detector) => [detector.name, detector]));
    this.#calendar = options.calendar;
    this.#reportFault = options.reportFault;
    for (const saved of options.saved)
      this.#saved.set(seatKey(saved.metric, saved.slice, saved.detector, saved.slot), saved);
    this.#horizon = options.restateHorizon ?? 0;
    this.#settling = new Settling({
      horizon: this.#horizon,
      saved: (metric) => this.#saved.get(seatKey(metric, SHARED, COMBINED)),
      benchOf: (metric, slice) => this.#benchOf(metric, slice),
    });
  }

  /**
   * Judges the points of one bucket of a metric: parents before their children, in which order they are answered.
   *
   * @param isComplete false for a bucket that had begun when the first event came: it is neither judged nor learned from.
   */
  judgeBucket(metric: MetricDefinition, points: readonly Point[], isComplete = true): JudgedPoint[] {
    return this.#settling.settle(metric, this.#judgeAll(metric, points, isComplete), 'now');
  }

  /**
   * Takes the level that a series has now for what is expected of it from the next point on. False when it is not out
   * of band, or is so for a detector that is held by what configuration says.
   */
  acceptLevel(metric: MetricDefinition, slice: string): boolean {
    const bench = this.#benchOf(metric, slice);
    if (!bench.accept()) return false;
    this.#advanced.add(bench);
    return true;
  }

  #judgeAll(metric: MetricDefinition, points: readonly Point[], isComplete = true): JudgedPoint[] {
    return parentsFirst(points)
      .map((point) => this.judge(metric, point, isComplete))
      .filter((judged) => judged !== null);
  }

  /**
   * Judges one point of a series. Points of a series must come in the order of their buckets; a point that its
   * judges have observed before is passed over, so that a point made again is not judged twice. Where some have,
   * because a detector is new to the metric, only the others are asked.
   */
  judge(metric: MetricDefinition, point: Point, isComplete = true): JudgedPoint | null {
    const bench = this.#benchOf(metric, point.slice);
    const seats = bench.seats.filter((seat) => seat.observedUntil < point.bucketStart);
    if (seats.length === 0 && bench.seats.length > 0) return null;
    bench.remember(this.#horizon);
    this.#advanced.add(bench);

    const annotations = this.#calendar.at(metric, point);
    const effect = effectOf(metric, annotations);
    const verdicts = seats.map((seat) => {
      const judgement: GuardedJudgement = !isComplete
        ? { status: 'not_evaluable', reason: 'incomplete' }
        : effect === 'hold'
          ? { status: 'not_evaluable', reason: 'calendar' }
          : lowVolume(metric, point)
            ? { status: 'not_evaluable', reason: 'low_volume' }
            : this.#observe(bench, seat, point, annotations, behind(seat.level, effect));
      seat.observedUntil = point.bucketStart;
      return guard(metric, point, seat.name, judgement);
    });
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
    const rows = new Map(saved.map((row) => [seatKey(row.metric, row.slice, row.detector, row.slot), row]));
    for (const slice of new Set(saved.map((row) => row.slice)))
      this.#benchOf(metric, slice).read((detector, slot) =>
        rows.get(seatKey(metric.id, slice, detector, slot)),
      );
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
   * The start of the last bucket that all judges of a metric have observed; null when one of its detectors has no
   * saved judge that can go on with its parameters, and so has everything to learn. To be asked before the metric's
   * first point is judged.
   */
  observedUntil({ id, detect }: MetricDefinition): Instant | null {
    let least: Instant | null = null;
    for (const { use, params } of detect) {
      const parameters = JSON.stringify(params);
      const saved = [...this.#saved.values()].filter(
        (judge) =>
          !judge.slot && judge.metric === id && judge.detector === use && judge.parameters === parameters,
      );
      if (saved.length === 0) return null;
      for (const { observedUntil } of saved) least = Math.min(least ?? observedUntil, observedUntil);
    }
    return least;
  }

  /** The states of the judges that have observed something since the last call. */
  save(): SavedJudge[] {
    const metrics = new Set([...this.#advanced].map(({ metric }) => metric));
    const saved = [...this.#advanced].flatMap((bench) => bench.save());
    this.#advanced.clear();
    return [...saved, ...this.#settling.save(metrics)];
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
    const key = `${metric.id} ${slice}`;
    const known = this.#benches.get(key);
    if (known !== undefined) return known;
    const bench = new Bench(
      metric,
      slice,
      this.#preparationOf(metric),
      (detector, slot) => {
        const seat = seatKey(metric.id, slice, detector, slot);
        const saved = this.#saved.get(seat);
        // Once it is in use, the judge knows better; a hundred thousand of them are not to be kept twice.
        this.#saved.delete(seat);
        return slot > 0 && this.#horizon === 0 ? undefined : saved;
      },
      this.#reportFault,
    );
    this.#benches.set(key, bench);
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
    const seen: SeriesPoint = {
      bucketStart,
      value,
      numerator,
      denominator,
      annotations,
      ...(parent === undefined ? {} : { parent }),
    };
    return ask(bench, seat, seen, lens);
  }

  #parentOf({ metric, parent }: Bench, detector: string, bucketStart: Instant): ParentPoint | undefined {
    if (parent === null) return undefined;
    const latest = this.#benches.get(`${metric} ${parent}`)?.latest;
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

const seatKey = (metric: string, slice: string, detector: string, slot = 0): string =>
  `${slot} ${detector} ${metric} ${slice}`;
