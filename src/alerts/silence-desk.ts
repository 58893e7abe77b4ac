import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { type Labels, matches } from '../model/matchers.js';
import type { Silence } from '../model/silence.js';
import { parseSlice } from '../model/slice.js';
import { compareText, earlier } from './order.js';
import { afterTime, HARD_CAP, type SilenceReason, scheduleOf } from './silence.js';
import type { SilenceEdit } from './silence-command.js';

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

/** Silences that the calendar makes carry its entry's id behind this. */
const CALENDAR = 'calendar-';

/** What is muted, when and by whom: the silences' part of the desk's memory. */
export class SilenceDesk {
  readonly #silences = new Map<string, Silence>();
  /** Those that have not ended. */
  readonly #running = new Map<string, Silence>();
  /** The calendar's, as the configuration has them now. */
  readonly #calendar: ReadonlyMap<string, NewSilence>;
  readonly #idleAfter: number;

  constructor(annotations: readonly Annotation[] = [], idleAfter = Number.POSITIVE_INFINITY) {
    this.#idleAfter = idleAfter;
    this.#calendar = new Map(
      annotations
        .filter(({ mutes }) => mutes === true)
        .map((annotation) => {
          const silence = ofCalendar(annotation);
          return [silence.silenceId, silence];
        }),
    );
  }

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

  /** An id that no silence has: the moment, and how many there were before. */
  newId(now: Instant): string {
    return `silence-${now.toString(36)}-${this.#silences.size}`;
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
    for (const silence of this.#running.values()) {
      next = earlier(earlier(next, silence.nextAt), this.#idleAt(silence));
      if (this.#hasLeft(silence)) next = earlier(next, silence.startsAt);
    }
    for (const { silenceId, startsAt } of this.#calendar.values())
      if (!this.#silences.has(silenceId)) next = earlier(next, startsAt);
    return next;
  }

  /** Begins, pauses and ends what is due, and takes up what the calendar says now. */
  due(now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    for (const entry of this.#calendar.values())
      if (!this.#silences.has(entry.silenceId) && entry.startsAt <= now)
        journal.push(...this.make(entry, now));
    for (const silence of this.#inOrder()) {
      if (this.#hasLeft(silence)) {
        journal.push(...this.end(silence.silenceId, 'left_the_calendar', 'system', now));
        continue;
      }
      const after = afterTime(silence, now);
      if (after !== null) this.#write(after.silence, after.reason, 'system', now, journal);
      const idleAt = this.#idleAt(after?.silence ?? silence);
      if (idleAt !== null && idleAt <= now)
        journal.push(
          ...this.#change(
            after?.silence ?? silence,
            { reportedIdle: true },
            'matches_nothing',
            'system',
            now,
          ),
        );
    }
    return journal;
  }

  /** Those of which it is said that they match nothing. */
  idle(): Silence[] {
    return this.#inOrder().filter(
      ({ state, reportedIdle, matched }) => state === 'active' && reportedIdle && !matched,
    );
  }

  /** When an active silence that has muted nothing is to be reported; null for never. */
  #idleAt({ matched, reportedIdle, activeSince }: Silence): Instant | null {
    if (matched || reportedIdle || activeSince === null || this.#idleAfter === Number.POSITIVE_INFINITY)
      return null;
    return activeSince + this.#idleAfter;
  }

  /** An entry that the calendar no longer has, or has otherwise: the new one is taken up under another id. */
  #hasLeft({ silenceId, origin }: Silence): boolean {
    return origin === 'calendar' && !this.#calendar.has(silenceId);
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

  /** Changes what a silence is; its schedule is looked at anew. */
  edit(silenceId: string, edit: SilenceEdit, actor: string, now: Instant): JournalEntry[] {
    const silence = this.#running.get(silenceId);
    if (silence === undefined) return [];
    const given = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined));
    const edited = { ...silence, ...given };
    const endsAt = Math.min(edited.endsAt, Math.max(now, edited.startsAt) + HARD_CAP);
    const { state, nextAt } = scheduleOf({ ...edited, endsAt }, now);
    const activeSince = state === 'active' ? (silence.activeSince ?? now) : null;
    return this.#change(edited, { endsAt, state, nextAt, activeSince }, 'edited', actor, now);
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

/** The entry's times are in the id: one that is moved is another silence, and the old one ends. */
function ofCalendar({ annotationId, scope, metrics, title, startsAt, endsAt }: Annotation): NewSilence {
  const labels = Object.entries(parseSlice(scope)).map(([name, value]) => [name, [value]] as const);
  return {
    silenceId: `${CALENDAR}${annotationId}-${startsAt.toString(36)}-${endsAt.toString(36)}`,
    origin: 'calendar',
    match: { ...Object.fromEntries(labels), ...(metrics === undefined ? {} : { metric: metrics }) },
    author: 'calendar',
    reason: title,
    startsAt,
    endsAt,
    untilResolved: false,
    recurrence: null,
  };
}
