import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import { EARLIEST } from '../model/event-schema.js';
import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import { isRate, type MetricDefinition, nominalSeconds } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { isParentSlice, parseSlice } from '../model/slice.js';
import type { Verdict } from '../model/verdict.js';
import { combine } from './combine.js';
import type { Detector, Judge, Judgement, SeriesContext } from './contract.js';
import { guard, lowVolume } from './guards.js';

/** What became of one point: each detector's verdict, and the one that they give together. */
export interface JudgedPoint {
  point: Point;
  verdicts: readonly Verdict[];
  combined: Verdict;
}

/** Told when a detector throws or answers something that is not a judgement. */
export type ReportFault = (fault: {
  detector: string;
  metric: string;
  slice: string;
  error: unknown;
}) => void;

interface Seat {
  name: string;
  parameters: string;
  judge: Judge;
  observedUntil: Instant;
  create(saved: Json | undefined): Judge;
}

/** The judges of one series. */
interface Bench {
  metric: string;
  slice: string;
  seats: readonly Seat[];
  /** At most two, the older at least a horizon before the newer. */
  snapshots: Snapshot[];
}

/** What a series' judges knew at a time. */
interface Snapshot {
  slot: number;
  /** The start of the last bucket that they knew; the beginning of time when they knew none. */
  observedUntil: Instant;
  /** In the order of the seats; as text, because a judge may go on changing what it has given. */
  seats: readonly { observedUntil: Instant; state: string }[];
}

/** Before anything that can have happened. */
const BEGINNING: Instant = EARLIEST - 1;

/** Runs the judges over the series: one judge for each metric, slice and detector. */
export class Judging {
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #annotations: readonly Annotation[];
  readonly #reportFault: ReportFault;
  readonly #benches = new Map<string, Bench>();
  readonly #saved = new Map<string, SavedJudge>();
  readonly #advanced = new Set<Bench>();
  readonly #horizon: number;
  /** The snapshots that have not been saved, with whose they are. */
  readonly #taken = new Map<Snapshot, Bench>();

  constructor(options: {
    detectors: readonly Detector[];
    annotations: readonly Annotation[];
    saved: readonly SavedJudge[];
    /** How far back restated points can be judged again, ms of event time; not at all by default. */
    restateHorizon?: number;
    reportFault: ReportFault;
  }) {
    this.#detectors = new Map(options.detectors.map((detector) => [detector.name, detector]));
    this.#annotations = options.annotations;
    this.#reportFault = options.reportFault;
    for (const saved of options.saved)
      this.#saved.set(seatKey(saved.metric, saved.slice, saved.detector, saved.slot), saved);
    this.#horizon = options.restateHorizon ?? 0;
  }

  /**
   * Judges one point of a series. Points of a series must come in the order of their buckets; a point that its
   * judges have observed before is passed over, so that a point made again is not judged twice. Where some have,
   * because a detector is new to the metric, only the others are asked.
   */
  judge(metric: MetricDefinition, point: Point): JudgedPoint | null {
    const bench = this.#benchOf(metric, point.slice);
    const seats = bench.seats.filter((seat) => seat.observedUntil < point.bucketStart);
    if (seats.length === 0 && bench.seats.length > 0) return null;
    this.#remember(bench);
    this.#advanced.add(bench);

    const annotations = this.#annotationsAt(point);
    const tooSmall = lowVolume(metric, point);
    const verdicts = seats.map((seat) => {
      const judgement = tooSmall
        ? ({ status: 'not_evaluable', reason: 'low_volume' } as const)
        : this.#observe(seat, metric, point, annotations);
      seat.observedUntil = point.bucketStart;
      return guard(metric, point, seat.name, judgement);
    });
    return { point, verdicts, combined: combine(metric, point, verdicts) };
  }

