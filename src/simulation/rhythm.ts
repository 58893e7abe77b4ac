import { DateTime } from 'luxon';
import { HOUR, type Instant } from '../model/clock.js';
import { cumulate, type Random } from './random.js';

/** When people buy: little at night, most at noon and in the evening. Weights by local hour. */
const BUYING_HOURS = [
  4, 2, 1, 1, 1, 2, 5, 10, 16, 21, 24, 26, 27, 25, 23, 22, 23, 25, 28, 32, 35, 31, 20, 10,
];
/** When parcels arrive, and when people write about them: the day's working half, and a thin rest. */
const SERVICE_HOURS = [1, 1, 1, 1, 1, 1, 2, 5, 14, 18, 20, 20, 19, 19, 19, 19, 18, 16, 13, 10, 7, 4, 2, 1];
/** Orders by weekday, Monday first. */
const BUYING_DAYS = [1.06, 1.02, 1, 1, 0.94, 0.9, 1.08];

const SUNDAY = 6;
const SUNDAY_WAITS = 0.3;

const buyingTotal = BUYING_HOURS.reduce((sum, weight) => sum + weight, 0);
const serviceHours = cumulate(SERVICE_HOURS);

/** The local days around a start, counted from the one that it falls on. */
export class LocalDays {
  readonly #origin: DateTime;
  readonly #starts = new Map<number, Instant>();

  constructor(start: Instant, timezone: string) {
    this.#origin = DateTime.fromMillis(start, { zone: timezone }).startOf('day');
  }

  /** Local midnight of a day. */
  startOf(day: number): Instant {
    let start = this.#starts.get(day);
    if (start === undefined) {
      start = this.#origin.plus({ days: day }).toMillis();
      this.#starts.set(day, start);
    }
    return start;
  }

  /** The day that an instant falls on. */
  dayOf(instant: Instant): number {
    let day = Math.floor((instant - this.startOf(0)) / (24 * HOUR));
    while (this.startOf(day + 1) <= instant) day++;
    while (this.startOf(day) > instant) day--;
    return day;
  }

  /** 0 for Monday. */
  weekdayOf(day: number): number {
    return (((this.#origin.weekday - 1 + day) % 7) + 7) % 7;
  }

  /** The share of an average day's orders that one hour of a day has. */
  buyingShare(day: number, hour: number): number {
    const weight = (BUYING_HOURS[hour] as number) / buyingTotal;
    return weight * (BUYING_DAYS[this.weekdayOf(day)] as number);
  }

  /** Some of what would fall on a Sunday waits until Monday, parcels and complaints alike. */
  serviceDay(day: number, random: Random): number {
    return this.weekdayOf(day) === SUNDAY && random.chance(SUNDAY_WAITS) ? day + 1 : day;
  }

  /**
   * A moment of a day at which parcels arrive and people write. A 23-hour day's last hour runs into the next
   * day, which nobody will notice.
   */
  serviceTime(day: number, random: Random): Instant {
    const hour = random.choose(serviceHours) + random.uniform();
    return this.startOf(day) + Math.floor(hour * HOUR);
  }
}
