import { DateTime } from 'luxon';
import { expect } from 'vitest';
import { bucketEnd, bucketStart, bucketStarts } from '../../src/metrics/buckets.js';
import { DAY } from '../../src/model/clock.js';
import type { ArrivedEvent, MarketplaceEvent } from '../../src/model/event.js';
import {
  type BucketWidth,
  type EventSelector,
  isLevel,
  isRate,
  type MetricDefinition,
  type TrailingWindow,
} from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { formatSlice } from '../../src/model/slice.js';
import { DAYS, START } from './made-events.js';

/** What is true: the newest content of each id. */
export function distinct(all: readonly ArrivedEvent[]): MarketplaceEvent[] {
  const newest = new Map<string, ArrivedEvent>();
  for (const arrival of all) {
    const known = newest.get(arrival.event.eventId);
    if (known === undefined || arrival.arrival.version > known.arrival.version)
      newest.set(arrival.event.eventId, arrival);
  }
  return [...newest.values()].map(({ event }) => event);
}

const fieldOf = (event: MarketplaceEvent, name: string): string =>
  ({
    region: event.region,
    category: event.category,
    scenario: event.scenario,
    channel: event.channel,
    order_id: event.orderId,
  })[name] ??
  event.attributes[name] ??
  '';
const numberOf = (event: MarketplaceEvent, name: string): number | null => {
  if (name === 'duration')
    return event.startedAt === null ? null : (event.occurredAt - event.startedAt) / 1000;
  const text = name === 'amount' ? event.amount : event.attributes[name];
  return text === undefined || text === null || !/^-?[\d.]+$/.test(text) ? null : Number(text);
};
const dateOf = (event: MarketplaceEvent, definition: MetricDefinition): number | null =>
  ({ occurred_at: event.occurredAt, origin_at: event.originAt, due_at: event.dueAt })[definition.date];
const selected = (event: MarketplaceEvent, of: EventSelector): boolean =>
  of.event.includes(event.type) &&
  Object.entries(of.where).every(([name, allowed]) => allowed.includes(fieldOf(event, name))) &&
  Object.entries(of.except ?? {}).every(([name, values]) => !values.includes(fieldOf(event, name))) &&
  Object.entries(of.bounds ?? {}).every(([name, { atLeast = -Infinity, below = Infinity }]) => {
    const number = numberOf(event, name);
    return number !== null && number >= atLeast && number < below;
  });

interface Tally {
  numerator: number;
  denominator: number;
  amount: number;
  numbers: number[];
  texts: Set<string>;
}

const emptyTally = (): Tally => ({ numerator: 0, denominator: 0, amount: 0, numbers: [], texts: new Set() });

/** The double nearest to a sum of amounts in cents: a sum of doubles is not always it. */
const inCents = (sum: number): number => Math.round(sum * 100) / 100;

/** What a kind makes of its events: the definition that the store's own arithmetic is held against. */
function expectedValue({ measure }: MetricDefinition, tally: Tally): number {
  switch (measure.kind) {
    case 'count':
      return tally.numerator;
    case 'sum':
      return inCents(tally.amount);
    case 'mean':
      return tally.numbers.reduce((sum, number) => sum + number, 0) / tally.numbers.length;
    case 'quantile': {
      const sorted = tally.numbers.toSorted((a, b) => a - b);
      const at = (sorted.length - 1) * measure.level;
      const [lower = 0, upper = lower] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      return lower + (upper - lower) * (at - Math.floor(at));
    }
    case 'distinct':
      return tally.texts.size;
    default:
      return tally.denominator === 0 ? 0 : tally.numerator / tally.denominator;
  }
}

/** What each bucket's denominator is counted over, in elapsed time and local days alike. */
function windowsOf(definition: MetricDefinition, window: TrailingWindow) {
  const back = (end: number, width: BucketWidth | null) =>
    DateTime.fromMillis(end, { zone: definition.timezone })
      .minus(width === null ? {} : { [width.unit]: width.count })
      .toMillis();
  return bucketStarts(bucketStart(START, definition), START + DAYS * DAY, definition).map((start) => {
    const to = back(bucketEnd(start, definition), window.lag);
    return { start, from: back(to, window.over), to };
  });
}