  /**
   * From which bucket on (exclusive) the points of a series must be shown again to {@link judgeAgain} when the one
   * of `bucket` has changed; null when that is longer ago than the judges can go back, or is still to come.
   */
  canGoBack(metric: MetricDefinition, slice: string, bucket: Instant): Instant | null {
    const bench = this.#benchOf(metric, slice);
    if (!bench.seats.some((seat) => seat.observedUntil >= bucket)) return null;
    return bench.snapshots.findLast((it) => it.observedUntil < bucket)?.observedUntil ?? null;
  }

  /**
   * Judges a series again from a restated bucket on, as if its points had always been what they are now: the
   * judges go back to what they knew before it and observe again, in order, all points since. Answers the judged
   * points from the bucket on; none where the judges cannot go back so far.
   */
  judgeAgain(
    metric: MetricDefinition,
    slice: string,
    bucket: Instant,
    points: readonly Point[],
  ): JudgedPoint[] {
    const bench = this.#benchOf(metric, slice);
    const last = bench.snapshots.findLastIndex((it) => it.observedUntil < bucket);
    const snapshot = bench.snapshots[last];
    if (snapshot === undefined) return [];
    const until = Math.max(...bench.seats.map((seat) => seat.observedUntil));
    // What was remembered later knows the point as it was.
    for (const later of bench.snapshots.splice(last + 1)) this.#taken.delete(later);
    for (const [index, seat] of bench.seats.entries()) {
      const then = snapshot.seats[index];
      seat.judge = seat.create(then === undefined ? undefined : savedState(then.state));
      seat.observedUntil = then?.observedUntil ?? Number.NEGATIVE_INFINITY;
    }
    const again = points
      .filter((point) => point.bucketStart <= until)
      .map((point) => this.judge(metric, point))
      .filter((judged) => judged !== null);
    // The last point may be gone; what comes in its place is restated too, and not the next one.
    for (const seat of bench.seats) seat.observedUntil = Math.max(seat.observedUntil, until);
    return again.filter(({ point }) => point.bucketStart >= bucket);
  }

