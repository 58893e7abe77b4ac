import { z } from 'zod';
import { WEEKDAYS } from './schema-metrics.js';
import { IdSchema, TimezoneSchema } from './text-forms.js';

/** Where messages go. */
export const TargetSchema = z
  .string()
  .regex(/^(console|slack:(#[a-z0-9_-]{1,80}|[CGDUW][A-Z0-9]{5,})|webhook:[a-z0-9][a-z0-9_-]*)$/, {
    error: (issue) =>
      `must be console, slack:#channel, slack: and a channel's or person's id, or webhook:name, not '${String(issue.input)}'`,
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
          .default([])
          .describe('Days off of their own.'),
        country: z
          .string()
          .optional()
          .describe(
            'Whose public holidays are days off: an ISO 3166 code such as GB, with a part of the country after a dash: GB-SCT. Default: none.',
          ),
      })
      .optional()
      .describe(
        "Work days and hours in the owner's time zone. Default: Monday to Friday from 09:00 to 17:00.",
      ),
  }),
);

export type OwnersInput = z.output<typeof OwnersFileSchema>;
