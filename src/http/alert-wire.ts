import { z } from 'zod';
import type { Alert, AlertPoint } from '../model/alert.js';
import type { Delivery } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDisplay } from '../notify/contract.js';
import { storyWords } from '../notify/story-words.js';
import { InstantText, instantText, optionalInstantText } from './instant-text.js';

const AlertPointWireSchema = z.object({
  bucket_start: InstantText,
  value: z.number(),
  numerator: z.number(),
  denominator: z.number().nullable(),
  expected: z.number(),
  lower: z.number(),
  upper: z.number(),
  score: z.number(),
});

export const AlertStateSchema = z.enum(['pending', 'firing', 'acknowledged', 'resolved']);

export const FeedbackVerdictSchema = z.enum(['true', 'false_alarm', 'expected', 'new_normal']);

/** An alert as the API shows it, under the names of the table's columns. */
export const AlertWireSchema = z
  .object({
    alert_id: z.string(),
    kind: z.enum(['metric', 'data_health']),
    fingerprint: z.string(),
    metric: z.string(),
    slice: z.string(),
    direction: z.enum(['up', 'down']),
    severity: z.enum(['info', 'warning', 'critical']),
    state: AlertStateSchema,
    title: z.string(),
    started_at: InstantText.describe('Start of the first anomalous bucket.'),
    opened_at: InstantText.nullable().describe('When it fired; null while pending.'),
    acknowledged_at: InstantText.nullable(),
    acknowledged_by: z.string(),
    resolved_at: InstantText.nullable(),
    first: AlertPointWireSchema,
    last: AlertPointWireSchema,
    worst: AlertPointWireSchema,
    carriers: z.array(z.object({ slice: z.string(), excess: z.number(), share: z.number() })),
    owner: z.string(),
    runbook: z.string(),
    impact_count: z.number().describe('Excess over expected since the start, in events.'),
    impact_amount: z.number().describe("The same in the marketplace's currency."),
    escalation: z.object({
      policy: z.string(),
      next_step: z.int(),
      next_at: InstantText.nullable(),
      told: z.array(z.string()),
    }),
    times_reopened: z.int(),
    silence: z
      .object({
        silence_id: z.string(),
        until: InstantText.nullable().describe('Null until the alert is resolved.'),
        author: z.string(),
        reason: z.string(),
      })
      .nullable()
      .describe('What mutes it; null while people are told.'),
    group_id: z.string().describe('The incident group that it is shown in; empty for none.'),
    leads_group: z
      .boolean()
      .describe('True for the one whose escalation and acknowledgement are the group’s.'),
    same_cause: z
      .object({ alert_id: z.string(), slice: z.string() })
      .nullable()
      .describe('The alert with which it is shown because their analyses name the same cause, a slice.'),
    feedback: z
      .object({ verdict: FeedbackVerdictSchema, by: z.string(), at: InstantText, note: z.string() })
      .nullable()
      .describe('What a person said that it was worth.'),
    version: z.int(),
  })
  .meta({ id: 'Alert' });

export type AlertWire = z.infer<typeof AlertWireSchema>;

/** One thing that happened to an alert. */
export const StoryEntryWireSchema = z
  .object({
    stream: z.string().describe('What the entry is of: the alert itself, or a delivery about it.'),
    id: z.string(),
    version: z.int(),
    at: InstantText,
    actor: z.string().describe('`system`, or a person.'),
    reason: z.string(),
    about: z
      .string()
      .optional()
      .describe('Who was told and why it failed, what a person said, or until when it is muted.'),
    text: z.string().optional().describe('What happened, in a sentence; times in it are in UTC.'),
  })
  .meta({ id: 'StoryEntry' });

export type StoryEntryWire = z.infer<typeof StoryEntryWireSchema>;

export const AlertAnswerSchema = z.object({ alert: AlertWireSchema });
export const AlertListSchema = z.object({ alerts: z.array(AlertWireSchema) });
export const AlertStorySchema = z.object({
  alert: AlertWireSchema,
  not_evaluable: z
    .object({ bucket_start: InstantText, reason: z.string() })
    .nullable()
    .describe(
      "The newest bucket of an open alert's series, where it could not be judged: until one can be, the alert neither ends nor grows.",
    ),
  impact: z
    .string()
    .describe('What it has cost so far, in words, in cases and in money; empty for trouble with the data.'),
  story: z.array(StoryEntryWireSchema),
});

