import { DAY, HOUR, type Instant, MINUTE } from '../model/clock.js';
import type { MarketplaceEvent } from '../model/event.js';
import {
  CANCELLATION_RATE,
  CATEGORIES,
  type Category,
  CHANNELS,
  COMPLAINTS,
  CURRENCY,
  OUTCOMES,
  REGIONS,
  type Region,
  SCENARIOS,
  type Scenario,
  SHARES,
  TICKET_CHANNELS,
  TICKET_RATE,
} from './marketplace.js';
import type { Odds } from './odds.js';
import type { Random } from './random.js';
import type { LocalDays } from './rhythm.js';

/** The latest day after the order's own on which anything still happens to it. */
export const LONGEST_JOURNEY_DAYS = 40;

const LONGEST_TRANSIT = 10;
const LONGEST_LAG = 14;
const LONGEST_CASE = 12;
const ANSWER_WITHIN = DAY;
const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

/** What all orders of a simulation share. */
export interface JourneyContext {
  random: Random;
  days: LocalDays;
  odds: Odds;
  emit(event: MarketplaceEvent): void;
}

interface Order {
  id: string;
  placedDay: number;
  placedAt: Instant;
  region: Region;
  category: Category;
  amount: number;
  event(type: string, at: Instant, more?: Partial<MarketplaceEvent>): void;
}

/**
 * Lets one order happen from its placing to the last word about it. Whether something goes wrong is decided
 * by the odds at the moment at which it would show, so that an incident begins in the metric when it begins.
 */
export function makeJourney(context: JourneyContext, id: string, day: number, placedAt: Instant): void {
  const { random } = context;
  const order = placeOrder(context, id, day, placedAt);
  order.event('order.placed', placedAt);
  // A ticket comes with any order, also with one that is cancelled later.
  if (random.chance(TICKET_RATE)) makeTicket(context, order);
  if (random.chance(CANCELLATION_RATE)) {
    order.event('order.cancelled', placedAt + 10 * MINUTE + random.exponential(2 * HOUR));
    return;
  }
  const transit = Math.min(1 + Math.round(random.exponential(order.region.transitDays)), LONGEST_TRANSIT);
  const deliveredDay = context.days.serviceDay(day + transit, random);
  const deliveredAt = context.days.serviceTime(deliveredDay, random);
  order.event('order.shipped', placedAt + (deliveredAt - placedAt) * (0.15 + 0.25 * random.uniform()));
  order.event('order.delivered', deliveredAt);
  makeDispute(context, order, deliveredDay);
  makeRefund(context, order, deliveredDay);
}

function placeOrder(context: JourneyContext, id: string, placedDay: number, placedAt: Instant): Order {
  const { random, emit } = context;
  const region = REGIONS[random.choose(SHARES.regions)] as Region;
  const category = CATEGORIES[random.choose(SHARES.categories)] as Category;
  const channel = CHANNELS[random.choose(SHARES.channels)] as string;
  const merchantId = `m${String(random.choose(SHARES.merchants) + 1).padStart(3, '0')}`;
  const amount = category.medianAmount * Math.exp(0.6 * random.normal());
  const event: Order['event'] = (type, at, more) =>
    emit({
      eventId: `${id}-${type}`,
      type,
      occurredAt: Math.floor(at),
      orderId: id,
      caseId: '',
      merchantId,
      region: region.name,
      category: category.name,
      scenario: '',
      channel,
      amount: money(amount),
      currency: CURRENCY,
      originAt: placedAt,
      startedAt: null,
      dueAt: null,
      outcome: '',
      text: '',
      attributes: NO_ATTRIBUTES,
      ...more,
    });
  return { id, placedDay, placedAt, region, category, amount, event };
}

function makeDispute({ random, days, odds }: JourneyContext, order: Order, deliveredDay: number): void {
  const lag = Math.min(1 + Math.floor(random.exponential(2.5)), LONGEST_LAG);
  const day = days.serviceDay(deliveredDay + lag, random);
  const openedAt = days.serviceTime(day, random);
  const { probability, cause, causeShare } = odds.at('disputes', order.region, order.category, openedAt);
  if (!random.chance(probability)) return;
  const added = cause?.scenario !== undefined && random.chance(causeShare);
  const scenario = added
    ? (cause.scenario as Scenario)
    : (SCENARIOS[random.choose(SHARES.scenarios)] as Scenario);
  const complaints = COMPLAINTS[scenario];
  const text = complaints[Math.floor(random.uniform() * complaints.length)] as string;
  const caseId = `${order.id}-dispute`;
  order.event('dispute.opened', openedAt, { caseId, scenario, text });
  const resolvedDay = day + Math.min(2 + Math.floor(random.exponential(3)), LONGEST_CASE);
  const outcome = OUTCOMES[random.choose(SHARES.outcomes)] as string;
  order.event('dispute.resolved', days.serviceTime(resolvedDay, random), { caseId, scenario, outcome });
}

function makeRefund({ random, days, odds }: JourneyContext, order: Order, deliveredDay: number): void {
  const lag = Math.min(1 + Math.floor(random.exponential(2)), LONGEST_LAG);
  const day = days.serviceDay(deliveredDay + lag, random);
  const requestedAt = days.serviceTime(day, random);
  const { probability } = odds.at('refunds', order.region, order.category, requestedAt);
  if (!random.chance(probability)) return;
  const caseId = `${order.id}-refund`;
  const whole = random.chance(0.8);
  const amount = money(order.amount * (whole ? 1 : 0.2 + 0.6 * random.uniform()));
  order.event('refund.requested', requestedAt, { caseId, amount });
  if (random.chance(0.6)) {
    const returnedAt = requestedAt + 5 * MINUTE + random.uniform() * 12 * HOUR;
    order.event('return.requested', returnedAt, { caseId });
  }
  if (random.chance(0.92)) {
    const completedDay = day + Math.min(1 + Math.floor(random.exponential(2.5)), LONGEST_CASE);
    order.event('refund.completed', days.serviceTime(completedDay, random), { caseId, amount });
  }
}

function makeTicket({ random, days, odds }: JourneyContext, order: Order): void {
  const day = days.serviceDay(order.placedDay + 1 + Math.floor(random.uniform() * 7), random);
  const openedAt = days.serviceTime(day, random);
  const dueAt = openedAt + ANSWER_WITHIN;
  const caseId = `${order.id}-ticket`;
  const channel = TICKET_CHANNELS[random.choose(SHARES.ticketChannels)] as string;
  const standing = { caseId, channel, amount: null, currency: '', startedAt: openedAt, dueAt };
  order.event('ticket.opened', openedAt, standing);
  const { probability } = odds.at('late_answers', order.region, order.category, dueAt);
  if (!random.chance(probability)) {
    const taken = Math.min(5 * MINUTE + random.exponential(4 * HOUR), ANSWER_WITHIN - MINUTE);
    order.event('ticket.responded', openedAt + taken, standing);
  } else if (random.chance(0.7)) {
    // The rest is never answered, and counts as a breach all the same.
    const late = Math.min(10 * MINUTE + random.exponential(14 * HOUR), 4 * DAY);
    order.event('ticket.responded', dueAt + late, standing);
  }
}

function money(amount: number): string {
  return Math.max(amount, 0.01).toFixed(2);
}
