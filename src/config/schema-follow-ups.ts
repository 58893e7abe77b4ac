import { z } from 'zod';
import { DAY } from '../model/clock.js';
import { WEEKDAYS } from './schema-metrics.js';
import { TargetSchema, TimeOfDaySchema } from './schema-people.js';
import { DurationSchema, TimezoneSchema } from './text-forms.js';

const dueDays = (days: number) => z.number().min(0).default(days);

/** Trackers hear of follow-ups only: nothing else has a ticket. */
const FollowUpTargetSchema = z.union(
  [TargetSchema, z.string().regex(/^(github|jira):[a-z0-9][a-z0-9_-]*$/)],
  {
    error: (issue) =>
      `must be console, slack:#channel, slack: and a channel's or person's id, webhook:name, github:name or jira:name, not '${String(issue.input)}'`,
  },
);

export const FollowUpsSchema = z
  .strictObject({
    verify_points: z
      .number()
      .int()
      .min(1)
      .default(24)
      .describe('Points in band that verify a fix. Default: 24.'),
    reopen_window: DurationSchema.default(14 * DAY).describe(
      'A recurrence within this time of the closing reopens the follow-up. Default: 14d.',
    ),
    guard_window: DurationSchema.default(14 * DAY).describe(
      'A verified metric is watched for so long, and a relapse reopens the follow-up. Default: 14d.',
    ),
    due_days: z
      .strictObject({ low: dueDays(14), normal: dueDays(7), high: dueDays(3), urgent: dueDays(1) })
      .prefault({})
      .describe("Work days of the owner's until a follow-up is due, by its priority."),
    open_for: z
      .array(z.enum(['info', 'warning', 'critical']))
      .default([])
      .describe('Alerts of these severities open a follow-up by themselves. Default: none.'),
    tell: z
      .array(FollowUpTargetSchema)
      .default([])
      .describe(
        'Who hears of every turn of every follow-up, beside those who were told of its alert. Default: nobody.',
      ),
    remind_before: DurationSchema.default(DAY).describe('First reminder before the due date. Default: 1d.'),
    lead_after: DurationSchema.default(DAY).describe(
      "The owner's lead hears of it as well when it is overdue for so long. Default: 1d.",
    ),
  })
  .prefault({});

const ReaderSchema = z.strictObject({
  target: TargetSchema,
  timezone: TimezoneSchema.optional().describe("Default: the digest's own."),
  owner: z.string().optional().describe("An owner's id, for that owner's digest. Default: everybody's."),
});

export const DigestSchema = z
  .strictObject({
    day: z
      .enum(WEEKDAYS)
      .default('mon')
      .transform((day) => WEEKDAYS.indexOf(day) + 1)
      .describe('Default: mon.'),
    at: TimeOfDaySchema.prefault('09:00').describe('Default: 09:00.'),
    timezone: TimezoneSchema.default('UTC').describe('Of channels. Default: UTC.'),
    to: z
      .array(z.union([TargetSchema, ReaderSchema]))
      .default([])
      .describe('Targets, or { target, timezone, owner }. Default: nobody.'),
    owners: z
      .boolean()
      .default(false)
      .describe('Sends each owner with a Slack id their own, in their own time zone. Default: false.'),
  })
  .prefault({});

const SecretSchema = z
  .strictObject({ env: z.string().min(1) })
  .describe('The environment variable that holds it: { env: NAME }.');

const AddressSchema = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

export const TrackersSchema = z
  .strictObject({
    github: z
      .record(
        z.string(),
        z.strictObject({
          repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
          token: SecretSchema,
          api: AddressSchema.default('https://api.github.com').describe("GitHub Enterprise's has another."),
          labels: z.array(z.string().min(1).max(50)).default(['redress']),
        }),
      )
      .default({}),
    jira: z
      .record(
        z.string(),
        z.strictObject({
          url: AddressSchema.describe('Such as https://example.atlassian.net.'),
          project: z.string().regex(/^[A-Z][A-Z0-9_]+$/, "must be a project's key such as OPS"),
          issue_type: z.string().min(1).default('Task'),
          user: SecretSchema.describe(
            'The environment variable that holds the e-mail address of the account.',
          ),
          token: SecretSchema,
          transitions: z
            .strictObject({
              to_do: z.string().optional(),
              in_progress: z.string().optional(),
              done: z.string().optional(),
            })
            .prefault({})
            .describe(
              "Ids of the workflow's transitions. Default: the first that leads to a status of that category.",
            ),
        }),
      )
      .default({}),
  })
  .prefault({})
  .describe(
    "Where follow-ups have tickets, by name; a ticket is kept when follow_ups.tell names 'github:NAME'.",
  );
