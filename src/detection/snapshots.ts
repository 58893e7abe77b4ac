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
  slot: number;
  /** The start of the last bucket that they knew; the beginning of time when they knew none. */
  observedUntil: Instant;
  /** In the order of the seats; as text, because a judge may go on changing what it has given. */
  seats: readonly { observedUntil: Instant; state: string }[];
  /** What is remembered beside them; as text, null for nothing. */
  memory: string;
  memoryIsStored: boolean;
  isSaved: boolean;
  /** True while the states have been left in the store. */
  isElsewhere: boolean;
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
          seats: known.map((judge) => ({
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
