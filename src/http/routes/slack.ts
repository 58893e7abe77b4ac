import type { Logger } from 'pino';
import type { Clock } from '../../model/clock.js';
import { type Answer, defineRawEndpoint, type Endpoint, fault } from '../endpoint.js';
import type { SlackInbox, SlackKind } from '../slack-inbox.js';
import { parseJson } from '../slack-payloads.js';
import { checkSlackSignature } from '../slack-signature.js';
import { ErrorSchema } from './common.js';

const MAX_BYTES = 1_024 * 1_024;

interface Way {
  path: string;
  kind: SlackKind;
  summary: string;
  content: Readonly<Record<string, object>>;
  /** The payload in a body of the kind; undefined when there is none. */
  read(body: string): unknown;
}

const FORM = 'application/x-www-form-urlencoded';

const WAYS: readonly Way[] = [
  {
    path: '/slack/interactions',
    kind: 'interaction',
    summary: "A person's click in Slack, or a form that they sent, signed by Slack.",
    content: {
      [FORM]: {
        type: 'object',
        properties: {
          payload: { type: 'string', description: 'JSON of type `block_actions` or `view_submission`.' },
        },
        required: ['payload'],
      },
    },
    read: (body) => parseJson(new URLSearchParams(body).get('payload') ?? ''),
  },
  {
    path: '/slack/commands',
    kind: 'command',
    summary: 'Somebody has typed `/redress` in Slack; signed by Slack.',
    content: {
      [FORM]: {
        type: 'object',
        properties: { text: { type: 'string' }, user_id: { type: 'string' } },
        required: ['user_id'],
      },
    },
    read: (body) => Object.fromEntries(new URLSearchParams(body)),
  },
  {
    path: '/slack/events',
    kind: 'event',
    summary: 'What our app is told of by Slack: that somebody has opened its home. Signed by Slack.',
    content: { 'application/json': { type: 'object', properties: { type: { type: 'string' } } } },
    read: parseJson,
  },
];

export function slackEndpoints(parts: {
  inbox: SlackInbox;
  signingSecrets: readonly string[];
  clock: Clock;
  log: Logger;
}): readonly Endpoint[] {
  return WAYS.map((way) =>
    defineRawEndpoint({
      method: 'POST',
      path: way.path,
      access: 'signed',
      summary: way.summary,
      raw: { maxBytes: MAX_BYTES, content: way.content },
      answers: {
        200: { description: 'Taken.' },
        400: { description: 'Signed, and yet not readable.', schema: ErrorSchema },
        401: { description: 'Not signed by Slack, or too long ago.', schema: ErrorSchema },
      },
      handle: ({ body, headers }) => answerTo(way, parts, body, headers),
    }),
  );
}

async function answerTo(
  { kind, read }: Way,
  { inbox, signingSecrets, clock, log }: Parameters<typeof slackEndpoints>[0],
  body: Buffer,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Answer> {
  const signed = {
    timestamp: single(headers['x-slack-request-timestamp']),
    signature: single(headers['x-slack-signature']),
    rawBody: body,
  };
  const check = checkSlackSignature(signingSecrets, signed, clock.now());
  if (!check.valid) {
    log.warn({ reason: check.reason, kind }, 'refused what Slack has not signed');
    return fault(401, 'bad_signature', `this request is not known to be Slack's: ${check.reason}`);
  }
  const taken = await inbox.take(kind, read(body.toString('utf8')));
  // Without a body of ours nothing must be in it: it would be shown to people.
  if (taken.outcome === 'taken') return { status: 200, body: taken.body ?? '' };
  log.warn({ reason: taken.reason, kind }, 'what Slack has signed could not be read');
  return fault(400, 'unreadable', `this ${kind} cannot be read: ${taken.reason}`);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? undefined : header;
}
