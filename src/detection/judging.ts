import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { COMBINED, type Verdict } from '../model/verdict.js';
import { ask } from './asking.js';
import { SHARED } from './budget.js';
import { type Calendar, effectOf } from './calendar.js';
import { combine } from './combine.js';
import type { Detector, ParentPoint, SeriesPoint } from './contract.js';
import { parentsFirst } from './family.js';
import { type GuardedJudgement, guard, lowVolume } from './guards.js';
import { bySeries, findSaved, JudgeRegistry, type Unseen } from './judge-registry.js';
import { behind, type Lens } from './lens.js';
import type { ReportFault, SeriesJudge } from './series-judge.js';
import type { SeriesJudges } from './series-judges.js';
import { type JudgedPoint, Settling, type Unsettled } from './settling.js';

export type { JudgedPoint, ReportFault };

/** Runs the judges over the series: one judge for each metric, slice and detector. */
export class Judging {
  readonly #calendar: Calendar;
  readonly #registry: JudgeRegistry;
  readonly #settling: Settling;
  readonly #horizon: number;

  constructor(options: {
    detectors: readonly Detector[];
    calendar: Calendar;
    saved: readonly SavedJudge[];
    /** How far back restated points can be judged again, ms of event time; not at all by default. */
    restateHorizon?: number;
    reportFault: ReportFault;
  }) {
    this.#calendar = options.calendar;
    this.#horizon = options.restateHorizon ?? 0;
    this.#registry = new JudgeRegistry({ ...options, readsEarlier: this.#horizon > 0 });
    this.#settling = new Settling({
      horizon: this.#horizon,
      saved: (metric) => findSaved(this.#registry.savedOf(metric, SHARED), COMBINED, 0),
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
    return this.#registry.of(metric, slice).accept();
  }

  #judgeAll(metric: MetricDefinition, points: readonly Point[], isComplete = true): Unsettled {
    const unsettled: Unsettled = { judged: [], judges: [] };
    for (const point of parentsFirst(points)) {
      const judges = this.#registry.of(metric, point.slice);
      const judged = this.#judge(metric, judges, point, isComplete);
      if (judged === null) continue;
      unsettled.judged.push(judged);
      unsettled.judges.push(judges);
    }
    return unsettled;
  }

  /**
   * Judges one point of a series. Points of a series must come in the order of their buckets; a point that its
   * judges have observed before is passed over, so that a point made again is not judged twice. Where some have,
   * because a detector is new to the metric, only the others are asked.
   */
  judge(metric: MetricDefinition, point: Point, isComplete = true): JudgedPoint | null {
    return this.#judge(metric, this.#registry.of(metric, point.slice), point, isComplete);
  }

