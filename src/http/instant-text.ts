import { z } from 'zod';
import type { Instant } from '../model/clock.js';
import { parseInstant } from '../model/event-schema.js';

/** A time in answers: ISO 8601 in UTC. */
export const InstantText = z.iso.datetime();

/** A time in requests: ISO 8601 with an offset, or epoch milliseconds as digits; read to an instant. */
export const InstantInput = z
  .string()
  .refine((text) => parseInstant(text) !== null, { error: 'must be ISO 8601 with an offset' })
  .transform((text) => parseInstant(text) as Instant);

export function instantText(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function optionalInstantText(instant: Instant | null): string | null {
  return instant === null ? null : instantText(instant);
}
