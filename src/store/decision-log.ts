import type { JournalEntry } from '../model/journal.js';
import type { Verdict } from '../model/verdict.js';
import type { Journal } from './journal.js';
import type { VerdictTable } from './verdict-table.js';

/** So many verdicts are held back before they are written, when nothing asks for it sooner. */
const HELD_VERDICTS = 50_000;

export interface DecisionLogParts {
  journal: Journal;
  verdicts: VerdictTable;
  /**
   * `at_once` writes each transition before anything follows from it: what a live service needs. `later` gathers
   * them: for a replay, which is run again from the start if it breaks off.
   */
  write: 'at_once' | 'later';
  onWritten?: (entries: readonly JournalEntry[]) => void;
}

/** Writes what has been decided: verdicts first, then the transitions that followed from them. */
export class DecisionLog {
  readonly #parts: DecisionLogParts;
  #verdicts: Verdict[] = [];
  #entries: JournalEntry[] = [];

  constructor(parts: DecisionLogParts) {
    this.#parts = parts;
  }

  /** Takes verdicts; they are written with the next transition, or when there are many. */
  async judged(verdicts: readonly Verdict[]): Promise<void> {
    for (const verdict of verdicts) this.#verdicts.push(verdict);
    if (this.#verdicts.length >= HELD_VERDICTS) await this.flush();
  }

  /** Takes entries that belong together; they are written in one insert, all of them or none. */
  async append(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#entries.push(...entries);
    if (this.#parts.write === 'at_once') await this.flush();
  }

  async flush(): Promise<void> {
    const verdicts = this.#verdicts;
    const entries = this.#entries;
    this.#verdicts = [];
    this.#entries = [];
    await this.#parts.verdicts.write(verdicts);
    await this.#parts.journal.append(entries);
    if (entries.length > 0) this.#parts.onWritten?.(entries);
  }
}
