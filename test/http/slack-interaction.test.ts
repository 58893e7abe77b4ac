import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSlackInteraction } from '../../src/http/slack-interaction.js';
import { checkSlackSignature } from '../../src/http/slack-signature.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { CONTEXT, makeNotification, NOON } from '../notify/fixtures.js';
import { SlackStandIn } from '../slack/stand-in.js';

let slack: SlackStandIn;

beforeAll(async () => {
  slack = await SlackStandIn.start({ now: () => NOON });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  await slackNotifier({ token: slack.token, apiUrl: slack.apiUrl }, CONTEXT).send(
    'slack:#disputes',
    makeNotification(),
  );
});

afterAll(() => slack.stop());

const message = () => {
  const [posted] = slack.channel('disputes').messages;
  if (posted === undefined) throw new Error('nothing was posted');
  return posted;
};

describe('a click on our message', () => {
  test.each([
    ['redress_acknowledge', 'acknowledge'],
    ['redress_follow_up', 'follow_up'],
  ])('%s comes back as the command %s on the alert, by a person, signed', (actionId, action) => {
    const { body, headers } = slack.click(actionId, message());
    const signed = {
      timestamp: headers['x-slack-request-timestamp'],
      signature: headers['x-slack-signature'],
      rawBody: body,
    };
    expect(checkSlackSignature(slack.signingSecret, signed, NOON)).toEqual({ valid: true });
    expect(decodeSlackInteraction(body)).toEqual({
      ok: true,
      interaction: {
        action,
        alertId: 'a-1',
        version: 3,
        user: { id: 'U0ANN', name: 'ann' },
        channel: 'C0DISPUTES',
        messageTs: message().ts,
        responseUrl: expect.stringContaining('/response/'),
      },
    });
  });
});

describe('what is not a click of ours is a reason', () => {
  const payload = (json: unknown): string =>
    new URLSearchParams({ payload: JSON.stringify(json) }).toString();
  const click = (action: object) =>
    payload({
      type: 'block_actions',
      user: { id: 'U0ANN' },
      container: { channel_id: 'C0DISPUTES', message_ts: '1.000001' },
      actions: [action],
    });

  test.each([
    ['an empty body', '', 'no_payload'],
    ['a payload that is not JSON', 'payload=%7B', 'malformed_json'],
    ['null', payload(null), 'not_a_click'],
    ['another kind of interaction', payload({ type: 'view_submission' }), 'not_a_click'],
    ['a button of another app', click({ action_id: 'other', value: 'x' }), 'unknown_action'],
    ['a value that is not JSON', click({ action_id: 'redress_acknowledge', value: '{' }), 'invalid_value'],
    ['no value', click({ action_id: 'redress_acknowledge' }), 'invalid_value'],
    [
      'a version that is none',
      click({ action_id: 'redress_acknowledge', value: '{"alertId":"a","version":0.5}' }),
      'invalid_value',
    ],
  ])('%s', (_what, body, reason) => {
    expect(decodeSlackInteraction(body)).toEqual({ ok: false, reason });
  });

  test('garbage never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json().map((json) => `payload=${json}`),
        ),
        (body) => {
          expect(decodeSlackInteraction(body).ok).toBe(false);
        },
      ),
    );
  });
});
