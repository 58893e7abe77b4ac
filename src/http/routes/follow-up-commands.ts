import { z } from 'zod';
import type { FollowUpCommand } from '../../followups/command.js';
import { type Answer, type Call, defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { overtakenAnswer, refusedAnswer } from '../follow-up-refusals.js';
import {
  FollowUpAnswerSchema,
  FollowUpWireSchema,
  followUpWire,
  HistorySchema,
  PrioritySchema,
  versionTag,
} from '../follow-up-wire.js';
import { InstantInput } from '../instant-text.js';
import type { AskedOfFollowUp, ServicePorts } from '../ports.js';
import { Actor, ANSWERS, ErrorSchema, IdParams, SeenVersion } from './common.js';

const words = (most: number) => z.string().trim().min(1).max(most);
const command = { actor: Actor, version: SeenVersion };
const WebAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_000);

type Common = z.infer<z.ZodObject<typeof command>>;
/** What people do to one follow-up, each at an address of its own. */
export function followUpCommands(followUps: ServicePorts['followUps']): readonly Endpoint[] {
  const endpoint = <Body extends Common>(
    path: string,
    summary: string,
    body: z.ZodType<Body>,
    ask: (body: Body) => AskedOfFollowUp,
  ) =>
    defineEndpoint({
      ...described(path, summary),
      body,
      handle: (call: Call<{ id: string }, undefined, Body>) => carryOut(followUps, call, ask(call.body)),
    });
  const withBody = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ ...command, ...shape });
  return [
    endpoint('acknowledge', 'Take note of a follow-up.', withBody({}), () => ({ kind: 'acknowledge' })),
    endpoint('start', 'Begin the work.', withBody({}), () => ({ kind: 'start' })),
    endpoint(
      'ship-fix',
      'Say that the fix is out; from then on the metric is watched.',
      withBody({ shipped_at: InstantInput.optional().describe('When it went out. Default: now.') }),
      ({ shipped_at }) => ({ kind: 'ship_fix', shippedAt: shipped_at }),
    ),
    endpoint('reopen', 'Open a closed follow-up again.', withBody({}), () => ({ kind: 'reopen' })),
    endpoint(
      'wont-do',
      'Close without a fix, for a reason.',
      withBody({ reason: words(3_000) }),
      ({ reason }) => ({ kind: 'wont_do', note: reason }),
    ),
    endpoint(
      'assign',
      'Give it to another owner.',
      withBody({ owner: words(256).describe("An owner's id."), reason: words(3_000).optional() }),
      ({ owner, reason }) => ({ kind: 'assign', owner, reason }),
    ),
    endpoint(
      'due',
      'Set another due date, for a reason.',
      withBody({ due_at: InstantInput, reason: words(3_000) }),
      ({ due_at, reason }) => ({ kind: 'set_due', dueAt: due_at, reason }),
    ),
    endpoint(
      'priority',
      'Set another priority, for a reason; the due date stays.',
      withBody({ priority: PrioritySchema, reason: words(3_000) }),
      ({ priority, reason }) => ({ kind: 'set_priority', priority, reason }),
    ),
    endpoint(
      'notes',
      'Write a note; kept as it is written.',
      withBody({ text: words(10_000) }),
      ({ text }) => ({ kind: 'note', text }),
    ),
    endpoint(
      'links',
      'Add a link, such as to a ticket elsewhere; a tracker may report back here as often as it likes.',
      withBody({ url: WebAddress, title: words(300).optional() }),
      ({ url, title }) => ({ kind: 'link', url, title: title ?? url }),
    ),
    endpoint(
      'action',
      'Say what will be done about it.',
      withBody({ action: words(3_000) }),
      ({ action }) => ({ kind: 'set_action', action }),
    ),
    endpoint(
      'alerts',
      'Hang one more alert of the same metric on it.',
      withBody({ alert_id: words(256) }),
      ({ alert_id }) => ({ kind: 'attach_alert', alertId: alert_id }),
    ),
  ];
}

/** The version that was decided on comes in the body or, as HTTP has it, in `If-Match`. */
async function carryOut(
  followUps: ServicePorts['followUps'],
  { params: { id }, body: { actor, version }, headers }: Call<{ id: string }, undefined, Common>,
  asked: AskedOfFollowUp,
): Promise<Answer> {
  const matched = /^"?(\d{1,9})"?$/.exec(String(headers['if-match'] ?? ''))?.[1];
  if (headers['if-match'] !== undefined && headers['if-match'] !== '*' && matched === undefined) {
    return fault(400, 'invalid_request', 'if-match: must be a version as the ETag of the follow-up has it');
  }
  const seen = matched === undefined ? version : Number(matched);
  const given = { ...asked, followUpId: id, actor, version: seen } as FollowUpCommand;
  const answer = await followUps.act(given);
  if (answer.outcome === 'not_found') return unknownFollowUp(id);
  if (answer.outcome === 'done') {
    return {
      status: 200,
      body: { follow_up: followUpWire(answer.followUp) },
      headers: versionTag(answer.followUp),
    };
  }
  if (seen === undefined || answer.followUp.version <= seen) return refusedAnswer(answer);
  return overtakenAnswer(answer, seen, followUps.story);
}

export function unknownFollowUp(id: string): Answer {
  return fault(404, 'not_found', `there is no follow-up '${id}'`);
}

/** What the commands on one follow-up have in common. */
function described(path: string, summary: string) {
  return {
    method: 'POST',
    path: `/v1/follow-ups/:id/${path}`,
    access: 'operate',
    summary,
    params: IdParams,
    answers: {
      200: { description: 'Done.', schema: FollowUpAnswerSchema },
      400: ANSWERS.invalid,
      404: ANSWERS.notFound,
      409: {
        description:
          'Refused: the follow-up as it is does not allow it, or it has changed since the version that was seen.',
        schema: ErrorSchema.extend({
          reason: z.string(),
          follow_up: FollowUpWireSchema,
          changes: HistorySchema.optional().describe('What has happened since the version that was seen.'),
        }),
      },
      503: ANSWERS.unavailable,
    },
  } as const;
}
