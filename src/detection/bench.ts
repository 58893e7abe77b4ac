import { z } from 'zod';
import { type Instant, SECOND } from '../model/clock.js';
import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import { COMBINED } from '../model/verdict.js';
import type { Judge, ParentPoint, SeriesContext } from './contract.js';
import { hasChildren, parentSlice } from './family.js';
import { AS_IT_IS, behind, isClear, type Lens, LensSchema, shown } from './lens.js';
import type { Preparation } from './preparation.js';
import { lensOf, type Run, RunSchema } from './run.js';
import { BEGINNING, type FindSaved, type Snapshot, savedSnapshots, savedState } from './snapshots.js';

/** Told when a detector throws or answers something that is not a judgement. */
export type ReportFault = (fault: {
  detector: string;
  metric: string;
  slice: string;
  error: unknown;
}) => void;

/** One detector's judge of a series. */
export interface Seat {
  name: string;
  parameters: string;
  judge: Judge;
  observedUntil: Instant;
  /** True for a detector that does not learn. */
  isFixed: boolean;
  /** The level that was accepted as normal, as the judge has to be shown the series. */
  level: Lens;
  create(saved: Json | undefined): Judge;
}

const MemorySchema = z.object({ run: RunSchema.nullable(), levels: z.record(z.string(), LensSchema) });

const NONE: readonly number[] = [];

/** No judge has such parameters, so that nobody goes on from a state that is marked with them. */
const OUTDATED = '';

/** The judges of one series, and what they can go back to. */
export class Bench {
  readonly metric: string;
  readonly slice: string;
  readonly series: SeriesContext;
  /** The slice that holds this one. */
  readonly parent: string | null;
  /** What each detector has last said here, for the judges of the slices within. */
  readonly latest: { bucketStart: Instant; byDetector: Map<string, ParentPoint> } | null;
  readonly seats: readonly Seat[];
  /** What is going on, while the series is out of band. */
  run: Run | null = null;
  /** True while it knows more than was last saved. */
  hasAdvanced = false;
  /** At most two, the older at least a horizon before the newer. */
  #snapshots: Snapshot[];
  /** The slots under which something is stored that is remembered beside the judges. */
  #stored: readonly number[] = NONE;
  /** Slots under which states may be stored that were found to be of points as they no longer are. */
  #outdated: readonly number[] = NONE;
  readonly #reportFault: ReportFault;

