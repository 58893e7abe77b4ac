import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slackInbox } from '../../src/http/slack.js';
import { openSlackSocket, type SlackSocket } from '../../src/http/slack-socket.js';
import { SimulatedClock } from '../../src/model/clock.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { SLACK_ACTION } from '../../src/notify/slack-actions.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { CONTEXT, makeNotification, NOON } from '../notify/fixtures.js';
import { SlackStandIn } from '../slack/stand-in.js';
import type { ViewJson } from '../slack/store.js';
import { alertOf, FakeService } from './fake-service.js';

let slack: SlackStandIn;
let service: FakeService;
let socket: SlackSocket;

function open(): SlackSocket {
  const log = pino({ level: 'silent' });
  const inbox = slackInbox(service, new SimulatedClock(NOON), log);
  return openSlackSocket({
    ...{ appToken: slack.appToken, apiUrl: slack.apiUrl, inbox, log },
    reconnectAfter: 20,
  });
}

beforeEach(async () => {
  slack = await SlackStandIn.start({ now: () => NOON });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  const api = slackApi({ token: slack.token, apiUrl: slack.apiUrl });
  const notifier = slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api) });
  await notifier.send('slack:#disputes', makeNotification({ alert: alertOf() }));
  service = new FakeService();
  service.knownFollowUps = [];
});

afterEach(async () => {
  await socket.stop();
  await slack.stop();
});

const message = () => {
  const [posted] = slack.channel('disputes').messages;
  if (posted === undefined) throw new Error('nothing was posted');
  return posted;
};

/** A machine that is busy is slow, and nothing here depends on how fast it is. */
const PATIENT = { timeout: 10_000 };
const connections = () => slack.calls.filter((call) => call === 'apps.connections.open').length;
const connected = () => expect.poll(() => slack.sockets.length, PATIENT).toBe(1);
const answerTo = async (envelope: string) => {
  await expect
    .poll(() => slack.acknowledged.some(({ envelope_id }) => envelope_id === envelope), PATIENT)
    .toBe(true);
  return slack.acknowledged.find(({ envelope_id }) => envelope_id === envelope)?.payload;
};

describe('over a socket of our own', () => {
  it('a click, a command, a form and an opened home do what they do over HTTP', async () => {
    socket = open();
    await connected();
    expect(await answerTo(slack.tell(slack.people.click(SLACK_ACTION.acknowledge, message())))).toEqual({});
    expect(service.alertCommands).toMatchObject([{ kind: 'acknowledge', actor: 'ann' }]);

    expect(await answerTo(slack.tell(slack.people.type('help')))).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('/redress list'),
    });

    await answerTo(slack.tell(slack.people.click(SLACK_ACTION.followUp, message())));
    const [opened] = service.modals;
    if (opened === undefined) throw new Error('no form was opened');
    slack.store.modals.push(opened.view as unknown as ViewJson);
    expect(await answerTo(slack.tell(slack.people.submit({ title: '' })))).toMatchObject({
      response_action: 'errors',
    });

    await answerTo(slack.tell(slack.people.openHome()));
    expect(service.homes.has('U0ANN')).toBe(true);
  });

  it('what nobody can read is acknowledged, so that it does not come for ever', async () => {
    socket = open();
    await connected();
    const deed = { ...slack.people.type('help'), payload: { type: 'nonsense' } };
    expect(await answerTo(slack.tell(deed))).toEqual({});
  });

  it('it goes on when the connection breaks, and when Slack asks for another', async () => {
    socket = open();
    await connected();
    slack.sockets[0]?.cut();
    await expect.poll(connections, PATIENT).toBe(2);
    await connected();
    slack.sockets[0]?.send({ type: 'disconnect', reason: 'refresh_requested' });
    await expect.poll(connections, PATIENT).toBe(3);
    await connected();
    await answerTo(slack.tell(slack.people.click(SLACK_ACTION.acknowledge, message())));
    expect(service.alertCommands).toHaveLength(1);
  });

  it('it is tried again when Slack cannot be reached at first', async () => {
    slack.failNext('apps.connections.open', { kind: 'status', status: 503 });
    slack.failNext('apps.connections.open', { kind: 'disconnect', carriedOut: false });
    socket = open();
    await connected();
  });
});
