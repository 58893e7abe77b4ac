import { bucketStart, type Calendar } from '../../src/metrics/buckets.js';
import type { MarketplaceEvent } from '../../src/model/event.js';
import type { EventSelector, MetricDefinition } from '../../src/model/metric.js';
import { formatSlice } from '../../src/model/slice.js';
import { metric, selector } from '../support/metric.js';
import { ALLOWED_LATENESS } from './stream.js';

/** One metric of every kind. */
export const METRICS: readonly MetricDefinition[] = (
  [
    { id: 'count', measure: { kind: 'count', of: selector('order.delivered') }, slices: [[], ['region']] },
    {
      id: 'sum',
      timezone: 'Europe/London',
      bucket: { count: 1, unit: 'day' },
      measure: { kind: 'sum', of: selector('refund.completed') },
      slices: [[], ['category']],
    },
    { id: 'mean', measure: { kind: 'mean', of: selector('refund.completed'), value: 'amount' } },
    {
      id: 'quantile',
      measure: { kind: 'quantile', of: selector('order.placed'), value: 'amount', level: 0.9 },
      slices: [[], ['region']],
    },
    {
      id: 'distinct',
      measure: { kind: 'distinct', of: selector('order.delivered'), by: 'merchant_id' },
      bucket: { count: 6, unit: 'hour' },
    },
    {
      id: 'ratio',
      measure: {
        kind: 'ratio',
        numerator: selector('dispute.opened'),
        denominator: selector('order.delivered'),
      },
      slices: [[], ['region'], ['region', 'category']],
    },
    {
      id: 'breach',
      date: 'due_at',
      measure: {
        kind: 'breach',
        opened: selector('ticket.opened'),
        answered: selector('ticket.responded'),
      },
      slices: [[], ['region']],
    },
  ] satisfies Partial<MetricDefinition>[]
).map((definition) => metric({ ...definition, allowedLateness: ALLOWED_LATENESS }));

/** What one series' bucket should say. */
export interface Expected {
  value: number;
  /** Of a rate. */
  denominator: number | null;
}

interface Tally {
  numerator: number;
  denominator: number;
  amount: number;
  numbers: number[];
  texts: Set<string>;
}

/** Makes the points of a metric by counting, from nothing but the events: `bucket start, slice` to what is true. */
export class BruteForce {
  readonly #metric: MetricDefinition;
  readonly #tallies = new Map<string, Tally>();
  readonly #answers: ReadonlyMap<string, number>;
  readonly #starts = new Map<number, number>();

  /** `answers` has the moment of each case's answer: a breach is known only with it. */
  constructor(definition: MetricDefinition, answers: ReadonlyMap<string, number>) {
    this.#metric = definition;
    this.#answers = answers;
  }

  add(event: MarketplaceEvent): void {
    const { measure } = this.#metric;
    const counts = (of: EventSelector) => of.event.includes(event.type);
    if (measure.kind === 'ratio') {
      if (counts(measure.numerator)) this.#tally(event, (tally) => (tally.numerator += 1));
      if (counts(measure.denominator)) this.#tally(event, (tally) => (tally.denominator += 1));
    } else if (measure.kind === 'breach') {
      if (!counts(measure.opened)) return;
      const answer = this.#answers.get(event.caseId);
      const inTime = answer !== undefined && answer >= event.occurredAt && answer <= (event.dueAt ?? 0);
      this.#tally(event, (tally) => {
        tally.denominator += 1;
        tally.numerator += inTime ? 0 : 1;
      });
    } else if (counts(measure.of))
      this.#tally(event, (tally) => {
        tally.numerator += 1;
        tally.amount += Number(event.amount);
        if (measure.kind === 'mean' || measure.kind === 'quantile') tally.numbers.push(Number(event.amount));
        if (measure.kind === 'distinct') tally.texts.add(event.merchantId);
      });
  }

  /** Every point that there should be. */
  expected(): Map<string, Expected> {
    const rate = this.#metric.measure.kind === 'ratio' || this.#metric.measure.kind === 'breach';
    const found = [...this.#tallies].filter(([, tally]) => !rate || tally.denominator > 0);
    return new Map(
      found.map(([key, tally]) => [
        key,
        { value: this.#value(tally), denominator: rate ? tally.denominator : null },
      ]),
    );
  }

  #value(tally: Tally): number {
    const { measure } = this.#metric;
    if (measure.kind === 'count') return tally.numerator;
    if (measure.kind === 'sum') return tally.amount;
    if (measure.kind === 'mean') return tally.amount / tally.numerator;
    if (measure.kind === 'distinct') return tally.texts.size;
    if (measure.kind !== 'quantile') return tally.numerator / tally.denominator;
    const sorted = tally.numbers.sort((a, b) => a - b);
    const at = (sorted.length - 1) * measure.level;
    const lower = sorted[Math.floor(at)] ?? 0;
    return lower + ((sorted[Math.ceil(at)] ?? lower) - lower) * (at - Math.floor(at));
  }

  #tally(event: MarketplaceEvent, change: (tally: Tally) => void): void {
    const start = this.#bucket(this.#metric.date === 'due_at' ? (event.dueAt ?? 0) : event.occurredAt);
    for (const dimensions of this.#metric.slices) {
      const labels = Object.fromEntries(
        dimensions.map((name) => [name, name === 'region' ? event.region : event.category]),
      );
      const key = `${start} ${formatSlice(labels)}`;
      let tally = this.#tallies.get(key);
      if (tally === undefined) {
        tally = { numerator: 0, denominator: 0, amount: 0, numbers: [], texts: new Set() };
        this.#tallies.set(key, tally);
      }
      change(tally);
    }
  }

  /** Finding a bucket asks the calendar, which is slow; every hour lies in one bucket only. */
  #bucket(instant: number): number {
    const hour = Math.floor(instant / 3_600_000);
    let start = this.#starts.get(hour);
    if (start === undefined) {
      start = bucketStart(instant, this.#metric satisfies Calendar);
      this.#starts.set(hour, start);
    }
    return start;
  }
}
