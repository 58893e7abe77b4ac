import { z } from 'zod';
import type { AnswerDescription } from '../endpoint.js';

export const IdParams = z.object({ id: z.string().min(1).max(256) });

/** A person's name, as it is kept in the log. */
export const Actor = z.string().trim().min(1).max(256).describe('Who asks.');

export const SeenVersion = z
  .int()
  .min(1)
  .optional()
  .describe('The version that was decided on; refused when the state has changed since.');

export const ErrorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .meta({ id: 'Error' });

export const ANSWERS = {
  invalid: { description: 'The request is not valid; the message names the field.', schema: ErrorSchema },
  notFound: { description: 'There is no such thing.', schema: ErrorSchema },
  unavailable: { description: 'Not just now; see Retry-After.', schema: ErrorSchema },
} as const satisfies Record<string, AnswerDescription>;

/** A query of states, separated by commas; `open` may stand for all that are not over. */
export function stateQuery<State extends string>(states: readonly State[], open: readonly State[]) {
  const words = new Map<string, readonly State[]>(states.map((state) => [state, [state]]));
  // A state that is itself called `open` keeps its meaning.
  const all = words.has('open') ? 'not_closed' : 'open';
  words.set(all, open);
  const known = [...words.keys()];
  return z.object({
    state: z
      .string()
      .refine((text) => text.split(',').every((word) => words.has(word)), {
        error: `must be of ${known.join(', ')}, separated by commas`,
      })
      .transform((text) => new Set(text.split(',').flatMap((word) => words.get(word) ?? [])))
      .optional()
      .describe(`Of ${known.join(', ')}, separated by commas; \`${all}\` is all that are not over.`),
    limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  });
}
