import { z } from 'zod';
import type { Clock } from '../../model/clock.js';
import { defineRawEndpoint, type Endpoint, fault } from '../endpoint.js';
import type { ServicePorts } from '../ports.js';
import { ANSWERS, ErrorSchema } from './common.js';

const IngestAnswerSchema = z.object({
  accepted: z.int(),
  rejected: z.array(
    z.object({
      line: z.int().describe('The line, or the place in the array; from 1.'),
      reason: z.string(),
      field: z.string(),
      detail: z.string(),
    }),
  ),
});

const SPACE = 0x20;

export function eventEndpoints(
  ingest: ServicePorts['ingest'],
  clock: Clock,
  maxBytes: number,
): readonly Endpoint[] {
  const event = { $ref: '#/components/schemas/Event' };
  return [
    defineRawEndpoint({
      method: 'POST',
      path: '/v1/events',
      access: 'ingest',
      summary: 'Take events: NDJSON or one JSON array. Answered once they are durable.',
      raw: {
        maxBytes,
        content: {
          'application/x-ndjson': { ...event, description: 'One event a line.' },
          'application/json': { type: 'array', items: event },
        },
      },
      answers: {
        200: {
          description: 'How many were accepted, and each rejected one with its reason.',
          schema: IngestAnswerSchema,
        },
        400: ANSWERS.invalid,
        413: { description: `The body is larger than ${maxBytes} bytes.`, schema: ErrorSchema },
        503: ANSWERS.unavailable,
      },
      async handle({ body }) {
        if (!body.some((byte) => byte > SPACE)) {
          return fault(400, 'empty_body', 'the body is empty; send NDJSON or a JSON array of events');
        }
        return { status: 200, body: await ingest.take(body, clock.now()) };
      },
    }),
  ];
}
