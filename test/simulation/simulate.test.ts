import { beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import type { MarketplaceEvent } from '../../src/model/event.js';
import { defaultIncidents, type Truth } from '../../src/simulation/incident.js';
import { type SimulationOptions, simulateMarketplace } from '../../src/simulation/simulate.js';

const START = Date.UTC(2026, 8, 7);
const OPTIONS: SimulationOptions = {
  seed: 1,
  start: START,
  days: 42,
  ordersPerDay: 4_000,
  incidents: defaultIncidents(START),
  timezone: 'Europe/London',
};

const week = (changes: Partial<SimulationOptions> = {}): MarketplaceEvent[] => [
  ...simulateMarketplace({ ...OPTIONS, days: 7, ordersPerDay: 400, incidents: [], ...changes }).events,
];

let events: MarketplaceEvent[];
let truth: readonly Truth[];
let seconds: number;
beforeAll(() => {
  const before = performance.now();
  const simulation = simulateMarketplace(OPTIONS);
  events = [...simulation.events];
  seconds = (performance.now() - before) / 1_000;
  truth = simulation.truth;
});

const countOf = (type: string, test: (event: MarketplaceEvent) => boolean = () => true): number =>
  events.reduce((count, event) => count + (event.type === type && test(event) ? 1 : 0), 0);

/** Numerator events over denominator events, where and when the test says. */
function rate(numerator: string, denominator: string, test: (event: MarketplaceEvent) => boolean): number {
  return countOf(numerator, test) / countOf(denominator, test);
}

/** The share of the cases due in a span that had no answer by then. */
function breachRate(from: Instant, to: Instant): number {
  const answered = new Map<string, Instant>();
  for (const event of events) {
    if (event.type === 'ticket.responded') answered.set(event.caseId, event.occurredAt);
  }
  let due = 0;
  let breached = 0;
  for (const { type, dueAt, caseId } of events) {
    if (type !== 'ticket.opened' || dueAt === null || dueAt < from || dueAt >= to) continue;
    due++;
    if ((answered.get(caseId) ?? Number.POSITIVE_INFINITY) > dueAt) breached++;
  }
  return breached / due;
}

const within = (from: Instant, to: Instant) => (event: MarketplaceEvent) =>
  event.occurredAt >= from && event.occurredAt < to;
const calm = within(START, START + 21 * DAY);
const odds = (probability: number): number => probability / (1 - probability);

describe('the simulated marketplace', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(week()).toEqual(week());
    expect(week({ seed: 2 })).not.toEqual(week());
    const simulation = simulateMarketplace({ ...OPTIONS, days: 1, ordersPerDay: 50 });
    expect([...simulation.events]).toEqual([...simulation.events]);
  });

  it('makes the demo of six weeks in a few seconds', () => {
    expect(events.length).toBeGreaterThan(450_000);
    expect(events.length).toBeLessThan(700_000);
    // It takes about 2 s; the bound leaves room for a busy machine.
    expect(seconds).toBeLessThan(15);
  });

  it('tells its events in order of time, inside its span, each with its own id', () => {
    const ids = new Set<string>();
    let last = START;
    let ordered = true;
    for (const event of events) {
      ordered &&= event.occurredAt >= last;
      last = event.occurredAt;
      ids.add(event.eventId);
    }
    expect(ordered).toBe(true);
    expect(last).toBeLessThan(START + 42 * DAY);
    expect(ids.size).toBe(events.length);
  });

  it('lets every order happen in its order', () => {
    const RANK: Record<string, number> = {
      'order.placed': 0,
      'order.shipped': 1,
      'order.delivered': 2,
      'dispute.opened': 3,
      'dispute.resolved': 4,
    };
    const reached = new Map<string, number>();
    const backwards = events.filter(({ type, orderId }) => {
      const rank = RANK[type];
      if (rank === undefined) return false;
      const before = reached.get(orderId) ?? -1;
      reached.set(orderId, Math.max(rank, before));
      return rank < before;
    });
    expect(backwards).toEqual([]);
  });

  it('fills the fields that each kind of event has', () => {
    const sample = (type: string) => events.find((event) => event.type === type);
    expect(sample('order.placed')).toMatchObject({
      currency: 'EUR',
      amount: expect.stringMatching(/^\d+\.\d\d$/),
    });
    expect(sample('dispute.opened')).toMatchObject({
      scenario: expect.stringMatching(/^[a-z_]+$/),
      caseId: expect.stringContaining('-dispute'),
      text: expect.stringMatching(/./),
    });
    expect(sample('dispute.resolved')?.outcome).toMatch(/^(buyer_won|seller_won|withdrawn)$/);
    const ticket = sample('ticket.opened');
    expect(ticket?.startedAt).toBe(ticket?.occurredAt);
    expect(ticket?.dueAt).toBe((ticket?.occurredAt ?? 0) + DAY);
    expect(events.every((event) => event.originAt !== null && event.originAt <= event.occurredAt)).toBe(true);
  });

  it('has slices that differ by a factor of 1,000 in volume', () => {
    const all = countOf('order.placed');
    const smallest = countOf('order.placed', (event) => event.region === 'MT');
    expect(smallest).toBeGreaterThan(0);
    expect(countOf('order.placed', (event) => event.region === 'GB') / smallest).toBeGreaterThan(800);
    expect(all / smallest).toBeGreaterThan(1_000);
    const merchants = new Map<string, number>();
    for (const event of events) {
      if (event.type === 'order.placed') {
        merchants.set(event.merchantId, (merchants.get(event.merchantId) ?? 0) + 1);
      }
    }
    expect(merchants.size).toBe(500);
    expect((merchants.get('m001') ?? 0) / (merchants.get('m010') ?? 1)).toBeCloseTo(10, -1);
  });

  it('keeps the rates that it states while nothing is wrong', () => {
    expect(rate('dispute.opened', 'order.delivered', calm)).toBeCloseTo(0.02, 2);
    expect(rate('refund.requested', 'order.delivered', calm)).toBeCloseTo(0.05, 2);
    expect(breachRate(START + 2 * DAY, START + 21 * DAY)).toBeCloseTo(0.04, 2);
  });

  it('is in full swing from its first day', () => {
    for (const type of ['order.delivered', 'dispute.opened', 'dispute.resolved', 'refund.completed']) {
      const first = countOf(type, within(START, START + 7 * DAY));
      const third = countOf(type, within(START + 14 * DAY, START + 21 * DAY));
      expect(first / third, type).toBeGreaterThan(0.8);
      expect(first / third, type).toBeLessThan(1.25);
    }
  });

  it('sleeps at night by the local clock, and has its weekly rhythm', () => {
    const hours = new Array<number>(24).fill(0);
    const days = new Array<number>(7).fill(0);
    for (const event of events) {
      if (event.type !== 'order.placed') continue;
      // London is an hour ahead of UTC until 25 October; the six weeks end before.
      const local = new Date(event.occurredAt + HOUR);
      hours[local.getUTCHours()] = (hours[local.getUTCHours()] as number) + 1;
      days[local.getUTCDay()] = (days[local.getUTCDay()] as number) + 1;
    }
    expect((hours[20] as number) / (hours[3] as number)).toBeGreaterThan(20);
    expect((days[0] as number) / (days[6] as number)).toBeGreaterThan(1.1);
  });

  it('varies more than a binomial law allows, unless told not to', () => {
    expect(dispersion(week({ days: 28, ordersPerDay: 4_000 }))).toBeGreaterThan(1.35);
    expect(dispersion(week({ days: 28, ordersPerDay: 4_000, overdispersion: 0 }))).toBeLessThan(1.2);
  });

  it('gets up an hour later by UTC when summer time ends', () => {
    const autumn = week({ start: Date.UTC(2026, 9, 22), ordersPerDay: 4_000 });
    const placedAtSeven = (firstDay: number) =>
      autumn.filter(({ type, occurredAt }) => {
        const at = new Date(occurredAt);
        const day = at.getUTCDate() - firstDay;
        return type === 'order.placed' && at.getUTCHours() === 7 && day >= 0 && day < 3;
      }).length;
    // Seven by UTC is eight in London before the 25th, and seven after it: 16 orders to 10 by the rhythm.
    expect(placedAtSeven(22) / placedAtSeven(26)).toBeGreaterThan(1.3);
    expect(placedAtSeven(22) / placedAtSeven(26)).toBeLessThan(2);
  });
});

