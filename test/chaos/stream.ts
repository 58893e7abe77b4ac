import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import type { MarketplaceEvent, RejectionReason } from '../../src/model/event.js';
import { arrived } from '../support/event.js';
import { seededRandom } from '../support/random.js';

/** Event time begins here and goes on for so long, however many events there are. */
export const BEGINNING = Date.UTC(2026, 2, 27);
export const SPAN = 3 * DAY;
export const MAX_EVENT_BYTES = 10_000;

const REGIONS = ['GB', 'DE', 'FR', ''];
const CATEGORIES = ['toys', 'home', 'garden'];

/** A message to be sent: an arrival of an event, or something that is none. */
export interface ChaosMessage {
  key: string;
  value: string | Buffer | null;
  /** Which event, and which of its contents; null for what must be rejected. */
  event: { id: number; content: number } | null;
  /** Why it must be rejected. */
  reason: RejectionReason | null;
}

/** A source of chance of its own for each thing that is decided, so that any of it can be made again alone. */
function chance(seed: number, id: number, purpose: number): () => number {
  return seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(id + 1, 0x85ebca6b) ^ (purpose * 0xc2b2ae35));
}

/** What an event says: `content` 0 is what came first, 1 the correction. */
export function eventOf(seed: number, events: number, id: number, content: number): MarketplaceEvent {
  const random = chance(seed, id, 0);
  const pick = <T>(from: readonly T[], at: number): T => from[Math.floor(at * from.length)] as T;
  const lateness = random();
  // 2 % come after their bucket's end, 1 % more than the allowed lateness after it.
  const late =
    lateness < 0.02 ? HOUR + random() * HOUR : lateness < 0.03 ? 6 * HOUR + random() * 18 * HOUR : 0;
  let occurredAt = Math.max(BEGINNING, Math.floor(BEGINNING + (id / events) * SPAN - late));
  let type = typeOf(id);
  let region = pick(REGIONS, random());
  if (content > 0) {
    const how = chance(seed, id, 1);
    // To another bucket, to another slice, or to another type.
    if (how() < 0.5) occurredAt = Math.max(BEGINNING, occurredAt - Math.floor(how() * 10 * HOUR));
    else if (how() < 0.6) region = pick(REGIONS, ((REGIONS.indexOf(region) + 1) / REGIONS.length) % 1);
    else if (type === 'order.delivered') type = 'order.cancelled';
    else occurredAt = Math.max(BEGINNING, occurredAt - 2 * HOUR);
  }
  const ticket = type.startsWith('ticket.');
  return arrived({
    eventId: `event-${seed}-${id}`,
    type,
    occurredAt,
    orderId: `order-${Math.floor(random() * events)}`,
    // A ticket and its answer are neighbours; one answer in three comes after it was due.
    caseId: ticket ? `case-${type === 'ticket.responded' ? id - 1 : id}` : '',
    merchantId: `merchant-${Math.floor(random() * 200)}`,
    region,
    category: pick(CATEGORIES, random()),
    channel: 'chat',
    amount: (Math.floor(random() * 100_000) / 100).toFixed(2),
    currency: 'GBP',
    dueAt: type === 'ticket.opened' ? occurredAt + Math.floor((SPAN / events) * 3 * random()) : null,
    text: 'as the customer wrote it: '.padEnd(40 + Math.floor(random() * 40), 'x'),
  }).event;
}

function typeOf(id: number): string {
  const kind = id % 10;
  if (kind < 5) return 'order.delivered';
  return (
    ['dispute.opened', 'refund.completed', 'ticket.opened', 'ticket.responded', 'order.placed'][kind - 5] ??
    ''
  );
}

/** The event as a producer sends it. */
export function jsonOf(event: MarketplaceEvent): string {
  return JSON.stringify({
    event_id: event.eventId,
    type: event.type,
    occurred_at: event.occurredAt,
    order_id: event.orderId,
    case_id: event.caseId,
    merchant_id: event.merchantId,
    region: event.region,
    category: event.category,
    channel: event.channel,
    amount: event.amount,
    currency: event.currency,
    due_at: event.dueAt,
    text: event.text,
  });
}

