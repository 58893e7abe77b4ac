import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
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
}

/** The judges of one series. */
interface Bench {
  metric: string;
  slice: string;
  seats: readonly Seat[];
}

/** Runs the judges over the series: one judge for each metric, slice and detector. */
export class Judging {
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #annotations: readonly Annotation[];
  readonly #reportFault: ReportFault;
  readonly #benches = new Map<string, Bench>();
  readonly #saved = new Map<string, SavedJudge>();
  readonly #advanced = new Set<Bench>();

  constructor(options: {
    detectors: readonly Detector[];
    annotations: readonly Annotation[];
    saved: readonly SavedJudge[];
    reportFault: ReportFault;
  }) {
    this.#detectors = new Map(options.detectors.map((detector) => [detector.name, detector]));
    this.#annotations = options.annotations;
    this.#reportFault = options.reportFault;
    for (const saved of options.saved)
      this.#saved.set(seatKey(saved.metric, saved.slice, saved.detector), saved);
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
   * The start of the last bucket that all judges of a metric have observed; null when one of its detectors has no
   * saved judge that can go on with its parameters, and so has everything to learn.
   */
  observedUntil({ id, detect }: MetricDefinition): Instant | null {
    let least: Instant | null = null;
    for (const { use, params } of detect) {
      const parameters = JSON.stringify(params);
      const saved = [...this.#saved.values()].filter(
        (judge) => judge.metric === id && judge.detector === use && judge.parameters === parameters,
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
    return saved;
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
      return {
        name: use,
        parameters,
        judge: detector.create(detector.parameters.parse(params), series, usable ? saved.state : undefined),
        observedUntil: usable ? saved.observedUntil : Number.NEGATIVE_INFINITY,
      };
    });
    const bench = { metric: metric.id, slice, seats };
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

const seatKey = (metric: string, slice: string, detector: string): string => `${detector} ${metric} ${slice}`;
