import type { Instant } from '../model/clock.js';
import { EARLIEST } from '../model/event-schema.js';
import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import { COMBINED } from '../model/verdict.js';

/** Before anything that can have happened. */
export const BEGINNING: Instant = EARLIEST - 1;

/** Finds what an earlier process has left of a judge; slot 0 is the newest state. */
export type FindSaved = (detector: string, slot: number) => SavedJudge | undefined;

/** What a series' judges knew at a time. */
export interface Snapshot {
  /** 1 or 2: under which it is stored. */
  slot: number;
  /** The start of the last bucket that they knew; the beginning of time when they knew none. */
  observedUntil: Instant;
  /** In the order of the judges; as text, because a judge may go on changing what it has given. */
  states: readonly { observedUntil: Instant; state: string }[];
  /** What is remembered beside them; as text, null for nothing. */
  memory: string;
  memoryIsStored: boolean;
  isSaved: boolean;
  /** True while the states have been left in the store. */
  isElsewhere: boolean;
}

/** What a series' judges can go back to: at most two states, the older at least a horizon before the newer. */
export class Snapshots {
  #kept: Snapshot[];
  /** Slots under which states may be stored that were found to be of points as they no longer are. */
  #outdated: readonly number[] = [];

  constructor(saved: Snapshot[]) {
    this.#kept = saved;
  }

  get kept(): readonly Snapshot[] {
    return this.#kept;
  }

  /** True when the newest is so long before this bucket that it is time for another. */
  isDue(observedUntil: Instant, horizon: number): boolean {
    const newest = this.#kept.at(-1);
    return newest === undefined || observedUntil - newest.observedUntil >= horizon;
  }

  add(taken: Pick<Snapshot, 'observedUntil' | 'states' | 'memory'>): void {
    const slot = this.#kept.at(-1)?.slot === 1 ? 2 : 1;
    this.#kept.push({ ...taken, slot, memoryIsStored: false, isSaved: false, isElsewhere: false });
    this.#outdated = this.#outdated.filter((each) => each !== slot);
    if (this.#kept.length > 2) this.#kept.shift();
  }

  /** The last bucket known in the newest state that does not know `bucket` yet; null when there is none. */
  knownBefore(bucket: Instant): Instant | null {
    return this.#kept.findLast((it) => it.observedUntil < bucket)?.observedUntil ?? null;
  }

  /** True when what was known then has not been read from the store yet. */
  hasToRead(known: Instant): boolean {
    return this.#kept.some((it) => it.observedUntil === known && it.isElsewhere);
  }

  /** Takes in states that {@link hasToRead} asks for. */
  read(found: readonly Snapshot[]): void {
    this.#kept = this.#kept.map((snapshot) =>
      snapshot.isElsewhere
        ? (found.find(({ observedUntil }) => observedUntil === snapshot.observedUntil) ?? snapshot)
        : snapshot,
    );
  }

  /** The state that {@link knownBefore} found, if it is at hand; what was remembered after it is forgotten. */
  goBackTo(known: Instant): Snapshot | null {
    const at = this.#kept.findLastIndex((it) => it.observedUntil === known);
    const snapshot = this.#kept[at];
    if (snapshot === undefined || snapshot.isElsewhere) return null;
    // What was remembered later knows the points as they were.
    for (const { slot } of this.#kept.splice(at + 1)) this.#outdated = [...this.#outdated, slot];
    return snapshot;
  }

  /** What the store does not know yet; it is taken to be told now. */
  unsaved(): { outdated: readonly number[]; snapshots: readonly Snapshot[] } {
    const outdated = this.#outdated;
    this.#outdated = [];
    const snapshots = this.#kept.filter(({ isSaved }) => !isSaved);
    for (const snapshot of snapshots) snapshot.isSaved = true;
    return { outdated, snapshots };
  }
}

/** The states that an earlier process has left of a series' judges, oldest first. */
export function savedSnapshots(
  judges: readonly { name: string; parameters: string }[],
  find: FindSaved,
): Snapshot[] {
  return [1, 2]
    .flatMap((slot) => {
      const known = judges.flatMap(({ name, parameters }) => {
        const saved = find(name, slot);
        return saved?.parameters === parameters ? [saved] : [];
      });
      if (known.length < judges.length || known.length === 0) return [];
      const memory = find(COMBINED, slot);
      const isElsewhere = known.some((judge) => judge.isElsewhere === true);
      return [
        {
          slot,
          observedUntil: Math.max(...known.map(({ observedUntil }) => observedUntil)),
          states: known.map((judge) => ({
            observedUntil: judge.observedUntil,
            state: isElsewhere ? 'null' : JSON.stringify(judge.state),
          })),
          memory: JSON.stringify(memory?.state ?? null),
          memoryIsStored: memory !== undefined,
          isSaved: true,
          isElsewhere,
        },
      ];
    })
    .sort((a, b) => a.observedUntil - b.observedUntil);
}

/** A judge that had seen nothing has left nothing. */
export const savedState = (text: string): Json | undefined =>
  text === 'null' ? undefined : (JSON.parse(text) as Json);
