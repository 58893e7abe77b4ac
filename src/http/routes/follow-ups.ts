import { z } from 'zod';
import type { FollowUp } from '../../model/follow-up.js';
import { ALL } from '../../model/slice.js';
import { defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { refusedAnswer } from '../follow-up-refusals.js';
import {
  FollowUpAnswerSchema,
  FollowUpListSchema,
  FollowUpStateSchema,
  FollowUpStorySchema,
  FollowUpWireSchema,
  followUpWire,
  historyWire,
  PrioritySchema,
  versionTag,
} from '../follow-up-wire.js';
import { InstantInput } from '../instant-text.js';
import type { OpenFollowUpAnswer, ServicePorts } from '../ports.js';
import { unknownAlert } from './alert-commands.js';
import { Actor, ANSWERS, ErrorSchema, IdParams, stateQuery } from './common.js';
import { followUpCommands, unknownFollowUp } from './follow-up-commands.js';

const CLOSED = new Set(['verified', 'wont_do']);
const FollowUpQuery = stateQuery(
  FollowUpStateSchema.options,
  FollowUpStateSchema.options.filter((state) => !CLOSED.has(state)),
).extend({
  owner: z.string().optional().describe("An owner's id; empty for those that nobody owns."),
  metric: z.string().optional(),
  slice: z.string().optional(),
  priority: PrioritySchema.optional(),
  alert: z.string().optional().describe('Those that the alert hangs on.'),
  due_before: InstantInput.optional().describe('Those that are due before this moment.'),
});
type Filter = z.output<typeof FollowUpQuery>;

const words = (most: number) => z.string().trim().min(1).max(most);
const OpenBody = z
  .strictObject({
    alert_id: z.string().min(1).max(256).optional(),
    metric: words(256).optional().describe('A metric, for a follow-up that no alert speaks of.'),
    slice: words(1_000)
      .optional()
      .describe(
        'What the fix is proven on. With metric, all by default; with alert_id, the main cause of its analysis where the metric keeps points for it, otherwise the alert’s own.',
      ),
    direction: z
      .enum(['up', 'down'])
      .optional()
      .describe("With metric. Default: the metric's bad direction."),
    since: InstantInput.optional().describe('With metric: when the trouble began. Default: a day ago.'),
    title: words(300).optional().describe("The alert's unless given; required with metric."),
    actor: Actor,
    owner: words(256).optional().describe("An owner's id. Default: whoever owns the slice."),
    priority: PrioritySchema.optional(),
    note: words(3_000).optional(),
  })
  .refine(({ alert_id, metric }) => (alert_id === undefined) !== (metric === undefined), {
    path: ['alert_id'],
    error: 'is required, unless metric is given in its place',
  })
  .refine(({ metric, title }) => metric === undefined || title !== undefined, {
    path: ['title'],
    error: 'is required with metric',
  });

export function followUpEndpoints(followUps: ServicePorts['followUps']): readonly Endpoint[] {
  return [
    listEndpoint(followUps),
    openEndpoint(followUps),
    showEndpoint(followUps),
    ...followUpCommands(followUps),
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
    async handle({ query }) {
      const chosen = followUps.list().filter((followUp) => matches(followUp, query));
      const shown = soonestDue(chosen, query.limit).map(followUpWire);
      return { status: 200, body: { follow_ups: shown, total: chosen.length } };
    },
  });
}

function matches(followUp: FollowUp, filter: Filter): boolean {
  const { state, owner, metric, slice, priority, alert, due_before } = filter;
  return (
    (state === undefined || state.has(followUp.state)) &&
    (owner === undefined || followUp.owner === owner) &&
    (metric === undefined || followUp.metric === metric) &&
    (slice === undefined || followUp.slice === slice) &&
    (priority === undefined || followUp.priority === priority) &&
    (due_before === undefined || followUp.dueAt < due_before) &&
    (alert === undefined || followUp.alertIds.includes(alert))
  );
}

function openEndpoint(followUps: ServicePorts['followUps']): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/v1/follow-ups',
    access: 'operate',
    summary: 'Open a follow-up for an alert, or by hand for a metric and a slice.',
    body: OpenBody,
    answers: {
      201: { description: 'Opened.', schema: FollowUpAnswerSchema },
      400: ANSWERS.invalid,
      404: { description: 'There is no such alert, or no such metric.', schema: ErrorSchema },
      409: {
        description: 'Refused; with the follow-up that is open already, if that is why.',
        schema: ErrorSchema.extend({ reason: z.string(), follow_up: FollowUpWireSchema.nullable() }),
      },
      503: ANSWERS.unavailable,
    },
    async handle({ body }) {
      const answer = await openAsAsked(followUps, body);
      if (answer.outcome === 'not_found') {
        const { alert_id, metric } = body;
        return alert_id === undefined
          ? fault(404, 'not_found', `there is no metric '${metric}'`)
          : unknownAlert(alert_id);
      }
      if (answer.outcome === 'refused') return refusedAnswer(answer);
      const { followUp } = answer;
      return { status: 201, body: { follow_up: followUpWire(followUp) }, headers: versionTag(followUp) };
    },
  });
}

function openAsAsked(
  followUps: ServicePorts['followUps'],
  { alert_id, metric, slice, direction, since, ...given }: z.output<typeof OpenBody>,
): Promise<OpenFollowUpAnswer> {
  if (alert_id !== undefined) return followUps.open({ alertId: alert_id, ...given, slice });
  const title = given.title ?? '';
  return followUps.openByHand({
    ...given,
    metric: metric ?? '',
    slice: slice ?? ALL,
    direction,
    since,
    title,
  });
}

function showEndpoint(followUps: ServicePorts['followUps']): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/v1/follow-ups/:id',
    access: 'read',
    summary: 'One follow-up and its history.',
    params: IdParams,
    answers: {
      200: { description: 'The follow-up.', schema: FollowUpStorySchema },
      404: ANSWERS.notFound,
    },
    async handle({ params: { id } }) {
      const followUp = followUps.get(id);
      if (followUp === undefined) return unknownFollowUp(id);
      const history = historyWire(await followUps.story(id));
      return {
        status: 200,
        body: { follow_up: followUpWire(followUp), history },
        headers: versionTag(followUp),
      };
    },
  });
}

/**
 * The follow-ups that are due first, in order. Of many only those are compared that can be among them: what is due by
 * the date of the last one, which plain numbers tell quickly.
 */
export function soonestDue(followUps: readonly FollowUp[], limit: number): FollowUp[] {
  const dates = Float64Array.from(followUps, ({ dueAt }) => dueAt).sort();
  const last = dates[limit - 1] ?? Number.POSITIVE_INFINITY;
  return followUps
    .filter(({ dueAt }) => dueAt <= last)
    .sort(soonestDueFirst)
    .slice(0, limit);
}

function soonestDueFirst(a: FollowUp, b: FollowUp): number {
  return a.dueAt - b.dueAt || (a.followUpId < b.followUpId ? -1 : 1);
}
