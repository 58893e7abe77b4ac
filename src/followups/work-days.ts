import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';
import type { Owner, WorkTime } from '../model/owner.js';

const USUAL: WorkTime = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, holidays: [] };
/** An owner without a single work day in a year would be searched for for ever. */
const LONGEST_BREAK = 366;

/** An owner's days: in the owner's time zone, with the owner's work days and days off. */
export class WorkDays {
  readonly #zone: string;
  readonly #work: WorkTime;

  constructor(owner: Owner | undefined) {
    this.#zone = owner?.timezone ?? 'UTC';
    this.#work = owner?.work ?? USUAL;
  }

  at(instant: Instant): DateTime {
    return DateTime.fromMillis(instant, { zone: this.#zone });
  }

  isWorkDay(day: DateTime): boolean {
    return this.#work.days.includes(day.weekday) && !this.#work.holidays.includes(day.toISODate() ?? '');
  }

  /** So many work days after a day; 0 is the day itself, or the next work day. */
  after(day: DateTime, days: number): DateTime {
    let found = days === 0 ? this.#step(day, 1) : day;
    for (let count = 0; count < days; count++) found = this.#step(found.plus({ days: 1 }), 1);
    return found;
  }

  /** The day itself, or the last work day before it. */
  upTo(day: DateTime): DateTime {
    return this.#step(day, -1);
  }

  /** When the owner's work begins on a day. */
  morning(day: DateTime): DateTime {
    return day.startOf('day').set({ hour: Math.floor(this.#work.from / 60), minute: this.#work.from % 60 });
  }

  /** The first morning of a work day at or after a moment. */
  morningFrom(instant: Instant): Instant {
    const today = this.morning(this.after(this.at(instant), 0));
    return today.toMillis() >= instant ? today.toMillis() : this.morningAfter(instant);
  }

  /** The morning of the first work day after the day of a moment. */
  morningAfter(instant: Instant): Instant {
    return this.morning(this.after(this.at(instant).plus({ days: 1 }), 0)).toMillis();
  }

  /** True in the owner's hours on a work day; hours that end before they begin go on until midnight. */
  isAtWork(instant: Instant): boolean {
    const { from, to } = this.#work;
    const local = this.at(instant);
    const minutes = local.hour * 60 + local.minute;
    return this.isWorkDay(local) && minutes >= from && minutes < (to > from ? to : 24 * 60);
  }

  #step(day: DateTime, direction: 1 | -1): DateTime {
    let found = day;
    for (let tried = 0; tried < LONGEST_BREAK && !this.isWorkDay(found); tried++)
      found = found.plus({ days: direction });
    return found;
  }
}
