import type { ArrivedEvent } from '../model/event.js';
import { RowBinaryWriter } from './row-binary.js';

/** More than an event usually takes, so that the body is seldom copied while it grows. */
const EXPECTED_BYTES = 256;

/** The rows of `queries/insert_events.sql`, in the order of its columns. */
export function eventRows(events: readonly ArrivedEvent[]): Buffer {
  const rows = new RowBinaryWriter(events.length * EXPECTED_BYTES);
  for (const { event, arrival } of events) {
    rows.string(event.eventId);
    rows.string(event.type);
    rows.instant(event.occurredAt);
    rows.string(event.orderId);
    rows.string(event.caseId);
    rows.string(event.merchantId);
    rows.string(event.region);
    rows.string(event.category);
    rows.string(event.scenario);
    rows.string(event.channel);
    rows.nullableDecimal(event.amount);
    rows.string(event.currency);
    rows.nullableInstant(event.originAt);
    rows.nullableInstant(event.startedAt);
    rows.nullableInstant(event.dueAt);
    rows.string(event.outcome);
    rows.string(event.text);
    rows.map(event.attributes);
    rows.instant(arrival.receivedAt);
    rows.string(arrival.source);
    rows.string(arrival.position);
    rows.uint128(arrival.version);
  }
  return rows.finish();
}
