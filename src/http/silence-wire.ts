import { z } from 'zod';
import type { Silence, WeeklyHours } from '../model/silence.js';
import { StoryEntryWireSchema } from './alert-wire.js';
import { InstantText, instantText, optionalInstantText } from './instant-text.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const Values = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** Labels to what they must be, as in `escalation.yaml`. */
export const MatchInput = z
  .record(
    z.string(),
    z.union([Values, z.strictObject({ not: Values }), z.strictObject({ prefix: Values })], {
      error: () => 'must be a value, a list of values, { not } or { prefix }',
    }),
  )
  .describe(
    'metric, severity, owner, direction, alert_id, group_id or a dimension, to a value, a list of values, `{not}` or `{prefix}`; all must hold.',
  );

const MatchWire = z.record(
  z.string(),
  z.union([
    z.array(z.string()),
    z.object({ not: z.array(z.string()) }),
    z.object({ prefix: z.array(z.string()) }),
  ]),
);

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00');

/** Hours of each week, in a time zone. */
export const RecurrenceSchema = z.strictObject({
  days: z.array(z.enum(DAYS)).min(1),
  from: TimeOfDay,
  to: TimeOfDay.describe('At or before `from`: of the next day.'),
  timezone: z.string().refine(isTimezone, { error: 'must be an IANA time zone such as Europe/London' }),
});

export const SilenceStateSchema = z.enum(['scheduled', 'active', 'ended']);

export const SilenceWireSchema = z
  .object({
    silence_id: z.string(),
    origin: z.enum(['person', 'snooze', 'calendar']),
    state: SilenceStateSchema,
    match: MatchWire,
    author: z.string(),
    reason: z.string(),
    starts_at: InstantText,
    ends_at: InstantText.describe('When it ends at the latest.'),
    until_resolved: z.boolean().describe('It ends sooner, when what it has muted is resolved.'),
    recurrence: RecurrenceSchema.nullable(),
    next_at: InstantText.nullable().describe('When it begins, pauses or ends next.'),
    matched: z.boolean().describe('It has muted an alert.'),
    version: z.int(),
  })
  .meta({ id: 'Silence' });

export type SilenceWire = z.infer<typeof SilenceWireSchema>;

export const SilenceAnswerSchema = z.object({ silence: SilenceWireSchema });
export const SilenceListSchema = z.object({ silences: z.array(SilenceWireSchema) });
export const SilenceStorySchema = z.object({
  silence: SilenceWireSchema,
  story: z.array(StoryEntryWireSchema),
});

export function silenceWire(silence: Silence): SilenceWire {
  return {
    silence_id: silence.silenceId,
    origin: silence.origin,
    state: silence.state,
    match: silence.match as SilenceWire['match'],
    author: silence.author,
    reason: silence.reason,
    starts_at: instantText(silence.startsAt),
    ends_at: instantText(silence.endsAt),
    until_resolved: silence.untilResolved,
    recurrence: silence.recurrence === null ? null : recurrenceWire(silence.recurrence),
    next_at: optionalInstantText(silence.nextAt),
    matched: silence.matched,
    version: silence.version,
  };
}

/** The recurrence as the program keeps it. */
export function weeklyHours({ days, from, to, timezone }: z.infer<typeof RecurrenceSchema>): WeeklyHours {
  return {
    days: days.map((day) => DAYS.indexOf(day) + 1),
    from: minutesOf(from),
    to: minutesOf(to),
    timezone,
  };
}

function recurrenceWire({ days, from, to, timezone }: WeeklyHours): z.infer<typeof RecurrenceSchema> {
  return {
    days: days.map((day) => DAYS[day - 1] ?? 'mon'),
    from: timeOf(from),
    to: timeOf(to),
    timezone,
  };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
