import { z } from 'zod';
import type { FollowUpCommand, FollowUpCommandRefusal } from '../../followups/command.js';
import type { FollowUp } from '../../model/follow-up.js';
import { type Answer, defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import {
  FollowUpAnswerSchema,
  FollowUpListSchema,
  FollowUpStateSchema,
  FollowUpWireSchema,
  followUpWire,
  PrioritySchema,
} from '../follow-up-wire.js';
import { InstantInput } from '../instant-text.js';
import type { FollowUpAnswer, OpenFollowUpAnswer, ServicePorts } from '../ports.js';
import { unknownAlert } from './alerts.js';
import { Actor, ANSWERS, ErrorSchema, IdParams, SeenVersion, stateQuery } from './common.js';

const CLOSED = new Set(['verified', 'wont_do']);
const FollowUpQuery = stateQuery(
  FollowUpStateSchema.options,
  FollowUpStateSchema.options.filter((state) => !CLOSED.has(state)),
);

const words = (most: number) => z.string().trim().min(1).max(most);
const OwnerId = words(256).describe("An owner's id.");
const OpenBody = z.strictObject({
  alert_id: z.string().min(1).max(256),
  actor: Actor,
  title: words(300).optional().describe("The alert's unless given."),
  owner: OwnerId.optional(),
  priority: PrioritySchema.optional(),
  note: words(3_000).optional(),
});

const command = { actor: Actor, version: SeenVersion };
const PlainBody = z.strictObject(command);

export function followUpEndpoints(followUps: ServicePorts['followUps']): readonly Endpoint[] {
  const act = async (id: string, given: FollowUpCommand) => {
    return answerOf(id, await followUps.act(given));
  };
  const plain = (path: string, kind: 'acknowledge' | 'start' | 'reopen', summary: string) =>
    defineEndpoint({
      ...described(path, summary),
      body: PlainBody,
      handle: ({ params: { id }, body: { actor, version } }) =>
        act(id, { kind, followUpId: id, actor, version }),
    });
  return [
    listEndpoint(followUps),
    openEndpoint(followUps),
    showEndpoint(followUps),
    plain('acknowledge', 'acknowledge', 'Take note of a follow-up.'),
    plain('start', 'start', 'Begin the work.'),
    defineEndpoint({
      ...described('ship-fix', 'Say that the fix is out; from then on the metric is watched.'),
      body: z.strictObject({
        ...command,
        shipped_at: InstantInput.optional().describe('When it went out. Default: now.'),
      }),
      handle: ({ params: { id }, body: { actor, version, shipped_at } }) =>
        act(id, { kind: 'ship_fix', followUpId: id, actor, version, shippedAt: shipped_at }),
    }),
    plain('reopen', 'reopen', 'Open a closed follow-up again.'),
    defineEndpoint({
      ...described('wont-do', 'Close without a fix, for a reason.'),
      body: z.strictObject({ ...command, reason: words(3_000) }),
      handle: ({ params: { id }, body: { actor, version, reason } }) =>
        act(id, { kind: 'wont_do', followUpId: id, actor, version, note: reason }),
    }),
    defineEndpoint({
      ...described('assign', 'Give it to another owner.'),
      body: z.strictObject({ ...command, owner: OwnerId }),
      handle: ({ params: { id }, body: { actor, version, owner } }) =>
        act(id, { kind: 'assign', followUpId: id, actor, version, owner }),
    }),
    defineEndpoint({
      ...described('due', 'Set another due date.'),
      body: z.strictObject({ ...command, due_at: InstantInput }),
      handle: ({ params: { id }, body: { actor, version, due_at } }) =>
        act(id, { kind: 'set_due', followUpId: id, actor, version, dueAt: due_at }),
    }),
  ];
}

function listEndpoint(followUps: ServicePorts['followUps']): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/v1/follow-ups',
    access: 'read',
    summary: 'Follow-ups, soonest due first.',
    query: FollowUpQuery,
    answers: { 200: { description: 'The follow-ups.', schema: FollowUpListSchema }, 400: ANSWERS.invalid },
    async handle({ query: { state, limit } }) {
      const chosen = followUps.list().filter((followUp) => state === undefined || state.has(followUp.state));
      const soonest = chosen.sort(soonestDueFirst).slice(0, limit);
      return { status: 200, body: { follow_ups: soonest.map(followUpWire) } };
    },
  });
}

