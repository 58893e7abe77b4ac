import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { replyInSlack } from '../../src/http/slack-reply.js';
import { HOUR, MINUTE, SimulatedClock } from '../../src/model/clock.js';
import { RedressError } from '../../src/model/errors.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { SLACK_ACTION } from '../../src/notify/slack-actions.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { CONTEXT, makeNotification, NOON } from '../notify/fixtures.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { alertOf, application, entryOf, FakeService, followUpOf } from './fake-service.js';

let slack: SlackStandIn;
let service: FakeService;
const SEEN = 3;
const OWNER = { id: 'after-sales-gb', name: 'After-sales GB', slack: 'U0OWNER', lead: '' };

beforeAll(async () => {
  slack = await SlackStandIn.start({ now: () => NOON });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  const notification = makeNotification({ alert: alertOf({ version: SEEN }) });
  const api = slackApi({ token: slack.token, apiUrl: slack.apiUrl });
  const notifier = slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api) });
  await notifier.send('slack:#disputes', notification);
});

afterAll(() => slack.stop());

beforeEach(() => {
  service = new FakeService();
  service.knownFollowUps = [];
});

interface ClickOptions {
  now?: number;
  secret?: string;
  tamper?: boolean;
  /** Chosen from a menu, where it is one. */
  choice?: string;
}

/** A person clicks, and what Slack hears of it comes back. */
async function click(action: string, options: ClickOptions = {}) {
  const [message] = slack.channel('disputes').messages;
  if (message === undefined) throw new Error('nothing was posted');
  const { body, headers } =
    options.choice === undefined
      ? slack.people.click(action, message)
      : slack.people.choose(action, options.choice, message);
  const app = application(service, {
    clock: new SimulatedClock(options.now ?? NOON),
    signingSecrets: [options.secret ?? slack.signingSecret],
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
      { kind: 'acknowledge', alertId: 'alert-1', version: SEEN, actor: 'ann', personId: 'U0ANN' },
    ]);
    expect(service.replies).toEqual([]);
  });

  it.each([
    ['1h', NOON + HOUR],
    ['4h', NOON + 4 * HOUR],
    ['morning', Date.UTC(2026, 1, 17, 9)],
    ['resolved', 'resolved'],
  ])('snoozes it: %s', async (choice, until) => {
    await click(SLACK_ACTION.snooze, { choice });
    expect(service.alertCommands).toEqual([
      { kind: 'snooze', until, alertId: 'alert-1', version: SEEN, actor: 'ann' },
    ]);
  });

  it('snoozes until nine in the morning where its owner lives', async () => {
    service.slack.owners = [{ ...OWNER, timezone: 'Asia/Tokyo' }];
    await click(SLACK_ACTION.snooze, { choice: 'morning' });
    expect(service.alertCommands).toMatchObject([{ until: Date.UTC(2026, 1, 17, 0) }]);
  });

  it('resolves it, and says what it was worth', async () => {
    await click(SLACK_ACTION.resolve);
    for (const choice of ['true', 'false_alarm', 'expected', 'new_normal'])
      await click(SLACK_ACTION.feedback, { choice });
    expect(
      service.alertCommands.map((command) => ('verdict' in command ? command.verdict : command.kind)),
    ).toEqual([...['resolve', 'true', 'false_alarm', 'expected', 'new_normal']]);
  });
});

describe('a click by somebody who may not', () => {
  it.each([
    ['no', /lets only some people/],
    ['unknown', /could not say just now/],
  ] as const)('changes nothing and is told so: %s', async (may, words) => {
    service.slack.mayAct = async () => may;
    await click(SLACK_ACTION.acknowledge);
    await click(SLACK_ACTION.followUp);
    expect(service.alertCommands).toEqual([]);
    expect(service.modals).toEqual([]);
    expect(service.replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(words),
      expect.stringMatching(words),
    ]);
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
      '*Disputes per delivered order* (region GB) was acknowledged by bob &lt;b&gt; already ' +
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
    service.knownFollowUps = [followUpOf({ state: 'in_progress', owner: 'bob' })];
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
        signingSecrets: [slack.signingSecret],
      });
      await app.ready();
      const [message] = slack.channel('disputes').messages;
      if (message === undefined) throw new Error('nothing was posted');
      const { body, headers } = slack.people.click(SLACK_ACTION.acknowledge, message);
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

describe('replyInSlack', () => {
  it('answers the person alone and leaves the message alone', async () => {
    await replyInSlack(slack.apiUrl.replace('/api/', '/response/1.2'), 'too late');
    expect(slack.responses).toEqual([
      { response_type: 'ephemeral', replace_original: false, text: 'too late' },
    ]);
  });

  it('says that Slack did not take it', async () => {
    await expect(replyInSlack('http://127.0.0.1:1/', 'too late')).rejects.toMatchObject({
      code: 'target_unavailable',
      retryable: true,
    });
  });
});
