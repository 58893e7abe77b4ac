import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Instant, MINUTE } from '../model/clock.js';

/** How far a request's timestamp may be from our clock, either way, so that a recorded click cannot be replayed. */
const TOLERANCE = 5 * MINUTE;

export interface SignedRequest {
  /** `X-Slack-Request-Timestamp`, epoch seconds. */
  timestamp: string | undefined;
  /** `X-Slack-Signature`, `v0=` and hex. */
  signature: string | undefined;
  /** The body's bytes as they came; a parsed and rewritten body has another signature. */
  rawBody: Buffer | string;
}

export type SignatureCheck =
  | { valid: true }
  | { valid: false; reason: 'no_secret' | 'missing_header' | 'stale' | 'wrong_signature' };

/**
 * Checks that a request is Slack's: version `v0`, HMAC-SHA256 over `v0:timestamp:body` with the signing secret
 * (Slack, "Verifying requests from Slack"). Any of the secrets will do, so that one can be changed without a
 * click being refused; an empty one is none, and with none everything is refused.
 */
export function checkSlackSignature(
  secrets: readonly string[],
  request: SignedRequest,
  now: Instant,
): SignatureCheck {
  const { timestamp, signature, rawBody } = request;
  const known = secrets.filter((secret) => secret !== '');
  if (known.length === 0) return { valid: false, reason: 'no_secret' };
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp))
    return { valid: false, reason: 'missing_header' };
  if (Math.abs(now - Number(timestamp) * 1_000) > TOLERANCE) return { valid: false, reason: 'stale' };
  const signed = known.some((secret) => isSignedWith(secret, timestamp, rawBody, signature));
  return signed ? { valid: true } : { valid: false, reason: 'wrong_signature' };
}

function isSignedWith(secret: string, timestamp: string, body: Buffer | string, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const ours = Buffer.from(`v0=${expected}`);
  const theirs = Buffer.from(signature);
  // The length is public; only the bytes must be compared in constant time.
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
