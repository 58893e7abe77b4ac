import { DAY, HOUR, type Instant } from '../model/clock.js';
import type { MarketplaceEvent } from '../model/event.js';
import { type Incident, type Truth, truthOf } from './incident.js';
import { LONGEST_JOURNEY_DAYS, makeJourney } from './journey.js';
import { Odds } from './odds.js';
import { Random } from './random.js';
import { LocalDays } from './rhythm.js';

export interface SimulationOptions {
  /** A whole number; the same one gives the same events. */
  seed: number;
  start: Instant;
  /** Length in days of 24 h. */
  days: number;
  /** The mean over a week. */
  ordersPerDay: number;
  incidents: readonly Incident[];
  /** IANA name: the zone by whose clock people buy and complain. */
  timezone: string;
  /** Standard deviation of the log-odds of trouble from hour to hour. Default 0.35; 0 gives binomial counts. */
  overdispersion?: number;
}

export interface Simulation {
  /** In order of `occurredAt`. Made while it is read; each reading begins anew and gives the same. */
  events: Iterable<MarketplaceEvent>;
  truth: readonly Truth[];
}

/**
 * A marketplace's events between `start` and `start + days`. It has been in business before: orders from
 * earlier weeks arrive, are disputed and refunded from the first hour on, so that no rate has to settle.
 * Memory holds what is under way, not what has happened.
 */
export function simulateMarketplace(options: SimulationOptions): Simulation {
  return {
    events: { [Symbol.iterator]: () => generate(options) },
    truth: truthOf(options.incidents),
  };
}

function* generate(options: SimulationOptions): Generator<MarketplaceEvent, void, undefined> {
  const { seed, start, ordersPerDay } = options;
  const end = start + options.days * DAY;
  const days = new LocalDays(start, options.timezone);
  const random = new Random(seed);
  const odds = new Odds(seed, options.overdispersion ?? 0.35, options.incidents);
  const pending = new Map<number, MarketplaceEvent[]>();
  const emit = (event: MarketplaceEvent): void => {
    if (event.occurredAt < start || event.occurredAt >= end) return;
    const day = days.dayOf(event.occurredAt);
    const sameDay = pending.get(day);
    if (sameDay === undefined) pending.set(day, [event]);
    else sameDay.push(event);
  };
  const context = { random, days, odds, emit };
  const lastDay = days.dayOf(end - 1);
  let orders = 0;
  for (let day = -LONGEST_JOURNEY_DAYS; day <= lastDay; day++) {
    for (let hour = 0; hour < 24; hour++) {
      const restless = Math.exp(ORDER_NOISE * random.normal() - ORDER_NOISE ** 2 / 2);
      const count = random.poisson(ordersPerDay * days.buyingShare(day, hour) * restless);
      for (let nth = 0; nth < count; nth++) {
        const placedAt = days.startOf(day) + hour * HOUR + Math.floor(random.uniform() * HOUR);
        makeJourney(context, `s${seed}-${++orders}`, day, placedAt);
      }
    }
    // Nothing that is placed later can happen earlier than the end of this day.
    const over = pending.get(day);
    pending.delete(day);
    if (over !== undefined) yield* over.sort(byTime);
  }
}

/** How much the demand of an hour strays from its mean, beside chance: a standard deviation of the logarithm. */
const ORDER_NOISE = 0.08;

function byTime(a: MarketplaceEvent, b: MarketplaceEvent): number {
  return a.occurredAt - b.occurredAt || (a.eventId < b.eventId ? -1 : 1);
}
