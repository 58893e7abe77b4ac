import type { Instant } from './clock.js';

/** One fact from the marketplace, as it is after decoding. An absent text field is the empty string. */
export interface MarketplaceEvent {
  /** The identity: the same id again is the same fact. */
  eventId: string;
  /** `noun.verb`, such as `dispute.opened`. */
  type: string;
  occurredAt: Instant;
  orderId: string;
  caseId: string;
  merchantId: string;
  region: string;
  category: string;
  scenario: string;
  channel: string;
  /** Decimal string, as exact as it was sent; null when the fact has no amount. */
  amount: string | null;
  /** ISO 4217. */
  currency: string;
  originAt: Instant | null;
  startedAt: Instant | null;
  dueAt: Instant | null;
  outcome: string;
  text: string;
  attributes: Readonly<Record<string, string>>;
}

/** The date of an event that puts it into a bucket. */
export type EventDate = 'occurred_at' | 'origin_at' | 'due_at';

/** Where an event came from: what makes it the same arrival when it is read again. */
export interface Arrival {
  /** `kafka`, `http` or `file`. */
  source: string;
  /** Where exactly: `topic/partition/offset`, `file:line`, or a request's line. */
  position: string;
  receivedAt: Instant;
  /**
   * Orders two contents of one `event_id`: the greater one is the later arrival and wins. It is the same
   * when the same message is read again, so that a redelivery never undoes a correction.
   */
  version: bigint;
}

export interface ArrivedEvent {
  event: MarketplaceEvent;
  arrival: Arrival;
}

/** An input that gave no event, kept as it came. */
export interface RejectedEvent {
  arrival: Arrival;
  raw: string;
  reason: RejectionReason;
  /** The field at fault, empty when the whole input is. */
  field: string;
  /** What was wrong, for a person. */
  detail: string;
}

export type RejectionReason =
  | 'malformed_json'
  | 'not_an_object'
  | 'invalid_utf8'
  | 'too_large'
  | 'missing_field'
  | 'wrong_type'
  | 'invalid_value'
  | 'invalid_date'
  | 'unknown_field';