  /**
   * The start of the last bucket that all judges of a metric have observed; null when one of its detectors has no
   * saved judge that can go on with its parameters, and so has everything to learn.
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
    const saved = [...this.#advanced].flatMap(({ metric, slice, seats }) =>
      seats.map((seat) => ({
        metric,
        slice,
        detector: seat.name,
        parameters: seat.parameters,
        observedUntil: seat.observedUntil,
        state: seat.judge.save(),
      })),
    );
    this.#advanced.clear();
    const earlier = [...this.#taken].flatMap(([snapshot, { metric, slice, seats }]) =>
      seats.map((seat, index) => ({
        metric,
        slice,
        detector: seat.name,
        parameters: seat.parameters,
        observedUntil: snapshot.seats[index]?.observedUntil ?? BEGINNING,
        state: JSON.parse(snapshot.seats[index]?.state ?? 'null') as Json,
        slot: snapshot.slot,
      })),
    );
    this.#taken.clear();
    return [...saved, ...earlier];
  }

  /** Keeps what the judges know, once in a horizon, before they learn more. */
  #remember(bench: Bench): void {
    if (this.#horizon === 0 || bench.seats.length === 0) return;
    const observedUntil = Math.max(BEGINNING, ...bench.seats.map((seat) => seat.observedUntil));
    const before = bench.snapshots.at(-1);
    if (before !== undefined && observedUntil - before.observedUntil < this.#horizon) return;
    const snapshot = {
      slot: before?.slot === 1 ? 2 : 1,
      observedUntil,
      seats: bench.seats.map((seat) => ({
        observedUntil: Math.max(BEGINNING, seat.observedUntil),
        state: JSON.stringify(seat.observedUntil > BEGINNING ? seat.judge.save() : null),
      })),
    };
    bench.snapshots.push(snapshot);
    this.#taken.set(snapshot, bench);
    if (bench.snapshots.length <= 2) return;
    const oldest = bench.snapshots.shift();
    if (oldest !== undefined) this.#taken.delete(oldest);
  }

  /** The snapshots of a series that an earlier process has left, oldest first. */
  #savedSnapshots(metric: string, slice: string, seats: readonly Seat[]): Snapshot[] {
    if (this.#horizon === 0) return [];
    return [1, 2]
      .flatMap((slot) => {
        const saved = seats.map(({ name, parameters }) => {
          const judge = this.#saved.get(seatKey(metric, slice, name, slot));
          return judge?.parameters === parameters ? judge : null;
        });
        const known = saved.filter((judge) => judge !== null);
        if (known.length < seats.length || known.length === 0) return [];
        const observedUntil = Math.max(...known.map((judge) => judge.observedUntil));
        const states = known.map((judge) => ({
          observedUntil: judge.observedUntil,
          state: JSON.stringify(judge.state),
        }));
        return [{ slot, observedUntil, seats: states }];
      })
      .sort((a, b) => a.observedUntil - b.observedUntil);
  }

  #benchOf(metric: MetricDefinition, slice: string): Bench {
    const key = `${metric.id} ${slice}`;
    const known = this.#benches.get(key);
    if (known !== undefined) return known;
    const series: SeriesContext = {
      kind: isRate(metric.measure.kind) ? 'rate' : 'value',
      bucketSeconds: nominalSeconds(metric.bucket),
      timezone: metric.timezone,
    };
    const seats = metric.detect.map(({ use, params }) => {
      const detector = this.#detectors.get(use);
      if (detector === undefined) throw new Error(`no detector '${use}' for the metric '${metric.id}'`);
      const parameters = JSON.stringify(params);
      const saved = this.#saved.get(seatKey(metric.id, slice, use));
      const usable = saved !== undefined && saved.parameters === parameters;
      const create = (state: Json | undefined) =>
        detector.create(detector.parameters.parse(params), series, state);
      return {
        name: use,
        parameters,
        create,
        judge: create(usable ? saved.state : undefined),
        observedUntil: usable ? saved.observedUntil : Number.NEGATIVE_INFINITY,
      };
    });
    const snapshots = this.#savedSnapshots(metric.id, slice, seats);
    const bench = { metric: metric.id, slice, seats, snapshots };
    this.#benches.set(key, bench);
    return bench;
  }

  #observe(
    seat: Seat,
    metric: MetricDefinition,
    point: Point,
    annotations: readonly Annotation[],
  ): Judgement | { status: 'not_evaluable'; reason: 'error' } {
    const fault = (error: unknown) => {
      this.#reportFault({ detector: seat.name, metric: metric.id, slice: point.slice, error });
      return { status: 'not_evaluable', reason: 'error' } as const;
    };
    try {
      const { bucketStart, value, numerator, denominator } = point;
      const judgement = seat.judge.observe({ bucketStart, value, numerator, denominator, annotations });
      if (judgement.status === 'judged') {
        const { expected, lower, upper, score } = judgement;
        if (![expected, lower, upper, score].every(Number.isFinite))
          return fault(new Error('a judgement holds a number that is not finite'));
      }
      return judgement;
    } catch (error) {
      return fault(error);
    }
  }

  #annotationsAt(point: Point): Annotation[] {
    if (this.#annotations.length === 0) return [];
    const end = point.bucketStart + point.bucketSeconds * 1000;
    const labels = parseSlice(point.slice);
    return this.#annotations.filter((annotation) => {
      if (annotation.startsAt >= end || annotation.endsAt <= point.bucketStart) return false;
      const scope = parseSlice(annotation.scope);
      return annotation.scope === point.slice || isParentSlice(scope, labels);
    });
  }
}

const seatKey = (metric: string, slice: string, detector: string, slot = 0): string =>
  `${slot} ${detector} ${metric} ${slice}`;

/** A judge that had seen nothing has left nothing. */
const savedState = (text: string): Json | undefined =>
  text === 'null' ? undefined : (JSON.parse(text) as Json);
