import { z } from 'zod';
import type { EffectEvidence, FollowUp } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import { InstantText, instantText, optionalInstantText } from './instant-text.js';

export const FollowUpStateSchema = z.enum([
  'open',
  'acknowledged',
  'in_progress',
  'fix_shipped',
  'verifying',
  'verified',
  'wont_do',
]);

export const PrioritySchema = z.enum(['low', 'normal', 'high', 'urgent']);

const IntervalSchema = z.object({ lower: z.number(), upper: z.number() });
const ChangeSchema = IntervalSchema.extend({ estimate: z.number() });

const EvidenceSchema = z
  .object({
    before: IntervalSchema,
    during: IntervalSchema,
    after: IntervalSchema,
    difference: ChangeSchema.describe('After less during.'),
    net: ChangeSchema.extend({ sisters: z.int() })
      .nullable()
      .describe('The difference less what untreated sister slices did as well; null where there are none.'),
    saved_per_week: IntervalSchema,
    money_per_week: ChangeSchema,
    dispersion: z.number(),
  })
  .describe('90 % intervals.');

/** A follow-up as the API shows it, under the names of the table's columns. */
export const FollowUpWireSchema = z
  .object({
    follow_up_id: z.string(),
    alert_id: z.string(),
    fingerprint: z.string(),
    metric: z.string(),
    slice: z.string(),
    direction: z.enum(['up', 'down']),
    title: z.string(),
    owner: z.string(),
    lead: z.string().describe("The owner's lead; empty for nobody."),
    state: FollowUpStateSchema,
    priority: PrioritySchema,
    due_at: InstantText,
    opened_at: InstantText,
    closed_at: InstantText.nullable(),
    fix_shipped_at: InstantText.nullable(),
    times_reopened: z.int(),
    baseline: z
      .object({ expected: z.number(), lower: z.number(), upper: z.number() })
      .describe('Level and band before the incident.'),
    during: z.number().describe('The level during the incident.'),
    watch: z
      .object({ points_needed: z.int(), points_in_band: z.int() })
      .nullable()
      .describe('How far the verification has got; null unless verifying.'),
    effect: z
      .object({
        before: z.number(),
        during: z.number(),
        after: z.number(),
        points: z.int(),
        saved_per_week: z.number(),
        evidence: EvidenceSchema.nullable().describe('Null when there was too little history to tell.'),
      })
      .nullable()
      .describe('What the fix did; null until measured.'),
    note: z.string(),
    alert_ids: z.array(z.string()).describe('Every alert that hangs on it, the newest last.'),
    found: z
      .object({
        expected: z.number(),
        actual: z.number(),
        excess: z.number(),
        slices: z.array(z.object({ slice: z.string(), excess: z.number(), share: z.number() })),
        samples: z
          .array(z.string())
          .describe('Ids of some of the cases that were counted, the newest first.'),
      })
      .nullable()
      .describe('What was found when it was opened; null for one that was opened by hand.'),
    action: z.string().describe('The corrective action; empty until there is one.'),
    notes: z.array(
      z.object({
        at: InstantText,
        actor: z.string(),
        about: z.enum(['note', 'owner', 'due', 'priority']),
        text: z.string(),
      }),
    ),
    links: z.array(
      z.object({ url: z.string(), title: z.string(), added_at: InstantText, added_by: z.string() }),
    ),
    previous: z.string().describe('An earlier follow-up of the same series, empty for the first.'),
    version: z.int(),
  })
  .meta({ id: 'FollowUp' });

export type FollowUpWire = z.infer<typeof FollowUpWireSchema>;

export const FollowUpAnswerSchema = z.object({ follow_up: FollowUpWireSchema });
export const FollowUpListSchema = z.object({
  follow_ups: z.array(FollowUpWireSchema),
  total: z.int().optional().describe('How many there are; more than are shown when the limit cuts them off.'),
});

/** What happened to a follow-up, oldest first. */
export const HistorySchema = z.array(
  z.object({ version: z.int(), at: InstantText, actor: z.string(), reason: z.string() }),
);

export const FollowUpStorySchema = FollowUpAnswerSchema.extend({ history: HistorySchema });

export function historyWire(entries: readonly JournalEntry[]): z.infer<typeof HistorySchema> {
  return entries
    .filter(({ stream }) => stream === 'follow_up')
    .map(({ version, at, actor, reason }) => ({ version, at: instantText(at), actor, reason }));
}

/** The header by which a later command can say what it was decided on. */
export function versionTag({ version }: FollowUp): Readonly<Record<string, string>> {
  return { etag: `"${version}"` };
}

export function followUpWire(followUp: FollowUp): FollowUpWire {
  const { watch, effect, baseline, found, work } = followUp;
  return {
    follow_up_id: followUp.followUpId,
    alert_id: followUp.alertId,
    fingerprint: followUp.fingerprint,
    metric: followUp.metric,
    slice: followUp.slice,
    direction: followUp.direction,
    title: followUp.title,
    owner: followUp.owner,
    lead: followUp.lead ?? '',
    state: followUp.state,
    priority: followUp.priority,
    due_at: instantText(followUp.dueAt),
    opened_at: instantText(followUp.openedAt),
    closed_at: optionalInstantText(followUp.closedAt),
    fix_shipped_at: optionalInstantText(followUp.fixShippedAt),
    times_reopened: followUp.timesReopened,
    baseline: { expected: baseline.expected, lower: baseline.lower, upper: baseline.upper },
    during: followUp.during,
    watch: watch === null ? null : { points_needed: watch.pointsNeeded, points_in_band: watch.pointsInBand },
    effect:
      effect === null
        ? null
        : {
            before: effect.before,
            during: effect.during,
            after: effect.after,
            points: effect.points,
            saved_per_week: effect.savedPerWeek,
            evidence: evidenceWire(effect.evidence),
          },
    note: followUp.note,
    alert_ids: [...followUp.alertIds],
    found:
      found === undefined
        ? null
        : {
            ...found,
            slices: found.slices.map((slice) => ({ ...slice })),
            samples: [...(found.samples ?? [])],
          },
    action: work.action,
    notes: work.notes.map((note) => ({ ...note, at: instantText(note.at) })),
    links: work.links.map(({ url, title, addedAt, addedBy }) => ({
      url,
      title,
      added_at: instantText(addedAt),
      added_by: addedBy,
    })),
    previous: followUp.previous,
    version: followUp.version,
  };
}

function evidenceWire(evidence: EffectEvidence | undefined): z.infer<typeof EvidenceSchema> | null {
  if (evidence === undefined) return null;
  const { savedPerWeek, moneyPerWeek, ...same } = evidence;
  return { ...same, saved_per_week: savedPerWeek, money_per_week: moneyPerWeek };
}
