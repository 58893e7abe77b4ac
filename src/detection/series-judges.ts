import { z } from 'zod';
import { type Instant, SECOND } from '../model/clock.js';
import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import { COMBINED } from '../model/verdict.js';
import type { Judge, ParentPoint, SeriesContext } from './contract.js';
import { hasChildren, parentSlice } from './family.js';
import { AS_IT_IS, behind, isClear, LensSchema, shown } from './lens.js';
import type { Preparation } from './preparation.js';
import { lensOf, type Run, RunSchema } from './run.js';
import { appoint, newJudge, type ReportFault, type SeriesJudge } from './series-judge.js';
import { BEGINNING, type FindSaved, Snapshots, savedSnapshots, savedState } from './snapshots.js';

const MemorySchema = z.object({ run: RunSchema.nullable(), levels: z.record(z.string(), LensSchema) });

const NONE: readonly number[] = [];

/** No judge has such parameters, so that nobody goes on from a state that is marked with them. */
const OUTDATED = '';

/** The judges of one series, what is remembered of it beside them, and what they can go back to. */
export class SeriesJudges {
  readonly metric: string;
  readonly slice: string;
  readonly series: SeriesContext;
  /** The slice that holds this one. */
  readonly parent: string | null;
  /** What each detector has last said here, for the judges of the slices within. */
  readonly latest: { bucketStart: Instant; byDetector: Map<string, ParentPoint> } | null;
  /** In the order in which configuration names their detectors. */
  readonly all: readonly SeriesJudge[];
  /** What is going on, while the series is out of band. */
  run: Run | null = null;
  /** Whose were last asked for after these: the registry looks there first. */
  next: SeriesJudges | null = null;
  /** True while it knows more than was last saved. */
  hasAdvanced = false;
  readonly #snapshots: Snapshots;
  /** The slots under which something is stored that is remembered beside the judges. */
  #stored: readonly number[] = NONE;
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
    this.all = uses.map((use) => {
      const { name } = use.detector;
      return appoint(use, series, find(name, 0), (error) => this.fault(name, error));
    });
    const saved = find(COMBINED, 0);
    if (saved !== undefined) {
      this.#recall(JSON.stringify(saved.state));
      this.#stored = [0];
    }
    this.#snapshots = new Snapshots(savedSnapshots(this.all, find));
    for (const { slot, memoryIsStored } of this.#snapshots.kept)
      if (memoryIsStored) this.#stored = [...this.#stored, slot];
  }

  /** The start of the last bucket that any of the judges has observed. */
  get observedUntil(): Instant {
    let last = BEGINNING;
    for (const each of this.all) last = Math.max(last, each.observedUntil);
    return last;
  }

  /** True when there is nobody left to whom a bucket would be new. */
  haveAllObserved(bucketStart: Instant): boolean {
    for (const each of this.all) if (each.observedUntil < bucketStart) return false;
    return this.all.length > 0;
  }

  /** Those to whom a bucket is new: all of them, unless a detector is new to the metric. */
  before(bucketStart: Instant): readonly SeriesJudge[] {
    for (const each of this.all)
      if (each.observedUntil >= bucketStart)
        return this.all.filter(({ observedUntil }) => observedUntil < bucketStart);
    return this.all;
  }

  fault(detector: string, error: unknown): void {
    this.#reportFault({ detector, metric: this.metric, slice: this.slice, error });
  }

