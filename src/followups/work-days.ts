import { DateTime, IANAZone } from 'luxon';
import { DAY, type Instant, MINUTE } from '../model/clock.js';
import { isDayOff, type Owner, type WorkTime } from '../model/owner.js';

const USUAL: WorkTime = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, holidays: [] };
/** An owner without a single work day in a year would be searched for for ever. */
const LONGEST_BREAK = 366;

/** A day of somebody's calendar, counted from 1 January 1970 there. */
type LocalDay = number;

/**
 * An owner's days: in the owner's time zone, with the owner's work days and days off. Tens of thousands of follow-ups ask
 * for the same few hundred days, so what is slow to find out, offsets and mornings, is remembered.
 */
export class WorkDays {
  readonly #zone: IANAZone;
  readonly #work: WorkTime;
  /** By days of UTC: the zone's offset all day long in ms, or null where it changes in the course of it. */
  readonly #offsets = new Map<number, number | null>();
  readonly #mornings = new Map<LocalDay, Instant>();

  constructor(owner: Owner | undefined) {
    this.#zone = IANAZone.create(owner?.timezone ?? 'UTC');
    this.#work = owner?.work ?? USUAL;
  }

  dayOf(instant: Instant): LocalDay {
    return Math.floor((instant + this.#offset(instant)) / DAY);
  }

  isoDate(day: LocalDay): string {
    return new Date(day * DAY).toISOString().slice(0, 10);
  }

  isWorkDay(day: LocalDay): boolean {
    // The first day of 1970 was a Thursday.
    const weekday = ((day + 3) % 7) + 1;
    return this.#work.days.includes(weekday) && !isDayOff(this.#work, this.isoDate(day));
  }

  /** So many work days after a day; 0 is the day itself, or the next work day. */
  after(day: LocalDay, days: number): LocalDay {
    let found = days === 0 ? this.#step(day, 1) : day;
    for (let count = 0; count < days; count++) found = this.#step(found + 1, 1);
    return found;
  }

  /** The day itself, or the last work day before it. */
  upTo(day: LocalDay): LocalDay {
    return this.#step(day, -1);
  }

  /** When the owner's work begins on a day. */
  morning(day: LocalDay): Instant {
    const known = this.#mornings.get(day);
    if (known !== undefined) return known;
    const morning = this.#at(day, this.#work.from);
    this.#mornings.set(day, morning);
    return morning;
  }

  /** The last moment of a day. */
  endOf(day: LocalDay): Instant {
    return this.#at(day + 1, 0) - 1;
  }

  /** The first morning of a work day at or after a moment. */
  morningFrom(instant: Instant): Instant {
    const today = this.morning(this.after(this.dayOf(instant), 0));
    return today >= instant ? today : this.morningAfter(instant);
  }

  /** The morning of the first work day after the day of a moment. */
  morningAfter(instant: Instant): Instant {
    return this.morning(this.after(this.dayOf(instant) + 1, 0));
  }

  /** True in the owner's hours on a work day; hours that end before they begin go on until midnight. */
  isAtWork(instant: Instant): boolean {
    const { from, to } = this.#work;
    const day = this.dayOf(instant);
    const minutes = (instant + this.#offset(instant) - day * DAY) / MINUTE;
    return this.isWorkDay(day) && minutes >= from && minutes < (to > from ? to : 24 * 60);
  }

  /** A time of day on the wall's clock. */
  #at(day: LocalDay, minutes: number): Instant {
    return DateTime.fromISO(this.isoDate(day), { zone: this.#zone })
      .set({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
      .toMillis();
  }

  /** What the zone's clocks are ahead of UTC, ms. */
  #offset(instant: Instant): number {
    const day = Math.floor(instant / DAY);
    let offset = this.#offsets.get(day);
    if (offset === undefined) {
      const [atFirst, atLast] = [day * DAY, (day + 1) * DAY].map((at) => this.#zone.offset(at) * MINUTE);
      offset = atFirst === undefined || atFirst !== atLast ? null : atFirst;
      this.#offsets.set(day, offset);
    }
    return offset ?? this.#zone.offset(instant) * MINUTE;
  }

  #step(day: LocalDay, direction: 1 | -1): LocalDay {
    let found = day;
    for (let tried = 0; tried < LONGEST_BREAK && !this.isWorkDay(found); tried++) found += direction;
    return found;
  }
}
