import type { ZodType } from 'zod';
import { RedressError } from '../../src/model/errors.js';
import type { Json } from '../../src/model/json.js';

/** Reads a judge's saved state; throws `bug` when it is not what that detector's `save()` writes. */
export function readState<State>(schema: ZodType<State>, saved: Json, detector: string): State {
  const result = schema.safeParse(saved);
  if (result.success) return result.data;
  throw unreadable(detector, result.error.message, result.error);
}

/** What `create` throws for a state that it cannot go on from. */
export function unreadable(detector: string, why: string, cause?: unknown): RedressError {
  return new RedressError('bug', `state of detector ${detector} cannot be read: ${why}`, { cause });
}

/**
 * Slots of another bucket's length, or of a version that cut periods otherwise, would be taken for other times.
 *
 * @throws `bug` when the saved slots are not as many as there are.
 */
export function checkSlots(saved: number, slots: number, detector: string): void {
  if (saved !== slots) throw unreadable(detector, `it has ${saved} slots and not ${slots}`);
}
