import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { slackInbox } from '../../src/http/slack.js';
import { slackWorkspace } from './slack-workspace.js';

const workspace = slackWorkspace();

describe('what comes in', () => {
  it('is answered with its challenge when Slack asks whether the address is ours', async () => {
    expect((await workspace.send(workspace.slack.people.askForChallenge('abc'))).body).toEqual({
      challenge: 'abc',
    });
  });

  it('is signed as the bytes that came, white space and all', async () => {
    const body = ' {\r\n\t"type" :  "url_verification",\n\n  "challenge":"a\u00a0b – \\u00e9" }\n';
    const deed = workspace.slack.people.sign('/slack/events', body, 'application/json; charset=utf-8');
    expect(await workspace.send(deed)).toEqual({ status: 200, body: { challenge: 'a\u00a0b – é' } });
    // The same meaning in other bytes is not what was signed.
    expect((await workspace.send({ ...deed, body: JSON.stringify(JSON.parse(body)) })).status).toBe(401);
  });

  const click = (action: object) => ({
    type: 'block_actions',
    user: { id: 'U0ANN' },
    container: { channel_id: 'C0DISPUTES' },
    actions: [action],
  });

  it.each([
    ['interaction', null, 'unreadable'],
    ['interaction', { type: 'block_actions' }, 'unreadable'],
    ['interaction', click({ action_id: 'redress_acknowledge', block_id: 'elsewhere' }), 'unreadable'],
    ['interaction', click({ action_id: 'another_app', block_id: 'x' }), 'taken'],
    ['interaction', { type: 'view_closed' }, 'taken'],
    ['interaction', { type: 'view_submission' }, 'unreadable'],
    ['command', {}, 'unreadable'],
    ['event', { type: 'event_callback', event: { type: 'member_joined_channel' } }, 'taken'],
    ['event', undefined, 'unreadable'],
  ] as const)('is read or refused, and does nothing by accident: %s %j', async (kind, payload, outcome) => {
    const inbox = slackInbox(workspace.service, workspace.clock, pino({ level: 'silent' }));
    expect((await inbox.take(kind, payload)).outcome).toBe(outcome);
    expect(workspace.service.alertCommands).toEqual([]);
  });

  it('never throws', async () => {
    const inbox = slackInbox(workspace.service, workspace.clock, pino({ level: 'silent' }));
    const payload = fc.oneof(
      fc.anything(),
      fc.record({ type: fc.constantFrom('block_actions', 'view_submission'), user: fc.anything() }),
      fc.record({ user_id: fc.string({ minLength: 1 }), command: fc.string(), text: fc.string() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('interaction', 'command', 'event'), payload, async (kind, given) => {
        expect(['taken', 'unreadable']).toContain((await inbox.take(kind, given)).outcome);
      }),
    );
  });
});