function openEndpoint(followUps: ServicePorts['followUps']): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/v1/follow-ups',
    access: 'operate',
    summary: 'Open a follow-up for an alert.',
    body: OpenBody,
    answers: {
      201: { description: 'Opened.', schema: FollowUpAnswerSchema },
      400: ANSWERS.invalid,
      404: { description: 'There is no such alert.', schema: ErrorSchema },
      409: {
        description: 'Refused; with the follow-up that is open already, if that is why.',
        schema: ErrorSchema.extend({ reason: z.string(), follow_up: FollowUpWireSchema.nullable() }),
      },
      503: ANSWERS.unavailable,
    },
    async handle({ body: { alert_id, ...given } }) {
      const answer = await followUps.open({ alertId: alert_id, ...given });
      if (answer.outcome === 'not_found') return unknownAlert(alert_id);
      if (answer.outcome === 'refused') return refused(answer);
      return { status: 201, body: { follow_up: followUpWire(answer.followUp) } };
    },
  });
}

function showEndpoint(followUps: ServicePorts['followUps']): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/v1/follow-ups/:id',
    access: 'read',
    summary: 'One follow-up.',
    params: IdParams,
    answers: {
      200: { description: 'The follow-up.', schema: FollowUpAnswerSchema },
      404: ANSWERS.notFound,
    },
    async handle({ params: { id } }) {
      const followUp = followUps.get(id);
      if (followUp === undefined) return unknownFollowUp(id);
      return { status: 200, body: { follow_up: followUpWire(followUp) } };
    },
  });
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
        description: 'Refused: the follow-up as it is does not allow it.',
        schema: ErrorSchema.extend({ reason: z.string(), follow_up: FollowUpWireSchema }),
      },
      503: ANSWERS.unavailable,
    },
  } as const;
}

function answerOf(id: string, answer: FollowUpAnswer): Answer {
  if (answer.outcome === 'not_found') return unknownFollowUp(id);
  if (answer.outcome === 'refused') return refused(answer);
  return { status: 200, body: { follow_up: followUpWire(answer.followUp) } };
}

function refused({
  reason,
  followUp,
}: Extract<FollowUpAnswer | OpenFollowUpAnswer, { outcome: 'refused' }>): Answer {
  return fault(409, 'refused', FOLLOW_UP_REFUSALS[reason], {
    reason,
    follow_up: followUp === null ? null : followUpWire(followUp),
  });
}

/** Why a follow-up was not opened or changed, for people. */
export const FOLLOW_UP_REFUSALS: Readonly<Record<FollowUpCommandRefusal | 'not_a_metric', string>> = {
  already_done: 'the follow-up is that far already',
  already_closed: 'the follow-up is closed',
  not_closed: 'the follow-up is open',
  reason_required: 'a reason is needed',
  due_in_past: 'the due date has passed already',
  shipped_at_wrong: 'a fix goes out after the incident began and not in the future',
  already_open: 'the series has an open follow-up already',
  state_changed: 'the follow-up has changed since the version that you saw',
  unknown_owner: 'there is no such owner in the configuration',
  not_a_metric: 'the alert is about the data itself, and no metric could verify a fix',
};

function unknownFollowUp(id: string): Answer {
  return fault(404, 'not_found', `there is no follow-up '${id}'`);
}

function soonestDueFirst(a: FollowUp, b: FollowUp): number {
  return a.dueAt - b.dueAt || (a.followUpId < b.followUpId ? -1 : 1);
}
