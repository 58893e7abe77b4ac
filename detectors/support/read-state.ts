import type { ZodType } from 'zod';
import { RedressError } from '../../src/model/errors.js';
import type { Json } from '../../src/model/json.js';

/** Reads a judge's saved state; throws `bug` when it is not what that detector's `save()` writes. */
export function readState<State>(schema: ZodType<State>, saved: Json, detector: string): State {
  const result = schema.safeParse(saved);
  if (result.success) return result.data;
  throw new RedressError('bug', `state of detector ${detector} cannot be read: ${result.error.message}`, {
    cause: result.error,
  });
}