const WAYS_TO_BE_WRONG: readonly ((
  whole: string,
  id: number,
) => [string | Buffer | null, RejectionReason])[] = [
  (whole) => [whole.slice(0, -20), 'malformed_json'],
  (whole) => [`${whole}}`, 'malformed_json'],
  () => ['', 'malformed_json'],
  (whole) => [`[${whole}]`, 'not_an_object'],
  (_, id) => [String(id), 'not_an_object'],
  () => [null, 'not_an_object'],
  (whole) => [Buffer.concat([Buffer.from(whole), Buffer.from([0xc3, 0x28])]), 'invalid_utf8'],
  (whole) => [whole.replace('as the customer', 'x'.repeat(MAX_EVENT_BYTES)), 'too_large'],
  (whole) => [whole.replace(/"event_id":"[^"]*",/, ''), 'missing_field'],
  (whole) => [whole.replace(/"type":"[^"]*"/, '"type":""'), 'missing_field'],
  (whole) => [whole.replace(/"amount":"[^"]*"/, '"amount":{"value":1}'), 'wrong_type'],
  (whole) => [whole.replace(/"type":"[^"]*"/, '"type":"Order Placed"'), 'invalid_value'],
  (whole) => [whole.replace('"GBP"', '"pounds"'), 'invalid_value'],
  (whole) => [whole.replace(/"occurred_at":\d+/, '"occurred_at":"2026-03-27 10:00:00"'), 'invalid_date'],
  (whole) => [whole.replace(/"occurred_at":\d+/, '"occurred_at":1774569600'), 'invalid_date'],
  (whole) => [whole.replace(/"occurred_at":\d+/, '"occurred_at":4070908800000'), 'invalid_date'],
  (whole) => [whole.replace('"channel"', '"chanel"'), 'unknown_field'],
];

/**
 * The messages in the order in which they are sent: every event in the order of its id; 5 % again some hours of
 * event time later, 0.5 % corrected later, and 1 % of something that is no event in between.
 */
export function* messages(seed: number, events: number): Generator<ChaosMessage> {
  const later = new Map<number, { id: number; content: number }[]>();
  const perHour = Math.max(1, Math.floor((events * HOUR) / SPAN));
  const put = (at: number, what: { id: number; content: number }) =>
    later.set(at, [...(later.get(at) ?? []), what]);
  const message = (event: { id: number; content: number }): ChaosMessage => {
    const { eventId, ...rest } = eventOf(seed, events, event.id, event.content);
    return { key: eventId, value: jsonOf({ eventId, ...rest }), event, reason: null };
  };
  const last = events + 24 * perHour;
  for (let id = 0; id < last; id++) {
    if (id < events) {
      yield message({ id, content: 0 });
      const random = chance(seed, id, 2);
      if (random() < 0.05) put(id + Math.ceil((1 + random() * 10) * perHour), { id, content: 0 });
      if (random() < 0.005) put(id + Math.ceil(random() * 10 * perHour), { id, content: 1 });
      if (random() < 0.01) {
        const wrong = WAYS_TO_BE_WRONG[Math.floor(random() * WAYS_TO_BE_WRONG.length)];
        const [value, reason] = wrong?.(jsonOf(eventOf(seed, events, id, 0)), id) ?? [null, 'not_an_object'];
        yield { key: `wrong-${id}`, value, event: null, reason };
      }
    }
    for (const event of later.get(id) ?? []) yield message(event);
    later.delete(id);
  }
}

/** How far event time has come when so many ids have been sent; late events excepted. */
export const frontierOf = (ids: number, events: number): number =>
  BEGINNING + (Math.min(ids, events) / events) * SPAN;

export const ALLOWED_LATENESS = 30 * MINUTE;