export type AlertStory = z.infer<typeof AlertStorySchema>;

export function alertWire(alert: Alert): AlertWire {
  return {
    alert_id: alert.alertId,
    kind: alert.kind,
    fingerprint: alert.fingerprint,
    metric: alert.metric,
    slice: alert.slice,
    direction: alert.direction,
    severity: alert.severity,
    state: alert.state,
    title: alert.title,
    started_at: instantText(alert.startedAt),
    opened_at: optionalInstantText(alert.openedAt),
    acknowledged_at: optionalInstantText(alert.acknowledgedAt),
    acknowledged_by: alert.acknowledgedBy,
    resolved_at: optionalInstantText(alert.resolvedAt),
    first: alertPointWire(alert.first),
    last: alertPointWire(alert.last),
    worst: alertPointWire(alert.worst),
    carriers: alert.carriers.map(({ slice, excess, share }) => ({ slice, excess, share })),
    owner: alert.owner,
    runbook: alert.runbook,
    impact_count: alert.impactCount,
    impact_amount: alert.impactAmount,
    escalation: {
      policy: alert.escalation.policy.id,
      next_step: alert.escalation.nextStep,
      next_at: optionalInstantText(alert.escalation.nextAt),
      told: [...alert.escalation.told],
    },
    times_reopened: alert.timesReopened,
    silence:
      alert.silence === null
        ? null
        : {
            silence_id: alert.silence.silenceId,
            until: optionalInstantText(alert.silence.until),
            author: alert.silence.author,
            reason: alert.silence.reason,
          },
    group_id: alert.groupId,
    leads_group: alert.leadsGroup,
    same_cause:
      alert.sameCause === null ? null : { alert_id: alert.sameCause.alertId, slice: alert.sameCause.slice },
    feedback: alert.feedback === null ? null : { ...alert.feedback, at: instantText(alert.feedback.at) },
    version: alert.version,
  };
}

/** An alert's story, in the order in which it happened, each turn with a sentence for people. */
export function storyWire(story: readonly JournalEntry[], display: MetricDisplay): StoryEntryWire[] {
  const texts = storyWords(story, { ...display, timezone: 'UTC' });
  return story.map((entry, index) => ({ ...storyEntryWire(entry), text: texts[index] }));
}

export function storyEntryWire(entry: JournalEntry): StoryEntryWire {
  const { stream, id, version, at, actor, reason } = entry;
  const about = aboutEntry(entry);
  return { stream, id, version, at: instantText(at), actor, reason, ...(about === '' ? {} : { about }) };
}

/** What of an entry's body a reader of the story wants to know. */
function aboutEntry({ stream, reason, body }: JournalEntry): string {
  if (stream === 'delivery') {
    const { target, reason: word, failure } = body as unknown as Delivery;
    const why = reason === word ? '' : `, ${word?.replaceAll('_', ' ')}`;
    return `${target}${why}${failure ? `: ${failure}` : ''}`;
  }
  if (stream !== 'alert') return '';
  const { feedback, owner, sameCause, silence } = body as unknown as Alert;
  if (reason === 'feedback' && feedback)
    return `${feedback.verdict.replaceAll('_', ' ')} ${feedback.note}`.trim();
  if (reason === 'handed_over') return owner;
  if (reason === 'joined_incident' && sameCause) return `${sameCause.slice}, as ${sameCause.alertId}`;
  if ((reason === 'silenced' || reason === 'snoozed') && silence)
    return `${silence.until === null ? 'until it is resolved' : `until ${instantText(silence.until)}`} ${silence.reason}`.trim();
  return '';
}

function alertPointWire(point: AlertPoint): z.infer<typeof AlertPointWireSchema> {
  return {
    bucket_start: instantText(point.bucketStart),
    value: point.value,
    numerator: point.numerator,
    denominator: point.denominator,
    expected: point.expected,
    lower: point.lower,
    upper: point.upper,
    score: point.score,
  };
}