  #judge(
    metric: MetricDefinition,
    judges: SeriesJudges,
    point: Point,
    isComplete: boolean,
  ): JudgedPoint | null {
    const { bucketStart } = point;
    if (judges.haveAllObserved(bucketStart)) return null;
    judges.remember(this.#horizon);
    judges.hasAdvanced = true;

    const annotations = this.#calendar.at(metric, point);
    const effect = effectOf(metric, annotations, point);
    const unasked = reasonNotToAsk(metric, point, isComplete, effect);
    const asked = judges.before(bucketStart);
    // Of the right length at once, because a list that grows takes room for many.
    const verdicts = new Array<Verdict>(asked.length);
    for (let index = 0; index < asked.length; index += 1) {
      const each = asked[index] as SeriesJudge;
      const judgement =
        unasked ?? this.#observe(judges, each, point, annotations, behind(each.level, effect as Lens));
      each.observedUntil = bucketStart;
      verdicts[index] = guard(metric, point, each.name, judgement);
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
      const judges = this.#registry.of(metric, slice);
      if (!judges.all.some((each) => each.observedUntil >= bucket)) continue;
      const known = judges.knownBefore(bucket);
      if (known === null) continue;
      const line = this.#lineOf(metric, judges, known);
      if (line === null) continue;
      for (const [each, at] of [[slice, known] as const, ...line])
        back.set(each, { known: Math.min(at, back.get(each)?.known ?? at) });
    }
    return back;
  }

  /** Of the slices that {@link canGoBack} answers those whose earlier states are still in the store. */
  toRead(metric: MetricDefinition, back: ReadonlyMap<string, { known: Instant }>): string[] {
    return [...back]
      .filter(([slice, { known }]) => this.#registry.of(metric, slice).hasToRead(known))
      .map(([slice]) => slice);
  }

  /** Takes in earlier states of a metric's series, as {@link toRead} asks for them. */
  read(metric: MetricDefinition, saved: readonly SavedJudge[]): void {
    for (const [slice, rows] of bySeries(saved).get(metric.id) ?? [])
      this.#registry.of(metric, slice).read((detector, slot) => findSaved(rows, detector, slot));
  }

  /**
   * Judges series again from restated buckets on, as if their points had always been what they are now: the judges
   * go back to what they knew before and observe again, in order, all points since. Answers the judged points from
   * the buckets on; none of the series whose judges cannot go back so far.
   *
   * @param stretches the points in the order of time, each bucket in one piece.
   */
  async *judgeAgain(
    metric: MetricDefinition,
    since: ReadonlyMap<string, Instant>,
    stretches: AsyncIterable<readonly Point[]> | Iterable<readonly Point[]>,
  ): AsyncGenerator<JudgedPoint[]> {
    const until = new Map<string, Instant>();
    for (const [slice, { known }] of this.canGoBack(metric, since)) {
      const judges = this.#registry.of(metric, slice);
      until.set(slice, judges.observedUntil);
      judges.goBackTo(known);
    }
    for await (const points of stretches) {
      const seen = points.filter(({ slice, bucketStart }) => bucketStart <= (until.get(slice) ?? -Infinity));
      const again = byBucket(seen).flatMap((bucket) =>
        this.#settling.settle(metric, this.#judgeAll(metric, bucket), 'again'),
      );
      yield again.filter(({ point }) => point.bucketStart >= (since.get(point.slice) ?? Infinity));
    }
    // The last point may be gone; what comes in its place is restated too, and not the next one.
    for (const [slice, end] of until)
      for (const each of this.#registry.of(metric, slice).all)
        each.observedUntil = Math.max(each.observedUntil, end);
  }

  /** What the saved judges of a metric have not been shown; to be asked before its first point is judged. */
  unseen(metric: MetricDefinition): Unseen {
    return this.#registry.unseen(metric);
  }

  /** Takes it that the judges of a series have been shown all that there is up to a bucket. */
  haveCaughtUp(metric: MetricDefinition, slice: string, last: Instant): void {
    const judges = this.#registry.of(metric, slice);
    for (const each of judges.all) each.observedUntil = Math.max(each.observedUntil, last);
    judges.hasAdvanced = true;
  }

  /** The states of the judges that have observed something since the last call. */
  save(): SavedJudge[] {
    return [...this.saving()];
  }

  /**
   * The same one after another, metric after metric, for whoever does not want all of them at once. Nothing is to be
   * judged meanwhile.
   */
  *saving(): Generator<SavedJudge> {
    for (const [metric, judges] of this.#registry.byMetric()) {
      let isChanged = false;
      for (const each of judges) {
        if (!each.hasAdvanced) continue;
        isChanged = true;
        yield* each.save();
      }
      if (isChanged) yield* this.#settling.save(metric);
    }
  }

  /** How far back all slices go that hold this one; null when one of them cannot go so far. */
  #lineOf(metric: MetricDefinition, judges: SeriesJudges, known: Instant): [string, Instant][] | null {
    const line: [string, Instant][] = [];
    let least = known;
    for (let { parent } = judges; parent !== null; ) {
      const holder = this.#registry.of(metric, parent);
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

  #observe(
    judges: SeriesJudges,
    each: SeriesJudge,
    point: Point,
    annotations: readonly Annotation[],
    lens: Lens,
  ): GuardedJudgement {
    const { bucketStart, value, numerator, denominator } = point;
    const parent = this.#parentOf(judges, each.name, bucketStart);
    const seen: SeriesPoint = { bucketStart, value, numerator, denominator, annotations };
    if (parent !== undefined) seen.parent = parent;
    return ask(judges, each, seen, lens);
  }

  #parentOf(
    { metric, parent }: SeriesJudges,
    detector: string,
    bucketStart: Instant,
  ): ParentPoint | undefined {
    if (parent === null) return undefined;
    const latest = this.#registry.existing(metric, parent)?.latest;
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
