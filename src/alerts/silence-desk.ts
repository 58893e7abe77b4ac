import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { type Labels, matches } from '../model/matchers.js';
import type { Silence } from '../model/silence.js';
import { compareText } from './order.js';
import { afterTime, HARD_CAP, type SilenceReason, scheduleOf } from './silence.js';

/** What a silence is made of; the rest follows from it. */
export type NewSilence = Pick<
  Silence,
  | 'silenceId'
  | 'origin'
  | 'match'
  | 'author'
  | 'reason'
  | 'startsAt'
  | 'endsAt'
  | 'untilResolved'
  | 'recurrence'
>;

/** What is muted, when and by whom: the silences' part of the desk's memory. */
export class SilenceDesk {
  readonly #silences = new Map<string, Silence>();
  /** Those that have not ended. */
  readonly #running = new Map<string, Silence>();

  apply(entry: JournalEntry): void {
    if (entry.stream !== 'silence') return;
    const silence = entry.body as unknown as Silence;
    const known = this.#silences.get(silence.silenceId);
    if (known !== undefined && known.version >= silence.version) return;
    this.#silences.set(silence.silenceId, silence);
    if (silence.state === 'ended') this.#running.delete(silence.silenceId);
    else this.#running.set(silence.silenceId, silence);
  }

  silence(silenceId: string): Silence | undefined {
    return this.#silences.get(silenceId);
  }

  silences(): readonly Silence[] {
    return [...this.#silences.values()];
  }

  /** The silence that mutes an alert of these labels now: of several the one that lasts longest. */
  muting(labels: Labels): Silence | null {
    let longest: Silence | null = null;
    for (const silence of this.#running.values()) {
      if (silence.state !== 'active' || !matches(silence.match, labels)) continue;
      if (longest === null || lastsLonger(silence, longest)) longest = silence;
    }
    return longest;
  }

  /** When a silence begins, pauses or ends next; null when nothing waits. */
  nextDue(): Instant | null {
    let next: Instant | null = null;
    for (const { nextAt } of this.#running.values())
      if (nextAt !== null && (next === null || nextAt < next)) next = nextAt;
    return next;
  }

  /** Begins, pauses and ends what is due. */
  due(now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    for (const silence of this.#inOrder()) {
      const after = afterTime(silence, now);
      if (after !== null) this.#write(after.silence, after.reason, 'system', now, journal);
    }
    return journal;
  }

  /** Takes up a silence, capped; one that has begun mutes from now on. */
  make(made: NewSilence, now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    const endsAt = Math.min(made.endsAt, Math.max(now, made.startsAt) + HARD_CAP);
    const { state, nextAt } = scheduleOf({ ...made, endsAt }, now);
    const silence: Silence = {
      ...made,
      endsAt,
      state,
      nextAt,
      activeSince: state === 'active' ? now : null,
      matched: false,
      reportedIdle: false,
      createdAt: now,
      version: 1,
    };
    this.#write(silence, 'made', made.author, now, journal);
    return journal;
  }

  /** Notes that it has muted its first alert. */
  matched(silenceId: string, now: Instant): JournalEntry[] {
    const silence = this.#running.get(silenceId);
    if (silence === undefined || silence.matched) return [];
    return this.#change(silence, { matched: true }, 'matched', 'system', now);
  }

  /** Ends a silence before its time; nothing happens to one that has ended. */
  end(silenceId: string, reason: SilenceReason, actor: string, now: Instant): JournalEntry[] {
    const silence = this.#running.get(silenceId);
    if (silence === undefined) return [];
    return this.#change(silence, { state: 'ended', nextAt: null, activeSince: null }, reason, actor, now);
  }

  #change(
    silence: Silence,
    changes: Partial<Silence>,
    reason: SilenceReason,
    actor: string,
    now: Instant,
  ): JournalEntry[] {
    const journal: JournalEntry[] = [];
    this.#write({ ...silence, ...changes, version: silence.version + 1 }, reason, actor, now, journal);
    return journal;
  }

  #inOrder(): Silence[] {
    return [...this.#running.values()].sort((a, b) => compareText(a.silenceId, b.silenceId));
  }

  #write(
    silence: Silence,
    reason: SilenceReason,
    actor: string,
    now: Instant,
    journal: JournalEntry[],
  ): void {
    const entry: JournalEntry = {
      stream: 'silence',
      id: silence.silenceId,
      version: silence.version,
      at: now,
      actor,
      reason,
      body: silence as unknown as Json,
    };
    this.apply(entry);
    journal.push(entry);
  }
}

/** Until resolved is longest; the id breaks a tie. */
function lastsLonger(a: Silence, b: Silence): boolean {
  const end = ({ untilResolved, nextAt }: Silence) =>
    untilResolved ? Number.POSITIVE_INFINITY : (nextAt ?? Number.NEGATIVE_INFINITY);
  return end(a) === end(b) ? compareText(a.silenceId, b.silenceId) < 0 : end(a) > end(b);
}
