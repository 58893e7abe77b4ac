import { DateTime } from 'luxon';
import type { Target } from '../model/alert.js';
import { DAY, type Instant } from '../model/clock.js';
import type { Delivery, DeliveryRequest } from '../model/delivery.js';
import type { DigestReader, DigestSettings } from '../model/digest.js';
import type { JournalEntry } from '../model/journal.js';

type DigestSubject = Extract<DeliveryRequest['subject'], { kind: 'digest' }>;

/** A digest that could not be sent at its time is still worth sending so long after it. */
const LATEST = 2 * DAY;

/**
 * When whose digest is due. Each is known by its reader and its week, and a week's is asked for once: what has been
 * asked for is in the journal, whatever happens to the process.
 */
export class DigestDesk {
  readonly #settings: DigestSettings;
  /** True when there is something to say to a single owner. */
  readonly #hasNews: (subject: DigestSubject) => boolean;
  /** The end of each reader's newest digest. */
  readonly #until = new Map<string, Instant>();
  /** What is before this was not lived through. */
  #since: Instant | null = null;

  constructor(settings: DigestSettings, hasNews: (subject: DigestSubject) => boolean) {
    this.#settings = settings;
    this.#hasNews = hasNews;
  }

  /** Takes up the journal where an earlier process left it. */
  restore(entries: Iterable<JournalEntry>): void {
    for (const { stream, at, body } of entries) {
      this.#since = Math.min(this.#since ?? at, at);
      if (stream !== 'delivery') continue;
      const { subject, target } = body as unknown as Delivery;
      if (subject?.kind === 'digest') this.#sent(readerKey({ target, owner: subject.owner }), subject.to);
    }
  }

  /** The digests that are due at or before `now`. */
  due(now: Instant): DeliveryRequest[] {
    return this.#settings.readers.flatMap((reader) => {
      const to = this.#nextOf(reader, now);
      if (to === null || to > now) return [];
      this.#sent(readerKey(reader), to);
      const from = this.#local(to, reader).minus({ weeks: 1 }).toMillis();
      const { owner, timezone, target } = reader;
      const week = this.#local(to, reader).toISODate();
      const id = `digest-${owner ?? 'everybody'}-${week}`;
      const subject: DigestSubject = { kind: 'digest', id, version: 1, from, to, owner, timezone };
      if (owner !== null && !this.#hasNews(subject)) return [];
      return [{ subject, reason: 'digest', alertId: '', to: [target] }];
    });
  }

  /** When the next digest is due for who has got as far as `from`; null for never. */
  nextDue(from: Instant): Instant | null {
    const moments = this.#settings.readers.flatMap((reader) => this.#nextOf(reader, from) ?? []);
    return moments.length === 0 ? null : Math.min(...moments);
  }

  #nextOf(reader: DigestReader, now: Instant): Instant | null {
    if (!Number.isFinite(now)) return null;
    this.#since ??= now;
    const last = Math.max(this.#until.get(readerKey(reader)) ?? this.#since, now - LATEST);
    return this.#momentAfter(last, reader);
  }

  /** The first of the weekly moments after another one, in the reader's time zone. */
  #momentAfter(instant: Instant, reader: DigestReader): Instant {
    const { weekday, minute } = this.#settings;
    const local = this.#local(instant, reader);
    const day = local.startOf('day').plus({ days: (weekday - local.weekday + 7) % 7 });
    const at = (date: DateTime) => date.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
    const moment = at(day);
    return (moment.toMillis() > instant ? moment : at(day.plus({ weeks: 1 }))).toMillis();
  }

  #local(instant: Instant, { timezone }: DigestReader): DateTime {
    return DateTime.fromMillis(instant, { zone: timezone });
  }

  #sent(key: string, to: Instant): void {
    this.#until.set(key, Math.max(to, this.#until.get(key) ?? to));
  }
}

function readerKey({ target, owner }: { target: Target; owner: string | null }): string {
  return `${owner ?? ''}\n${target}`;
}