  /** Keeps what the judges know, once in a horizon, before they learn more. */
  remember(horizon: number): void {
    if (horizon === 0 || this.all.length === 0) return;
    const { observedUntil } = this;
    if (!this.#snapshots.isDue(observedUntil, horizon)) return;
    // One that is still being shown what it missed would go back to less than it knows by then.
    if (this.all.some((each) => Math.max(BEGINNING, each.observedUntil) < observedUntil)) return;
    const states = this.all.map((each) => ({
      observedUntil: Math.max(BEGINNING, each.observedUntil),
      state: JSON.stringify(each.observedUntil > BEGINNING ? (this.#stateOf(each) ?? null) : null),
    }));
    this.#snapshots.add({ observedUntil, states, memory: this.#memory() });
  }

  /** The last bucket known in the newest state that does not know `bucket` yet; null when there is none. */
  knownBefore(bucket: Instant): Instant | null {
    return this.#snapshots.knownBefore(bucket);
  }

  /** True when what the judges knew then has not been read from the store yet. */
  hasToRead(known: Instant): boolean {
    return this.#snapshots.hasToRead(known);
  }

  /** Takes in the earlier states that {@link hasToRead} asks for. */
  read(find: FindSaved): void {
    this.#snapshots.read(savedSnapshots(this.all, find));
  }

  /** Takes the judges back to the state that {@link knownBefore} found, and forgets what was remembered after it. */
  goBackTo(known: Instant): void {
    const snapshot = this.#snapshots.goBackTo(known);
    if (snapshot === null) throw new Error(`${this.metric} ${this.slice}: nothing is known of ${known}`);
    for (const [index, each] of this.all.entries()) {
      const then = snapshot.states[index];
      each.judge = this.#awake(each, then === undefined ? undefined : savedState(then.state));
      each.observedUntil = then?.observedUntil ?? Number.NEGATIVE_INFINITY;
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
    if (run === null || run.isFixed || this.all.every(({ isFixed }) => isFixed)) return false;
    const lens = lensOf(run);
    for (const each of this.all)
      if (!each.isFixed && this.#isOutside(each, run)) each.level = behind(each.level, lens);
    this.run = null;
    this.hasAdvanced = true;
    return true;
  }

  /** What is to be stored: the newest states, and earlier ones that have not been stored yet. */
  save(): SavedJudge[] {
    const { metric, slice } = this;
    const rows: SavedJudge[] = [];
    for (const each of this.all) {
      const state = this.#stateOf(each);
      if (state === undefined) continue;
      const { name: detector, parameters, observedUntil } = each;
      rows.push({ metric, slice, detector, parameters, observedUntil, state });
    }
    // One that could not be saved is left behind, and is tried again; a row says how far its series has come without it.
    this.hasAdvanced = rows.length < this.all.length;
    rows.push(...this.#memoryRows(0, this.observedUntil, this.#memory(), this.hasAdvanced));
    const { outdated, snapshots } = this.#snapshots.unsaved();
    for (const slot of outdated)
      for (const { name: detector } of this.all)
        rows.push({
          metric,
          slice,
          detector,
          parameters: OUTDATED,
          observedUntil: BEGINNING,
          state: null,
          slot,
        });
    for (const { slot, observedUntil, memory, states } of snapshots) {
      rows.push(...this.#memoryRows(slot, observedUntil, memory));
      for (const [index, { name: detector, parameters }] of this.all.entries())
        rows.push({
          metric,
          slice,
          detector,
          parameters,
          observedUntil: states[index]?.observedUntil ?? BEGINNING,
          state: JSON.parse(states[index]?.state ?? 'null') as Json,
          slot,
        });
    }
    return rows;
  }

  /** A judge that cannot go on from what it knew begins to learn anew, as after a restart. */
  #awake({ name, create }: SeriesJudge, state: Json | undefined): Judge {
    try {
      return create(state);
    } catch (error) {
      this.fault(name, error);
      return newJudge(create);
    }
  }

  /** True when a judge would find the next point out of band, if it were as the last one. */
  #isOutside(each: SeriesJudge, { last, side }: Run): boolean {
    const bucketStart = last.bucketStart + this.series.bucketSeconds * SECOND;
    try {
      const probe = each.create(each.judge.save());
      const judgement = probe.observe(shown({ ...last, bucketStart, annotations: [] }, each.level));
      return judgement.status === 'judged' && judgement.score > 1 && judgement.direction === side;
    } catch (error) {
      this.fault(each.name, error);
      return false;
    }
  }

  /** What is remembered beside the judges, as text; null for nothing that would have to be. */
  #memory(): string {
    const levels = this.all.filter(({ level }) => !isClear(level)).map(({ name, level }) => [name, level]);
    if (this.run === null && levels.length === 0) return 'null';
    return JSON.stringify({ run: this.run, levels: Object.fromEntries(levels) });
  }

  #recall(text: string): void {
    const memory = text === 'null' ? null : MemorySchema.parse(JSON.parse(text));
    this.run = memory?.run ?? null;
    for (const each of this.all) each.level = memory?.levels[each.name] ?? AS_IT_IS;
  }

  /** Most series have nothing to remember, and no row; one that had something says that it is over. */
  #memoryRows(slot: number, observedUntil: Instant, memory: string, isWanted = false): SavedJudge[] {
    const isStored = this.#stored.includes(slot);
    if (memory === 'null' && !isStored && !isWanted) return [];
    if (memory === 'null') this.#stored = this.#stored.filter((each) => each !== slot);
    else if (!isStored) this.#stored = [...this.#stored, slot];
    const { metric, slice } = this;
    const state = JSON.parse(memory) as Json;
    return [{ metric, slice, detector: COMBINED, parameters: '', observedUntil, state, slot }];
  }

  /** Undefined where a judge cannot say what it knows: then there is nothing to go on from, and others still have. */
  #stateOf(each: SeriesJudge): Json | undefined {
    try {
      return each.judge.save();
    } catch (error) {
      this.fault(each.name, error);
      return undefined;
    }
  }
}
