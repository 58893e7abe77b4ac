import { isAscii, isUtf8 } from 'node:buffer';
import type { Instant } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type {
  Arrival,
  ArrivedEvent,
  MarketplaceEvent,
  RejectedEvent,
  RejectionReason,
} from '../model/event.js';
import { decodeFields, EventFault } from './decode-fields.js';

/** What one input became. */
export type Decoded =
  | { accepted: ArrivedEvent; rejected?: undefined }
  | { rejected: RejectedEvent; accepted?: undefined };

export interface DecodeLimits {
  /** An event's greatest size in bytes, as it came. */
  maxEventBytes: number;
  /** Takes what tells of a person out of an event before it is written; absent when everything is kept. */
  protect?: ((event: MarketplaceEvent) => MarketplaceEvent) | undefined;
}

/** How many bytes are kept of an input that is too large to be kept whole. */
export const KEPT_BYTES = 4_096;

/**
 * Decodes one message or line. The whole input is kept with a rejection, as text; bytes that are not UTF-8
 * are kept as Latin-1, one character a byte, so that nothing of them is lost.
 */
export function decodeEvent(raw: string | Buffer, arrival: Arrival, limits: DecodeLimits): Decoded {
  const bytes = typeof raw === 'string' ? Buffer.byteLength(raw) : raw.length;
  if (bytes > limits.maxEventBytes) return tooLarge(raw, bytes, arrival, limits);
  if (typeof raw !== 'string' && !isUtf8(raw)) {
    const detail = 'these bytes are not UTF-8; they are kept as Latin-1, one character a byte';
    return reject(arrival, raw.toString('latin1'), 'invalid_utf8', '', detail);
  }
  const text = typeof raw === 'string' ? raw : raw.toString(isAscii(raw) ? 'latin1' : 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject(arrival, text, 'malformed_json', '', messageOf(error));
  }
  return decodeValue(value, arrival, () => text);
}

/** Decodes a value that has been read from JSON or from a table; `raw` tells what to keep of a rejected one. */
export function decodeValue(value: unknown, arrival: Arrival, raw: () => string): Decoded {
  const event = decodeFields(value, arrival.receivedAt);
  if (event instanceof EventFault) return reject(arrival, raw(), event.reason, event.field, event.detail);
  return { accepted: { event, arrival } };
}

/** Rejects an input of which only the beginning was kept; `bytes` is the size that it had. */
export function tooLarge(
  beginning: string | Buffer,
  bytes: number,
  arrival: Arrival,
  limits: DecodeLimits,
): Decoded {
  const kept = (typeof beginning === 'string' ? Buffer.from(beginning) : beginning).subarray(0, KEPT_BYTES);
  const detail = `${bytes} bytes, at most ${limits.maxEventBytes} are taken; the first ${kept.length} are kept`;
  return reject(arrival, kept.toString('utf8'), 'too_large', '', detail);
}

export function reject(
  arrival: Arrival,
  raw: string,
  reason: RejectionReason,
  field: string,
  detail: string,
): Decoded {
  return { rejected: { arrival, raw, reason, field, detail } };
}

/**
 * The version of an arrival: the instant in the high 64 bits, the sequence within it in the low ones. Both
 * must be the same when the same input is read again from where it is kept.
 */
export function arrivalVersion(instant: Instant, sequence: number | bigint): bigint {
  return (BigInt(instant) << 64n) | BigInt(sequence);
}
