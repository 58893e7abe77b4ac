import { z } from 'zod';
import { HOUR } from '../model/clock.js';
import { WEEKDAYS } from './schema-metrics.js';
import { DurationSchema, IdSchema, TimezoneSchema } from './text-forms.js';

/** Where messages go. */
export const TargetSchema = z
  .string()
  .regex(/^(console|slack:(#[a-z0-9_-]{1,80}|[CGDUW][A-Z0-9]{5,})|webhook:[a-z0-9][a-z0-9_-]*)$/, {
    error: (issue) =>
      `must be console, slack:#channel, slack: and a channel's or person's id, or webhook:name, not '${String(issue.input)}'`,
  });

const PolicySchema = z.strictObject({
  id: IdSchema,
  steps: z
    .array(
      z.strictObject({
        after: DurationSchema.default(0).describe(
          'Time after the alert fired, or after the step before it. Default: at once.',
        ),
        tell: z.array(TargetSchema).min(1).describe('console, slack:#channel, webhook:name'),
      }),
    )
    .min(1)
    .describe('Who is told, in order, until somebody acknowledges.'),
  ack_timeout: DurationSchema.default(4 * HOUR).describe(
    'How long an acknowledgement holds before escalation goes on. Default: 4h.',
  ),
});

const RouteSchema = z.strictObject({
  match: z
    .record(
      z.string(),
      z
        .union([z.string(), z.array(z.string()).min(1)], {
          error: () => 'must be a value or a list of values',
        })
        .transform((value) => (Array.isArray(value) ? value : [value])),
    )
    .default({})
    .describe(
      'metric, severity, or a dimension, to the value or values that it may have; absent matches all.',
    ),
  policy: z.string().describe("A policy's id."),
});

/** `escalation.yaml`: who is told, and which alerts go to whom. */
export const EscalationFileSchema = z.strictObject({
  policies: z.array(PolicySchema).min(1),
  routes: z
    .array(RouteSchema)
    .min(1)
    .optional()
    .describe('First match wins; the last one matches everything. Default: all to the first policy.'),
});

/** `09:00`, as minutes after midnight. */
export const TimeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** `owners.yaml`: who answers for a metric. */
export const OwnersFileSchema = z.array(
  z.strictObject({
    id: IdSchema,
    name: z.string().min(1),
    slack: z
      .string()
      .regex(/^[UW][A-Z0-9]{5,}$/, "must be a person's Slack id such as U024BE7LH")
      .optional(),
    timezone: TimezoneSchema.default('UTC'),
    lead: z.string().optional().describe("Another owner's id: who is told when a follow-up is overdue."),
    owns: z
      .array(
        z.strictObject({
          metric: z.string().optional().describe("A metric's id. Default: every metric."),
          slice: z
            .record(z.string(), z.string())
            .default({})
            .describe('Labels such as { region: GB }; the entry with the most wins. Default: every slice.'),
        }),
      )
      .default([])
      .describe('What the owner answers for, beyond the metrics that name the owner.'),
    work: z
      .strictObject({
        days: z
          .array(z.enum(WEEKDAYS))
          .min(1)
          .default(['mon', 'tue', 'wed', 'thu', 'fri'])
          .transform((days) => days.map((day) => WEEKDAYS.indexOf(day) + 1)),
        from: TimeOfDaySchema.default(9 * 60),
        to: TimeOfDaySchema.default(17 * 60),
        holidays: z
          .array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2026-12-25'))
          .default([]),
      })
      .optional()
      .describe(
        "Work days and hours in the owner's time zone. Default: Monday to Friday from 09:00 to 17:00.",
      ),
  }),
);

export type EscalationInput = z.output<typeof EscalationFileSchema>;
export type OwnersInput = z.output<typeof OwnersFileSchema>;
