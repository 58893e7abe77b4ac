import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND, WEEK } from '../model/clock.js';
import { WEEKDAYS } from './schema-metrics.js';
import { TimeOfDaySchema } from './schema-people.js';
import { DurationSchema, IdSchema, InstantSchema, TimezoneSchema } from './text-forms.js';

/** Who a step can tell: a target, or whoever it is when the step is taken. */
const StepTargetSchema = z
  .string()
  .regex(
    /^(console|slack:(#[a-z0-9_-]{1,80}|[CGDUW][A-Z0-9]{5,})|webhook:[a-z0-9][a-z0-9_-]*|owner|owner_lead|schedule:[a-z0-9][a-z0-9_-]*)$/,
    {
      error: (issue) =>
        `must be console, slack:#channel, slack: and a channel's or person's id, webhook:name, owner, owner_lead or schedule:name, not '${String(issue.input)}'`,
    },
  );

const SeveritySchema = z.enum(['info', 'warning', 'critical']);

const Values = z
  .union([z.string(), z.array(z.string()).min(1)], { error: () => 'must be a value or a list of values' })
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** Labels to what they must be: a value, a list of values, `{ not: … }` or `{ prefix: … }`. */
const MatchersSchema = z.record(
  z.string(),
  z.union([Values, z.strictObject({ not: Values }), z.strictObject({ prefix: Values })], {
    error: () => 'must be a value, a list of values, { not: … } or { prefix: … }',
  }),
);

const PolicySchema = z.strictObject({
  id: IdSchema,
  steps: z
    .array(
      z.strictObject({
        after: DurationSchema.default(0).describe(
          'Time after the alert fired, or after the step before it. Default: at once.',
        ),
        tell: z
          .array(StepTargetSchema)
          .min(1)
          .describe('console, slack:#channel, webhook:name, owner, owner_lead, schedule:name'),
        wait_for_work: z
          .array(SeveritySchema)
          .default([])
          .describe('Severities for which the step waits until the owner is at work. Default: none.'),
      }),
    )
    .min(1)
    .describe('Who is told, in order, until somebody acknowledges.'),
  ack_timeout: z
    .union([
      DurationSchema,
      z.strictObject({ info: DurationSchema, warning: DurationSchema, critical: DurationSchema }),
    ])
    .default(4 * HOUR)
    .describe(
      'How long an acknowledgement holds before escalation goes on, for all or by severity; at half time there is a reminder. Default: 4h.',
    ),
  repeat: z
    .strictObject({
      after: DurationSchema.describe('Time from the last step to the first again.'),
      times: z.int().min(1).optional().describe('Default: for ever.'),
    })
    .optional()
    .describe('The steps begin anew. Default: never.'),
  worsen_by: z
    .number()
    .positive()
    .optional()
    .describe(
      'People are told again when the deviation has grown by this share since they last were, 0.5 for half as much again. Default: when the severity rises.',
    ),
});

const RouteSettings = {
  match: MatchersSchema.default({}).describe(
    'metric, severity, owner, direction or a dimension, to the value or values that it may have; absent matches all.',
  ),
  policy: z.string().optional().describe("A policy's id. Default: the parent route's."),
  group_by: z
    .array(z.string())
    .optional()
    .describe('Alerts with the same values of these labels are one message. Default: each has its own.'),
  group_wait: DurationSchema.optional().describe(
    'How long the first message waits for others. Default: 30s.',
  ),
  group_interval: DurationSchema.optional().describe(
    'The least time between messages about who has joined or left. Default: 5m.',
  ),
  repeat_interval: DurationSchema.optional().describe(
    'After the last step, whoever was told is told again so often until somebody acknowledges. Default: never.',
  ),
  fallback: z
    .array(StepTargetSchema)
    .optional()
    .describe('Who is told in the place of a target that cannot be reached.'),
  continue: z.boolean().optional().describe('The routes after this one are asked as well. Default: false.'),
};

const RouteSchema = z.strictObject({
  ...RouteSettings,
  routes: z
    .array(z.strictObject(RouteSettings))
    .min(1)
    .optional()
    .describe(
      'Finer routes within this one, asked first; they take from it what they do not say, and where none matches it holds itself.',
    ),
});

const Days = z
  .array(z.enum(WEEKDAYS))
  .min(1)
  .transform((days) => days.map((day) => WEEKDAYS.indexOf(day) + 1));

const ScheduleSchema = z.strictObject({
  id: IdSchema,
  timezone: TimezoneSchema.default('UTC'),
  rotation: z.array(z.string()).min(1).describe("Owners' ids, in the order of their turns."),
  starts: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2026-01-05')
    .describe('The day on which the first turn begins.'),
  turn: z.enum(['day', 'week']).default('week').describe('How long a turn is. Default: a week.'),
  hand_over: TimeOfDaySchema.default(9 * 60).describe(
    'When a turn ends and the next begins. Default: 09:00.',
  ),
  hours: z
    .strictObject({
      days: Days.default([1, 2, 3, 4, 5]),
      from: TimeOfDaySchema.default(9 * 60),
      to: TimeOfDaySchema.default(17 * 60),
    })
    .optional()
    .describe('When anybody is on call at all. Default: always.'),
  overrides: z
    .array(
      z.strictObject({
        owner: z.string().optional().describe('Absent for nobody.'),
        from: InstantSchema,
        to: InstantSchema,
      }),
    )
    .default([])
    .describe('Other people for a while; the last one that holds counts.'),
});

/** `escalation.yaml`: who is told, and which alerts go to whom. */
export const EscalationFileSchema = z.strictObject({
  policies: z.array(PolicySchema).min(1),
  routes: z
    .array(RouteSchema)
    .min(1)
    .optional()
    .describe('First match wins; the last one matches everything. Default: all to the first policy.'),
  schedules: z
    .array(ScheduleSchema)
    .default([])
    .describe('Who is on call, by turns: schedule:ID in a policy.'),
  inhibit: z
    .array(
      z.strictObject({
        source: MatchersSchema.describe('An open alert that matches this …'),
        target: MatchersSchema.describe('… holds back those that match this …'),
        equal: z.array(z.string()).default([]).describe('… and have the same values of these labels.'),
      }),
    )
    .default([]),
  flapping: z
    .strictObject({
      changes: z.int().min(3).default(6).describe('Default: 6.'),
      within: DurationSchema.default(DAY).describe('Default: 1d.'),
    })
    .nullable()
    .default({ changes: 6, within: DAY })
    .describe(
      'An alert that fires or resolves so many times within the span is told of again when it has kept still for as long; null tells of every turn.',
    ),
  same_cause: z
    .strictObject({
      within: DurationSchema.default(WEEK).describe('How far apart they may begin. Default: 7d.'),
    })
    .nullable()
    .default({ within: WEEK })
    .describe(
      'Alerts whose analyses name the same cause are one incident, which the first one’s message tells of; null keeps each by itself.',
    ),
  silences: z
    .strictObject({
      idle_after: DurationSchema.default(2 * DAY).describe(
        'A silence that has muted nothing for so long is reported. Default: 2d.',
      ),
    })
    .default({ idle_after: 2 * DAY }),
  deliveries: z
    .strictObject({
      fall_back_after: DurationSchema.default(15 * MINUTE).describe(
        'Others are told of a target that takes no message for longer, and what it was to be told. Default: 15m.',
      ),
      give_up_after: DurationSchema.default(DAY).describe(
        'A message that still has not arrived so long after its first attempt is given up. Default: 1d.',
      ),
    })
    .refine((rule) => rule.give_up_after >= rule.fall_back_after, {
      path: ['give_up_after'],
      error: 'must not be shorter than fall_back_after',
    })
    .default({ fall_back_after: 15 * MINUTE, give_up_after: DAY })
    .describe('How long a target that cannot be reached for now is tried.'),
});

/** How long a group's first message waits, and how often it may change, unless a route says otherwise. */
export const DEFAULT_GROUP = { wait: 30 * SECOND, interval: 5 * MINUTE };

export type EscalationInput = z.output<typeof EscalationFileSchema>;
export type RouteInput = z.output<typeof RouteSchema>;
