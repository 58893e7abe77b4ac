import { z } from 'zod';
import type { AnnotationAnswer } from '../../model/annotation.js';
import { type Clock, DAY } from '../../model/clock.js';
import { formatSlice } from '../../model/slice.js';
import {
  ANNOTATION_REFUSALS,
  ANNOUNCED_KINDS,
  AnnotationAnswerSchema,
  AnnotationListSchema,
  annotationWire,
  EffectInput,
  effectOf,
} from '../annotation-wire.js';
import { type Answer, defineEndpoint, type Endpoint, fault } from '../endpoint.js';
import { InstantInput } from '../instant-text.js';
import type { ServicePorts } from '../ports.js';
import { Actor, ANSWERS, ErrorSchema, IdParams } from './common.js';

/** What a list shows unless it is asked for more, ms before and after now. */
const BEFORE = 30 * DAY;
const AFTER = 90 * DAY;
/** Years of holidays are made for a list; nobody plans in centuries. */
const LONGEST = 3_660 * DAY;

const ListQuery = z.object({
  from: InstantInput.optional().describe('Those that end after it. Default: 30 days ago.'),
  to: InstantInput.optional().describe('Those that begin before it. Default: in 90 days.'),
  kind: z.string().max(32).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

const MakeBody = z.strictObject({
  actor: Actor,
  annotation_id: z
    .string()
    .regex(/^[A-Za-z0-9][\w.:-]{0,127}$/, 'must be letters, digits, dots, colons and dashes')
    .optional()
    .describe('Your own id of it: sent again, it is made once. Default: one is made up.'),
  kind: z.enum(ANNOUNCED_KINDS),
  title: z.string().trim().min(1).max(200),
  scope: z
    .record(z.string().min(1).max(64), z.string().max(256))
    .default({})
    .describe('The slice that it concerns, such as {"region": "GB"}. Default: everything.'),
  metrics: z.array(z.string()).min(1).max(100).optional().describe('Default: all.'),
  effect: EffectInput.optional(),
  mute: z.boolean().default(false).describe('Tell nobody of alerts on what it concerns while it lasts.'),
  starts_at: InstantInput.optional().describe('Default: now.'),
  ends_at: InstantInput,
});

const EndBody = z.strictObject({ actor: Actor });

const commandAnswers = {
  200: { description: 'Done.', schema: AnnotationAnswerSchema },
  400: ANSWERS.invalid,
  404: ANSWERS.notFound,
  409: {
    description: 'Refused, for the reason that is given.',
    schema: ErrorSchema.extend({ reason: z.string() }),
  },
  503: ANSWERS.unavailable,
};

/** What is going on that explains figures: campaigns, closures, outages. */
export function annotationEndpoints(
  annotations: ServicePorts['annotations'],
  clock: Clock,
): readonly Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/annotations',
      access: 'read',
      summary: 'Dated facts that explain history, by when they begin: of the configuration, and announced.',
      query: ListQuery,
      answers: {
        200: { description: 'The annotations.', schema: AnnotationListSchema },
        400: ANSWERS.invalid,
      },
      async handle({ query: { from = clock.now() - BEFORE, to = clock.now() + AFTER, kind, limit } }) {
        if (to - from > LONGEST) return fault(400, 'invalid_request', 'from and to: at most ten years apart');
        const found = annotations
          .list({ from, to })
          .filter((annotation) => kind === undefined || annotation.kind === kind);
        return { status: 200, body: { annotations: found.slice(0, limit).map(annotationWire) } };
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/annotations',
      access: 'operate',
      summary: 'Announce something that explains figures; buckets are judged with it from then on.',
      body: MakeBody,
      answers: commandAnswers,
      async handle({ body }) {
        const answer = await annotations.announce({
          actor: body.actor,
          annotationId: body.annotation_id,
          kind: body.kind,
          title: body.title,
          scope: formatSlice(body.scope),
          ...(body.metrics === undefined ? {} : { metrics: body.metrics }),
          ...(body.effect === undefined ? {} : { effect: effectOf(body.effect) }),
          ...(body.mute ? { mutes: true } : {}),
          startsAt: body.starts_at,
          endsAt: body.ends_at,
        });
        return answerOf(answer, body.annotation_id ?? '');
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/annotations/:id/end',
      access: 'operate',
      summary: 'End one before its time; one that has not begun is taken back.',
      params: IdParams,
      body: EndBody,
      answers: commandAnswers,
      handle: async ({ params: { id }, body }) =>
        answerOf(await annotations.end({ annotationId: id, actor: body.actor }), id),
    }),
  ];
}

function answerOf(answer: AnnotationAnswer, id: string): Answer {
  switch (answer.outcome) {
    case 'done':
      return { status: 200, body: { annotation: annotationWire(answer.annotation) } };
    case 'refused':
      return fault(409, 'refused', ANNOTATION_REFUSALS[answer.reason], { reason: answer.reason });
    case 'not_found':
      return fault(404, 'not_found', `there is no annotation '${id}'`);
  }
}
