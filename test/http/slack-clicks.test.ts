import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { replyToClick } from '../../src/http/slack-reply.js';
import { HOUR, MINUTE, SimulatedClock } from '../../src/model/clock.js';
import { RedressError } from '../../src/model/errors.js';
import { SLACK_ACTION } from '../../src/notify/contract.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { CONTEXT, makeNotification, NOON } from '../notify/fixtures.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { alertOf, application, entryOf, FakeService, followUpOf } from './fake-service.js';

let slack: SlackStandIn;
let service: FakeService;
const SEEN = 3;

beforeAll(async () => {
  slack = await SlackStandIn.start({ now: () => NOON });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  const notification = makeNotification({ alert: alertOf({ version: SEEN }) });
  const notifier = slackNotifier({ token: slack.token, apiUrl: slack.apiUrl }, CONTEXT);
  await notifier.send('slack:#disputes', notification);
});

afterAll(() => slack.stop());

beforeEach(() => {
  service = new FakeService();
});

/** A person clicks, and what Slack hears of it comes back. */
async function click(action: string, options: { now?: number; secret?: string; tamper?: boolean } = {}) {
  const [message] = slack.channel('disputes').messages;
  if (message === undefined) throw new Error('nothing was posted');
  const { body, headers } = slack.click(action, message);
  const app = application(service, {
    clock: new SimulatedClock(options.now ?? NOON),
    signingSecret: options.secret ?? slack.signingSecret,
    host: '0.0.0.0',
  });
  return app.inject({
    method: 'POST',
    url: '/slack/interactions',
    headers,
    payload: options.tamper === true ? body.replace('ann', 'eve') : body,
  });
}

describe('a click that can be done', () => {
  it('acknowledges the alert in the name of who clicked, with the version that they saw', async () => {
    const answer = await click(SLACK_ACTION.acknowledge);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(service.alertCommands).toEqual([
      { kind: 'acknowledge', alertId: 'alert-1', version: SEEN, actor: 'ann' },
    ]);
    expect(service.replies).toEqual([]);
  });

  it('opens a follow-up', async () => {
    expect((await click(SLACK_ACTION.followUp)).statusCode).toBe(200);
    expect(service.opened).toEqual([{ alertId: 'alert-1', actor: 'ann' }]);
    expect(service.replies).toEqual([]);
  });
});

describe('a click that comes too late', () => {
  const reply = async (action: string) => {
    expect((await click(action)).statusCode).toBe(200);
    expect(service.replies).toHaveLength(1);
    return service.replies[0]?.text;
  };

  it('is told, privately, who was first', async () => {
    const alert = alertOf({ state: 'acknowledged', acknowledgedBy: 'bob <b>', acknowledgedAt: NOON - HOUR });
    service.alerts.act = async () => ({ outcome: 'refused', reason: 'already_acknowledged', alert });
    expect(await reply(SLACK_ACTION.acknowledge)).toBe(
      '*Disputes per delivered order* was acknowledged by bob &lt;b&gt; already ' +
        `<!date^${(NOON - HOUR) / 1_000}^{date_short_pretty} at {time}|on 2026-02-16 11:00 UTC>.`,
    );
    expect(service.replies[0]?.responseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/response\//);
  });

  it('is told what happened since the message that was clicked on, and not what happened before', async () => {
    service.alerts.act = async () => ({ outcome: 'refused', reason: 'state_changed', alert: alertOf() });
    service.alerts.story = async () => [
      entryOf('fired', 1),
      entryOf('acknowledged', 3, 'cat'),
      entryOf('resolved', 4, 'bob'),
      entryOf('anomalous', 5),
      entryOf('reopened', 6),
    ];
    const text = await reply(SLACK_ACTION.acknowledge);
    expect(text).toMatch(/it was resolved by bob <!date.*>, it fired again <!date.*>\. Nothing was changed/);
    expect(text).not.toMatch(/cat|it fired </);
  });

  it('is told of the follow-up that there is already', async () => {
    service.followUps.open = async () => ({
      outcome: 'refused',
      reason: 'already_open',
      followUp: followUpOf({ state: 'in_progress', owner: 'bob' }),
    });
    expect(await reply(SLACK_ACTION.followUp)).toMatch(
      /^There is an open follow-up already: \*Disputes.*\*, in progress, owner bob, due <!date/,
    );
  });

  it('is told that the alert is gone', async () => {
    service.knownAlerts = [];
    expect(await reply(SLACK_ACTION.acknowledge)).toMatch(/not known here any more/);
  });
});

describe('a click when something is broken', () => {
  it('is told to come again when it could not be recorded', async () => {
    service.alerts.act = async () => {
      throw new RedressError('store_unavailable', 'no store', { retryable: true });
    };
    expect((await click(SLACK_ACTION.acknowledge)).statusCode).toBe(200);
    expect(service.replies.map(({ text }) => text)).toEqual([expect.stringMatching(/click again/)]);
  });

  it('is answered within the three seconds that Slack waits, and dealt with before the service ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let done = () => {};
      const slow = new Promise<void>((resolve) => {
        done = resolve;
      });
      service.alerts.act = async () => {
        await slow;
        return { outcome: 'refused', reason: 'already_resolved', alert: alertOf() };
      };
      const app = application(service, {
        clock: new SimulatedClock(NOON),
        signingSecret: slack.signingSecret,
      });
      await app.ready();
      const [message] = slack.channel('disputes').messages;
      if (message === undefined) throw new Error('nothing was posted');
      const { body, headers } = slack.click(SLACK_ACTION.acknowledge, message);
      const answer = app.inject({ method: 'POST', url: '/slack/interactions', headers, payload: body });
      // The request has to reach the handler before its timer can run out.
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await vi.advanceTimersByTimeAsync(2_500);
      expect((await answer).statusCode).toBe(200);
      expect(service.replies).toEqual([]);
      const closed = app.close();
      done();
      await closed;
      expect(service.replies).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a request that Slack has not sent', () => {
  it.each([
    ['with another signature', { tamper: true }],
    ['recorded and sent again later', { now: NOON + 6 * MINUTE }],
    ['to a service that knows no secret', { secret: '' }],
  ])('%s changes nothing', async (_name, options) => {
    const answer = await click(SLACK_ACTION.acknowledge, options);
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, 'bad_signature']);
    expect(service.alertCommands).toEqual([]);
  });

  it('without any signature is refused before it is read', async () => {
    const app = application(service);
    const answer = await app.inject({ method: 'POST', url: '/slack/interactions', payload: 'payload=%7B' });
    expect(answer.statusCode).toBe(401);
  });
});

describe('replyToClick', () => {
  it('answers the person alone and leaves the message alone', async () => {
    await replyToClick(slack.apiUrl.replace('/api/', '/response/1.2'), 'too late');
    expect(slack.responses).toEqual([
      { response_type: 'ephemeral', replace_original: false, text: 'too late' },
    ]);
  });

  it('says that Slack did not take it', async () => {
    await expect(replyToClick('http://127.0.0.1:1/', 'too late')).rejects.toMatchObject({
      code: 'target_unavailable',
      retryable: true,
    });
  });
});
