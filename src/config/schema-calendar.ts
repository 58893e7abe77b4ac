import { z } from 'zod';
import type { CalendarEffect } from '../model/annotation.js';
import { IdSchema, InstantSchema } from './text-forms.js';

const words = z.enum(['none', 'hold']).transform((kind): CalendarEffect => ({ kind }));
const widen = z
  .strictObject({ widen: z.number().min(1) })
  .transform(({ widen: by }): CalendarEffect => ({ kind: 'widen', by }));
const shift = z
  .strictObject({ times: z.number().gt(0).optional(), plus: z.number().optional() })
  .refine((parts) => parts.times !== undefined || parts.plus !== undefined)
  .transform(({ times = 1, plus = 0 }): CalendarEffect => ({ kind: 'shift', times, plus }));

/** What an entry of the calendar does to what is expected. */
const EffectSchema = z
  .union([words, widen, shift], {
    error: () => 'must be hold, none, { widen: 2 }, { times: 1.5 } or { plus: 0.01 }',
  })
  .describe(
    'hold: the points are not judged; { widen: 2 }: a deviation counts half; { times: 1.5 } or { plus: 0.01 }: so much more is expected; none: it is only shown.',
  );

/** The kinds of dated facts. */
export const ANNOTATION_KINDS = ['campaign', 'holiday', 'rule_change', 'outage', 'closure', 'fix'] as const;

/** For a metric: what entries of the calendar do that do not say so themselves, by their kind. */
export const CalendarRulesSchema = z.strictObject(
  Object.fromEntries(ANNOTATION_KINDS.map((kind) => [kind, EffectSchema.optional()])) as Record<
    (typeof ANNOTATION_KINDS)[number],
    z.ZodOptional<typeof EffectSchema>
  >,
);

/** A country's public holidays, every year, instead of dates. */
export const PUBLIC_HOLIDAYS = 'public_holidays';

/** `calendar.yaml`: dated facts that explain history, and the holidays of countries. */
export const CalendarFileSchema = z.array(
  z.strictObject({
    id: IdSchema,
    kind: z.enum([...ANNOTATION_KINDS, PUBLIC_HOLIDAYS]),
    title: z.string().min(1).optional().describe('Plain words; for dated entries.'),
    scope: z
      .record(z.string(), z.string())
      .default({})
      .describe('The slice that it concerns, such as { region: GB }. Default: everything.'),
    metrics: z.array(z.string()).min(1).optional().describe('The metrics that it concerns. Default: all.'),
    effect: EffectSchema.optional().describe(
      "What it does to what is expected. Default: what the metric's own calendar says of its kind, else nothing.",
    ),
    mute: z
      .boolean()
      .default(false)
      .describe(
        'Alerts on what it concerns are recorded while it lasts, and nobody is told. Default: false.',
      ),
    starts_at: InstantSchema.optional(),
    ends_at: InstantSchema.optional(),
    country: z
      .string()
      .optional()
      .describe(
        'For public_holidays: an ISO 3166 code such as GB, with a part of the country after a dash: GB-SCT.',
      ),
  }),
);

export type CalendarInput = z.output<typeof CalendarFileSchema>;
