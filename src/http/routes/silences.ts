import { z } from 'zod';
import type { SilenceCommand } from '../../alerts/silence-command.js';
import { storyEntryWire } from '../alert-wire.js';
import { type Answer, defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { InstantInput } from '../instant-text.js';
import type { ServicePorts } from '../ports.js';
import { SILENCE_REFUSALS } from '../silence-refusals.js';
import {
  MatchInput,
  RecurrenceSchema,
  SilenceAnswerSchema,
  SilenceListSchema,
  SilenceStateSchema,
  SilenceStorySchema,
  SilenceWireSchema,
  silenceWire,
  weeklyHours,
} from '../silence-wire.js';
import { Actor, ANSWERS, ErrorSchema, IdParams, SeenVersion, stateQuery } from './common.js';

const SilenceQuery = stateQuery(SilenceStateSchema.options, ['scheduled', 'active']);

const MakeBody = z.strictObject({
  actor: Actor,
  match: MatchInput,
  reason: z.string().trim().max(2_000).default('').describe('Why, for whoever wonders.'),
  starts_at: InstantInput.optional().describe('Default: now.'),
  ends_at: InstantInput.optional().describe('Needed, unless it lasts until all is resolved.'),
  until_resolved: z.boolean().default(false),
  recurrence: RecurrenceSchema.optional().describe('The hours of each week in which it mutes. Default: all.'),
});

const EditBody = z.strictObject({
  actor: Actor,
  version: SeenVersion,
  match: MatchInput.optional(),
  reason: z.string().trim().max(2_000).optional(),
  ends_at: InstantInput.optional(),
  recurrence: RecurrenceSchema.nullable().optional(),
});

const EndBody = z.strictObject({ actor: Actor, version: SeenVersion });

type Silences = ServicePorts['silences'];

export function silenceEndpoints(silences: Silences): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/silences',
      access: 'read',
      summary: 'Silences, newest first.',
      query: SilenceQuery,
      answers: { 200: { description: 'The silences.', schema: SilenceListSchema }, 400: ANSWERS.invalid },
      async handle({ query: { state, limit } }) {
        const chosen = silences.list().filter((silence) => state === undefined || state.has(silence.state));
        const newest = [...chosen].sort(
          (a, b) => b.createdAt - a.createdAt || (a.silenceId < b.silenceId ? -1 : 1),
        );
        return { status: 200, body: { silences: newest.slice(0, limit).map(silenceWire) } };
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/silences/:id',
      access: 'read',
      summary: 'One silence, and what happened to it, oldest first.',
      params: IdParams,
      answers: {
        200: { description: 'The silence and its story.', schema: SilenceStorySchema },
        404: ANSWERS.notFound,
      },
      async handle({ params: { id } }) {
        const silence = silences.get(id);
        if (silence === undefined) return unknownSilence(id);
        const story = await silences.story(id);
        return { status: 200, body: { silence: silenceWire(silence), story: story.map(storyEntryWire) } };
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/silences',
      access: 'operate',
      summary: 'Record the alerts that match, and tell nobody, for a while.',
      body: MakeBody,
      answers: commandAnswers,
      handle: ({ body }) =>
        carryOut(silences, {
          kind: 'make',
          actor: body.actor,
          match: body.match,
          reason: body.reason,
          startsAt: body.starts_at,
          endsAt: body.ends_at,
          untilResolved: body.until_resolved,
          recurrence: body.recurrence === undefined ? null : weeklyHours(body.recurrence),
        }),
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/silences/:id/edit',
      access: 'operate',
      summary: 'Change a silence; what is left out stays.',
      params: IdParams,
      body: EditBody,
      answers: commandAnswers,
      handle: ({ params: { id }, body }) =>
        carryOut(silences, {
          kind: 'edit',
          silenceId: id,
          actor: body.actor,
          version: body.version,
          match: body.match,
          reason: body.reason,
          endsAt: body.ends_at,
          recurrence: body.recurrence ? weeklyHours(body.recurrence) : body.recurrence,
        }),
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/silences/:id/end',
      access: 'operate',
      summary: 'End a silence before its time; what still fires is announced again.',
      params: IdParams,
      body: EndBody,
      answers: commandAnswers,
      handle: ({ params: { id }, body }) => carryOut(silences, { kind: 'end', silenceId: id, ...body }),
    }),
  ];
}

const commandAnswers = {
  200: { description: 'Done.', schema: SilenceAnswerSchema },
  400: ANSWERS.invalid,
  404: ANSWERS.notFound,
  409: {
    description: 'Refused, for the reason that is given.',
    schema: ErrorSchema.extend({ reason: z.string(), silence: SilenceWireSchema.nullable() }),
  },
  503: ANSWERS.unavailable,
};

async function carryOut(silences: Silences, command: SilenceCommand): Promise<Answer> {
  const answer = await silences.act(command);
  switch (answer.outcome) {
    case 'done':
      return { status: 200, body: { silence: silenceWire(answer.silence) } };
    case 'refused':
      return fault(409, 'refused', SILENCE_REFUSALS[answer.reason], {
        reason: answer.reason,
        silence: answer.silence === null ? null : silenceWire(answer.silence),
      });
    case 'not_found':
      return unknownSilence(command.kind === 'make' ? '' : command.silenceId);
  }
}

function unknownSilence(id: string): Answer {
  return fault(404, 'not_found', `there is no silence '${id}'`);
}
