import { z } from 'zod';
import { DAY, WEEK } from '../../model/clock.js';
import { defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { InstantInput, InstantText, instantText } from '../instant-text.js';
import type { ServicePorts } from '../ports.js';
import { ANSWERS } from './common.js';

const DigestQuery = z.object({
  from: InstantInput.optional().describe('Default: a week before the end.'),
  to: InstantInput.optional().describe('Default: now.'),
  owner: z.string().min(1).max(256).optional().describe("An owner's id. Default: everybody."),
  timezone: z
    .string()
    .optional()
    .refine((name) => name === undefined || isZone(name), {
      error: 'must be an IANA name such as Europe/London',
    })
    .describe("Of the dates that are written. Default: the owner's, else UTC."),
});

/** What the digest's figures are, for programs; people read the Markdown. */
export const DigestSchema = z.object({
  from: InstantText,
  to: InstantText,
  markdown: z.string(),
  blocks: z.array(z.looseObject({ type: z.string() })).describe("Blocks of Slack's Block Kit."),
  counts: z.object({
    opened: z.int(),
    verified: z.int(),
    reopened: z.int(),
    overdue: z.int(),
    ageing: z.int(),
    alerts: z.int(),
  }),
  alerts: z
    .array(
      z.object({
        metric: z.string(),
        fired: z.int(),
        followed_up: z.int(),
        still_open: z.int(),
        judged: z.int().describe('How many of them people have said something of.'),
        precision: z.number().nullable().describe('The share of those that were worth it.'),
      }),
    )
    .describe('Alerts that fired, by metric.'),
  noisiest: z
    .array(z.object({ metric: z.string(), slice: z.string(), fired: z.int(), unwanted: z.int() }))
    .describe('The rules that fired without being worth it, then those that fired most often.'),
  workload: z.object({
    open: z.array(
      z.object({
        owner: z.string(),
        open: z.int(),
        overdue: z.int(),
        by_priority: z.record(z.string(), z.int()),
        by_age: z
          .record(z.string(), z.int())
          .describe('`days`: opened less than a week ago; `weeks`: less than four; `months`: longer.'),
      }),
    ),
    seconds_to_acknowledge: z
      .number()
      .nullable()
      .describe('Medians; null where there was nothing to measure.'),
    seconds_to_fix: z.number().nullable(),
    seconds_to_verify: z.number().nullable(),
    reopen_rate: z.number().nullable(),
    share_verified: z.number().nullable(),
  }),
});

/** The longest stretch that one digest is asked for. */
const LONGEST = 366 * DAY;

export function digestEndpoints(digest: ServicePorts['digest']): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/digest',
      access: 'read',
      summary: 'What a week, or another stretch, has brought: for everybody or for one owner.',
      query: DigestQuery,
      answers: { 200: { description: 'The digest.', schema: DigestSchema }, 400: ANSWERS.invalid },
      async handle({ query }) {
        const {
          digest: found,
          markdown,
          blocks,
        } = digest({
          until: query.to,
          lasting: (to) => query.from ?? to - WEEK,
          owner: query.owner ?? null,
          timezone: query.timezone,
        });
        if (found.from >= found.to || found.to - found.from > LONGEST) {
          return fault(400, 'invalid_request', 'from: must be before to, and by no more than a year');
        }
        const { workload } = found;
        const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
        return {
          status: 200,
          body: {
            from: instantText(found.from),
            to: instantText(found.to),
            markdown,
            blocks,
            counts: {
              opened: found.opened.length,
              verified: found.verified.length,
              reopened: found.reopened.length,
              overdue: found.overdue.length,
              ageing: found.ageing.length,
              alerts: found.alerts.reduce((sum, { fired }) => sum + fired, 0),
            },
            alerts: found.alerts.map(({ followedUp, stillOpen, ...same }) => ({
              ...same,
              followed_up: followedUp,
              still_open: stillOpen,
            })),
            noisiest: found.noisiest,
            workload: {
              open: workload.open.map(({ byPriority, byAge, ...same }) => ({
                ...same,
                by_priority: byPriority,
                by_age: byAge,
              })),
              seconds_to_acknowledge: seconds(workload.timeToAcknowledge),
              seconds_to_fix: seconds(workload.timeToFix),
              seconds_to_verify: seconds(workload.timeToVerify),
              reopen_rate: workload.reopenRate,
              share_verified: workload.shareVerified,
            },
          },
        };
      },
    }),
  ];
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
