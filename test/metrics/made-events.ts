import { DAY, HOUR } from '../../src/model/clock.js';
import type { ArrivedEvent } from '../../src/model/event.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';

export const START = Date.UTC(2026, 2, 28);
export const DAYS = 3;
const REGIONS = ['GB', 'DE', 'a,b=c%', ''];

export const METRICS: MetricDefinition[] = [
  metric({
    id: 'ratio',
    slices: [[], ['region'], ['region', 'category'], ['scenario'], ['region', 'scenario']],
  }),
  metric({
    id: 'ratio_of_filtered',
    measure: {
      kind: 'ratio',
      numerator: selector(['dispute.opened', 'order.delivered'], { where: { category: ['toys'] } }),
      denominator: selector('order.delivered', { bounds: { amount: { atLeast: 10 } } }),
    },
    slices: [[], ['region'], ['plan', 'region']],
  }),
  metric({
    id: 'count',
    timezone: 'Europe/London',
    bucket: { count: 1, unit: 'day' },
    measure: { kind: 'count', of: selector('order.delivered', { where: { region: ['GB', 'DE'] } }) },
    slices: [[], ['region'], ['plan']],
  }),
  metric({
    id: 'sum',
    bucket: { count: 6, unit: 'hour' },
    measure: { kind: 'sum', of: selector(['dispute.opened', 'order.delivered']) },
    slices: [[], ['category']],
    empty: 'absent',
  }),
  metric({ id: 'cohort', date: 'origin_at', slices: [[], ['region']] }),
  metric({
    id: 'breach',
    date: 'due_at',
    measure: { kind: 'breach', opened: selector('ticket.opened'), answered: selector('ticket.responded') },
    slices: [[], ['region']],
  }),
  metric({
    id: 'over_window',
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened', { except: { scenario: ['late'] } }),
      denominator: selector('order.delivered', { ignore: ['scenario'], bounds: { amount: { atLeast: 10 } } }),
      window: { over: { count: 20, unit: 'hour' }, lag: { count: 90, unit: 'minute' } },
    },
    slices: [[], ['region'], ['region', 'scenario']],
  }),
  metric({
    id: 'over_day_before',
    timezone: 'Europe/London',
    bucket: { count: 1, unit: 'day' },
    measure: {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered'),
      window: { over: { count: 1, unit: 'day' }, lag: { count: 1, unit: 'day' } },
    },
    slices: [[], ['region']],
  }),
  metric({
    id: 'mean',
    measure: {
      kind: 'mean',
      of: selector('order.delivered', {
        except: { region: ['DE'] },
        bounds: { amount: { atLeast: 5, below: 90.5 } },
      }),
      value: 'amount',
    },
    bucket: { count: 6, unit: 'hour' },
    slices: [[], ['region', 'category']],
  }),
  metric({
    id: 'mean_duration',
    measure: {
      kind: 'mean',
      of: selector('ticket.responded', { where: { channel: ['chat'] } }),
      value: 'duration',
    },
    bucket: { count: 6, unit: 'hour' },
    slices: [[], ['region']],
  }),
  metric({
    id: 'quantile',
    measure: {
      kind: 'quantile',
      of: selector(['order.delivered', 'dispute.opened']),
      value: 'amount',
      level: 0.9,
    },
    slices: [[], ['region'], ['plan', 'region']],
  }),
  metric({
    id: 'quantile_of_attribute',
    measure: { kind: 'quantile', of: selector('order.delivered'), value: 'weight', level: 0.25 },
    bucket: { count: 6, unit: 'hour' },
    slices: [[], ['category']],
  }),
  metric({
    id: 'distinct_orders',
    measure: { kind: 'distinct', of: selector(['order.delivered', 'dispute.opened']), by: 'order_id' },
    slices: [[], ['region'], ['category']],
  }),
  metric({
    id: 'distinct_plans',
    measure: {
      kind: 'distinct',
      of: selector('order.delivered', { where: { order_id: ['o1', 'o2', 'o3'] } }),
      by: 'plan',
    },
    bucket: { count: 1, unit: 'day' },
    slices: [[], ['region']],
    empty: 'absent',
  }),
];

/** A few days of events, with every kind of repetition and correction that an input can have. */
export function arrivals(seed: number): ArrivedEvent[] {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const moment = () => START + Math.floor(random() * DAYS * DAY);
  const made: ArrivedEvent[] = [];
  for (let i = 0; i < 3_000; i += 1) {
    const type = pick([
      'order.delivered',
      'order.delivered',
      'dispute.opened',
      'ticket.opened',
      'ticket.responded',
    ]);
    const occurredAt = moment();
    made.push(
      arrived({
        eventId: `e${i}`,
        type,
        occurredAt,
        caseId: type.startsWith('ticket') ? `case${Math.floor(random() * 500)}` : '',
        region: pick(REGIONS),
        category: pick(['toys', 'home']),
        scenario: type === 'dispute.opened' ? pick(['damaged', 'late', '']) : '',
        amount: random() < 0.8 ? (random() * 100).toFixed(2) : null,
        originAt: random() < 0.9 ? Math.max(START, occurredAt - Math.floor(random() * DAY)) : null,
        dueAt: type === 'ticket.opened' ? occurredAt + Math.floor(random() * 12 * HOUR) : null,
        orderId: random() < 0.9 ? `o${Math.floor(random() * 40)}` : '',
        channel: pick(['chat', 'mail']),
        startedAt: random() < 0.8 ? occurredAt - Math.floor(random() * HOUR) : null,
        attributes: {
          ...(random() < 0.5 ? { plan: pick(['gold', 'basic']) } : {}),
          ...(random() < 0.7 ? { weight: pick(['1.25', '0.5', '12', 'heavy', '']) } : {}),
        },
      }),
    );
  }
  const corrections = made.slice(0, 300).map(({ event }, i) =>
    arrived(
      {
        ...event,
        region: pick(REGIONS),
        ...(i % 2 === 0 ? { occurredAt: moment() } : {}),
        ...(i % 5 === 0 ? { type: 'order.cancelled' } : {}),
        ...(event.dueAt === null ? {} : { dueAt: moment() }),
      },
      BigInt(2 + i),
    ),
  );
  const repeated = made.slice(200, 500);
  return [...made, ...corrections, ...repeated];
}