describe('its incidents', () => {
  it('are told as truth, with the metric that each moves', () => {
    expect(truth.map(({ id, metric, shape }) => ({ id, metric, shape }))).toEqual([
      { id: 'toys-not-as-described', metric: 'dispute_rate', shape: 'sudden' },
      { id: 'support-backlog', metric: 'response_sla_breach', shape: 'sudden' },
      { id: 'electronics-refunds', metric: 'refund_rate', shape: 'slow' },
    ]);
  });

  it('multiply the odds on their slice, in their time, by their factor', () => {
    const { slice, startsAt, endsAt, factor } = truth[0] as Truth;
    const there = (event: MarketplaceEvent) =>
      event.category === slice.category && event.region === slice.region;
    const during = within(startsAt, endsAt);
    const before = rate('dispute.opened', 'order.delivered', (event) => there(event) && calm(event));
    const then = rate('dispute.opened', 'order.delivered', (event) => there(event) && during(event));
    expect(odds(then) / odds(before) / factor).toBeGreaterThan(0.75);
    expect(odds(then) / odds(before) / factor).toBeLessThan(1.35);
    const elsewhere = rate('dispute.opened', 'order.delivered', (event) => !there(event) && during(event));
    expect(elsewhere).toBeCloseTo(0.02, 2);
    const kind = countOf('dispute.opened', (event) => there(event) && during(event));
    const added = countOf(
      'dispute.opened',
      (event) => there(event) && during(event) && event.scenario === 'not_as_described',
    );
    expect(added / kind).toBeGreaterThan(0.8);
  });

  it('hit late answers by the date on which they were due', () => {
    const { startsAt, endsAt, factor } = truth[1] as Truth;
    const ratio = odds(breachRate(startsAt, endsAt)) / odds(breachRate(START + 2 * DAY, START + 21 * DAY));
    expect(ratio / factor).toBeGreaterThan(0.75);
    expect(ratio / factor).toBeLessThan(1.35);
    expect(breachRate(endsAt, endsAt + DAY)).toBeLessThan(0.08);
  });

  it('creep in when they are slow', () => {
    const { startsAt, endsAt, factor } = truth[2] as Truth;
    const third = (endsAt - startsAt) / 6;
    const at = (from: Instant, to: Instant) =>
      odds(
        rate(
          'refund.requested',
          'order.delivered',
          (event) => event.category === 'electronics' && within(from, to)(event),
        ),
      );
    const before = at(START, START + 21 * DAY);
    const early = at(startsAt, startsAt + third) / before;
    const late = at(startsAt + 3 * third, endsAt) / before;
    expect(early).toBeLessThan(factor / 2);
    expect(late / factor).toBeGreaterThan(0.75);
    expect(late / factor).toBeLessThan(1.35);
  });
});

/**
 * Pearson's dispersion of hourly refunds over four weeks, against the mean of their hour of the week: about 1
 * for independent cases.
 */
function dispersion(stream: readonly MarketplaceEvent[]): number {
  const counts = new Map<number, number>();
  for (const event of stream) {
    if (event.type !== 'refund.requested') continue;
    const hour = Math.floor((event.occurredAt - START) / HOUR);
    counts.set(hour, (counts.get(hour) ?? 0) + 1);
  }
  const weeks = 4;
  let sum = 0;
  let slots = 0;
  for (let slot = 0; slot < 168; slot++) {
    const values = Array.from({ length: weeks }, (_, week) => counts.get(week * 168 + slot) ?? 0);
    const mean = values.reduce((total, value) => total + value, 0) / weeks;
    if (mean < 5) continue;
    sum += values.reduce((total, value) => total + (value - mean) ** 2 / mean, 0) / (weeks - 1);
    slots++;
  }
  return sum / slots;
}