  constructor(
    metric: MetricDefinition,
    slice: string,
    { series, uses }: Preparation,
    find: FindSaved,
    reportFault: ReportFault,
  ) {
    this.metric = metric.id;
    this.slice = slice;
    this.#reportFault = reportFault;
    this.parent = parentSlice(metric, slice);
    this.latest = hasChildren(metric, slice)
      ? { bucketStart: Number.NEGATIVE_INFINITY, byDetector: new Map() }
      : null;
    this.series = series;
    this.seats = uses.map((use) => this.#seat(use, find(use.detector.name, 0)));
    const saved = find(COMBINED, 0);
    if (saved !== undefined) {
      this.#recall(JSON.stringify(saved.state));
      this.#stored = [0];
    }
    this.#snapshots = savedSnapshots(this.seats, find);
    for (const { slot, memoryIsStored } of this.#snapshots)
      if (memoryIsStored) this.#stored = [...this.#stored, slot];
  }

  /** The start of the last bucket that any of the judges has observed. */
  get observedUntil(): Instant {
    let last = BEGINNING;
    for (const seat of this.seats) last = Math.max(last, seat.observedUntil);
    return last;
  }

  /** True when there is nobody left to whom a bucket would be new. */
  hasAllObserved(bucketStart: Instant): boolean {
    for (const seat of this.seats) if (seat.observedUntil < bucketStart) return false;
    return this.seats.length > 0;
  }

  /** Those to whom a bucket is new: all of them, unless a detector is new to the metric. */
  seatsBefore(bucketStart: Instant): readonly Seat[] {
    for (const seat of this.seats)
      if (seat.observedUntil >= bucketStart)
        return this.seats.filter(({ observedUntil }) => observedUntil < bucketStart);
    return this.seats;
  }

  fault(detector: string, error: unknown): void {
    this.#reportFault({ detector, metric: this.metric, slice: this.slice, error });
  }

  /** Keeps what the judges know, once in a horizon, before they learn more. */
  remember(horizon: number): void {
    if (horizon === 0 || this.seats.length === 0) return;
    const { observedUntil } = this;
    const before = this.#snapshots.at(-1);
    if (before !== undefined && observedUntil - before.observedUntil < horizon) return;
    const seats = this.seats.map((seat) => ({
      observedUntil: Math.max(BEGINNING, seat.observedUntil),
      state: JSON.stringify(seat.observedUntil > BEGINNING ? (this.#stateOf(seat) ?? null) : null),
    }));
    this.#snapshots.push({
      slot: before?.slot === 1 ? 2 : 1,
      observedUntil,
      seats,
      memory: this.#memory(),
      memoryIsStored: false,
      isSaved: false,
      isElsewhere: false,
    });
    const { slot } = this.#snapshots.at(-1) as Snapshot;
    if (this.#outdated.includes(slot)) this.#outdated = this.#outdated.filter((each) => each !== slot);
    if (this.#snapshots.length > 2) this.#snapshots.shift();
  }

  /** The last bucket known in the newest state that does not know `bucket` yet; null when there is none. */
  knownBefore(bucket: Instant): Instant | null {
    return this.#snapshots.findLast((it) => it.observedUntil < bucket)?.observedUntil ?? null;
  }

  /** True when what the judges knew then has not been read from the store yet. */
  hasToRead(known: Instant): boolean {
    return this.#snapshots.some((it) => it.observedUntil === known && it.isElsewhere);
  }

  /** Takes in the earlier states that {@link hasToRead} asks for. */
  read(find: FindSaved): void {
    const read = savedSnapshots(this.seats, find);
    this.#snapshots = this.#snapshots.map((snapshot) =>
      snapshot.isElsewhere
        ? (read.find(({ observedUntil }) => observedUntil === snapshot.observedUntil) ?? snapshot)
        : snapshot,
    );
  }

  /** Takes the judges back to the state that {@link knownBefore} found, and forgets what was remembered after it. */
  goBackTo(known: Instant): void {
    const at = this.#snapshots.findLastIndex((it) => it.observedUntil === known);
    const snapshot = this.#snapshots[at];
    if (snapshot === undefined || snapshot.isElsewhere)
      throw new Error(`${this.metric} ${this.slice}: nothing is known of ${known}`);
    // What was remembered later knows the points as they were.
    for (const { slot } of this.#snapshots.splice(at + 1)) this.#outdated = [...this.#outdated, slot];
    for (const [index, seat] of this.seats.entries()) {
      const then = snapshot.seats[index];
      seat.judge = seat.create(then === undefined ? undefined : savedState(then.state));
      seat.observedUntil = then?.observedUntil ?? Number.NEGATIVE_INFINITY;
    }
    this.#recall(snapshot.memory);
  }

  /**
   * Takes the level that the series has now for what is expected of it. A judge that has come to expect it by itself
   * goes on as it is; any other is shown the series so that it finds it normal. False where there is nothing to
   * accept, or where a detector has found it that does not learn.
   */
  accept(): boolean {
    const { run } = this;
    if (run === null || run.isFixed || this.seats.every(({ isFixed }) => isFixed)) return false;
    const lens = lensOf(run);
    for (const seat of this.seats)
      if (!seat.isFixed && this.#isOutside(seat, run)) seat.level = behind(seat.level, lens);
    this.run = null;
    this.hasAdvanced = true;
    return true;
  }

  /** True when a judge would find the next point out of band, if it were as the last one. */
  #isOutside(seat: Seat, { last, side }: Run): boolean {
    const bucketStart = last.bucketStart + this.series.bucketSeconds * SECOND;
    try {
      const probe = seat.create(seat.judge.save());
      const judgement = probe.observe(shown({ ...last, bucketStart, annotations: [] }, seat.level));
      return judgement.status === 'judged' && judgement.score > 1 && judgement.direction === side;
    } catch (error) {
      this.fault(seat.name, error);
      return false;
    }
  }

  /** As text; null for nothing that would have to be remembered. */
  #memory(): string {
    const levels = this.seats.filter(({ level }) => !isClear(level)).map(({ name, level }) => [name, level]);
    if (this.run === null && levels.length === 0) return 'null';
    return JSON.stringify({ run: this.run, levels: Object.fromEntries(levels) });
  }

  #recall(text: string): void {
    const memory = text === 'null' ? null : MemorySchema.parse(JSON.parse(text));
    this.run = memory?.run ?? null;
    for (const seat of this.seats) seat.level = memory?.levels[seat.name] ?? AS_IT_IS;
  }

  /** What is to be stored: the newest states, and earlier ones that have not been stored yet. */
  save(): SavedJudge[] {
    const { metric, slice } = this;
    const rows: SavedJudge[] = this.#memoryRows(0, this.observedUntil, this.#memory());
    for (const seat of this.seats) {
      const state = this.#stateOf(seat);
      if (state === undefined) continue;
      const { name: detector, parameters, observedUntil } = seat;
      rows.push({ metric, slice, detector, parameters, observedUntil, state });
    }
    for (const slot of this.#outdated)
      for (const { name: detector } of this.seats)
        rows.push({
          metric,
          slice,
          detector,
          parameters: OUTDATED,
          observedUntil: BEGINNING,
          state: null,
          slot,
        });
    this.#outdated = NONE;
    for (const snapshot of this.#snapshots.filter((it) => !it.isSaved)) {
      snapshot.isSaved = true;
      rows.push(...this.#memoryRows(snapshot.slot, snapshot.observedUntil, snapshot.memory));
      for (const [index, { name: detector, parameters }] of this.seats.entries())
        rows.push({
          metric,
          slice,
          detector,
          parameters,
          observedUntil: snapshot.seats[index]?.observedUntil ?? BEGINNING,
          state: JSON.parse(snapshot.seats[index]?.state ?? 'null') as Json,
          slot: snapshot.slot,
        });
    }
    return rows;
  }

  /** Most series have nothing to remember, and no row; one that had something says that it is over. */
  #memoryRows(slot: number, observedUntil: Instant, memory: string): SavedJudge[] {
    const isStored = this.#stored.includes(slot);
    if (memory === 'null' && !isStored) return [];
    if (memory === 'null') this.#stored = this.#stored.filter((each) => each !== slot);
    else if (!isStored) this.#stored = [...this.#stored, slot];
    const { metric, slice } = this;
    const state = JSON.parse(memory) as Json;
    return [{ metric, slice, detector: COMBINED, parameters: '', observedUntil, state, slot }];
  }

  #seat({ detector, params, parameters }: Preparation['uses'][number], saved: SavedJudge | undefined): Seat {
    const { name } = detector;
    const create = (state: Json | undefined): Judge => detector.create(params, this.series, state);
    const known = saved?.parameters === parameters ? this.#awake(name, create, saved) : null;
    return {
      name,
      parameters,
      create,
      level: AS_IT_IS,
      isFixed: detector.fixed === true,
      judge: known ?? this.#newJudge(create),
      observedUntil: known === null || saved === undefined ? Number.NEGATIVE_INFINITY : saved.observedUntil,
    };
  }

  /** A detector that cannot read what it has written, after a new version of it, begins to learn anew. */
  #awake(name: string, create: Seat['create'], saved: SavedJudge): Judge | null {
    try {
      return create(saved.state);
    } catch (error) {
      this.fault(name, error);
      return null;
    }
  }

  /** One that cannot even be made fails at every point, where that is counted and the others go on. */
  #newJudge(create: Seat['create']): Judge {
    try {
      return create(undefined);
    } catch (error) {
      const observe = (): never => {
        throw error;
      };
      return { observe, save: () => null };
    }
  }

  /** Undefined where a judge cannot say what it knows: then there is nothing to go on from, and others still have. */
  #stateOf(seat: Seat): Json | undefined {
    try {
      return seat.judge.save();
    } catch (error) {
      this.fault(seat.name, error);
      return undefined;
    }
  }
}