/** Counts by brute force: every event into every slice of its bucket. */
function bruteForce(definition: MetricDefinition, events: readonly MarketplaceEvent[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const add = (
    event: MarketplaceEvent,
    dimensions: readonly string[],
    change: Partial<Tally>,
    date = dateOf(event, definition),
  ) => {
    if (date === null) return null;
    const labels = Object.fromEntries(dimensions.map((name) => [name, fieldOf(event, name)]));
    const key = `${bucketStart(date, definition)} ${formatSlice(labels)}`;
    const tally = tallies.get(key) ?? emptyTally();
    for (const name of ['numerator', 'denominator', 'amount'] as const) tally[name] += change[name] ?? 0;
    tallies.set(key, tally);
    return tally;
  };
  const { measure } = definition;
  const windows =
    measure.kind === 'ratio' && measure.window !== undefined ? windowsOf(definition, measure.window) : null;
  const countedIn = (event: MarketplaceEvent) => {
    const date = dateOf(event, definition);
    return windows === null || date === null
      ? [date]
      : windows.filter(({ from, to }) => from <= date && date < to).map(({ start }) => start);
  };
  for (const dimensions of definition.slices)
    for (const event of events) {
      const amount = Number(event.amount ?? 0);
      if (measure.kind === 'ratio') {
        if (selected(event, measure.numerator)) add(event, dimensions, { numerator: 1, amount });
        const kept = dimensions.filter((name) => !measure.denominator.ignore.includes(name));
        if (selected(event, measure.denominator) && kept.length === dimensions.length)
          for (const bucket of countedIn(event)) add(event, dimensions, { denominator: 1 }, bucket);
      } else if (measure.kind === 'breach') {
        if (!selected(event, measure.opened)) continue;
        if (event.dueAt === null) continue;
        const due = event.dueAt;
        const openings = events.filter(
          (it) => selected(it, measure.opened) && it.caseId === event.caseId && it.dueAt === due,
        );
        // The same case due at the same time is one case, however many openings say so.
        if (openings.at(-1) !== event) continue;
        const answered = events.some(
          (it) =>
            selected(it, measure.answered) &&
            it.caseId === event.caseId &&
            it.occurredAt >= event.occurredAt &&
            it.occurredAt <= due,
        );
        add(event, dimensions, { denominator: 1, ...(answered ? {} : { numerator: 1, amount }) });
      } else if (measure.kind === 'mean' || measure.kind === 'quantile') {
        const number = numberOf(event, measure.value);
        if (selected(event, measure.of) && number !== null)
          add(event, dimensions, { numerator: 1, amount })?.numbers.push(number);
      } else if (measure.kind === 'distinct') {
        const text = fieldOf(event, measure.by);
        if (selected(event, measure.of) && text !== '')
          add(event, dimensions, { numerator: 1, amount })?.texts.add(text);
      } else if (selected(event, measure.of)) add(event, dimensions, { numerator: 1, amount });
    }
  return tallies;
}

export function expectExact(
  definition: MetricDefinition,
  points: readonly Point[],
  events: readonly MarketplaceEvent[],
): void {
  const tallies = bruteForce(definition, events);
  const { measure } = definition;
  for (const point of points) {
    const tally = tallies.get(`${point.bucketStart} ${point.slice}`) ?? emptyTally();
    const place = `${definition.id} ${point.slice} ${new Date(point.bucketStart).toISOString()}`;
    expect(point.amount, place).toBe(inCents(tally.amount));
    if (isRate(measure.kind)) expect(point.numerator, place).toBe(tally.numerator);
    else if (measure.kind === 'sum') expect(point.value, place).toBe(expectedValue(definition, tally));
    else expect(point.value, place).toBeCloseTo(expectedValue(definition, tally), 9);
    expect(point.volume, place).toBe(isLevel(measure.kind) ? tally.numerator : undefined);
    if (point.denominator !== null && !point.slice.includes('scenario'))
      expect(point.denominator, place).toBe(tally.denominator);
  }
  // Every tally that can be a point is one.
  const made = new Set(points.map((point) => `${point.bucketStart} ${point.slice}`));
  for (const [key, tally] of tallies)
    if (Number.parseInt(key, 10) < START + DAYS * DAY && (!isRate(measure.kind) || tally.denominator > 0))
      expect(made, `${definition.id} ${key}`).toContain(key);
}
