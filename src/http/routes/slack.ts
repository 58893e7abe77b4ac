import type { Logger } from 'pino';
import type { Clock } from '../../model/clock.js';
import { defineRawEndpoint, type Endpoint, fault } from '../endpoint.js';
import type { SlackClicks } from '../slack-clicks.js';
import { type DecodedInteraction, decodeSlackInteraction } from '../slack-interaction.js';
import { checkSlackSignature } from '../slack-signature.js';
import { ErrorSchema } from './common.js';

/** Slack shows the person a warning after 3 s without an answer; a click that takes longer goes on behind it. */
const ANSWER_WITHIN = 2_000;
const MAX_BYTES = 1_024 * 1_024;

/** Clicks of other apps' kinds, or on links: Slack tells of them as well, and they are nothing to us. */
const NOT_OURS: ReadonlySet<Extract<DecodedInteraction, { ok: false }>['reason']> = new Set([
  'not_a_click',
  'unknown_action',
]);

export function slackEndpoints(parts: {
  clicks: SlackClicks;
  signingSecret: string;
  clock: Clock;
  log: Logger;
}): readonly Endpoint[] {
  const { clicks, signingSecret, clock, log } = parts;
  return [
    defineRawEndpoint({
      method: 'POST',
      path: '/slack/interactions',
      access: 'signed',
      summary: "A person's click in Slack, signed by Slack.",
      raw: {
        maxBytes: MAX_BYTES,
        content: {
          'application/x-www-form-urlencoded': {
            type: 'object',
            properties: { payload: { type: 'string', description: 'JSON of type `block_actions`.' } },
            required: ['payload'],
          },
        },
      },
      answers: {
        200: { description: 'Taken.' },
        400: { description: 'Signed, and yet not readable.', schema: ErrorSchema },
        401: { description: 'Not signed by Slack, or too long ago.', schema: ErrorSchema },
      },
      async handle({ body, headers }) {
        const signed = {
          timestamp: single(headers['x-slack-request-timestamp']),
          signature: single(headers['x-slack-signature']),
          rawBody: body,
        };
        const check = checkSlackSignature(signingSecret, signed, clock.now());
        if (!check.valid) {
          log.warn({ reason: check.reason }, 'refused a click that Slack has not signed');
          return fault(401, 'bad_signature', `this request is not known to be Slack's: ${check.reason}`);
        }
        const decoded = decodeSlackInteraction(body.toString('utf8'));
        if (decoded.ok) {
          await withinTime(clicks.take(decoded.interaction), ANSWER_WITHIN);
          return TAKEN;
        }
        if (NOT_OURS.has(decoded.reason)) return TAKEN;
        log.warn({ reason: decoded.reason }, 'a signed click could not be read');
        return fault(400, 'unreadable_click', `this click cannot be read: ${decoded.reason}`);
      },
    }),
  ];
}

/** Anything in the body would be shown to people. */
const TAKEN = { status: 200, body: '' } as const;

/** Waits for the work, but not longer than the time. */
async function withinTime(work: Promise<void>, time: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, time);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
