import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { slackInbox } from '../../src/http/slack.js';
import { DAY, HOUR, SimulatedClock } from '../../src/model/clock.js';
import { RedressError } from '../../src/model/errors.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { SLACK_ACTION } from '../../src/notify/slack-actions.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackConversation } from '../../src/notify/slack-conversation.js';
import { followUpTurnForm } from '../../src/notify/slack-follow-up-forms.js';
import { formView } from '../../src/notify/slack-form.js';
import { SlackPeople } from '../../src/notify/slack-people.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { CONTEXT, makeNotification, NOON } from '../notify/fixtures.js';
import type { Deed, Person } from '../slack/people.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { alertOf, application, FakeService, followUpOf } from './fake-service.js';

const OWNER: Person = { id: 'U0OWNER', name: 'olive' };

let slack: SlackStandIn;
let service: FakeService;
const clock = new SimulatedClock(NOON);

beforeAll(async () => {
  slack = await SlackStandIn.start({ now: () => clock.now() });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  const api = slackApi({ token: slack.token, apiUrl: slack.apiUrl });
  const notifier = slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api) });
  await notifier.send('slack:#disputes', makeNotification({ alert: alertOf() }));
});
afterAll(() => slack.stop());

beforeEach(() => {
  service = new FakeService();
  service.knownFollowUps = [];
  const conversation = new SlackConversation(slackApi({ token: slack.token, apiUrl: slack.apiUrl }));
  service.slack.openModal = (trigger, view) => conversation.openModal(trigger, view);
  service.slack.publishHome = (person, view) => conversation.publishHome(person, view);
});

/** What a person does comes over HTTP; what goes back to Slack is answered. */
async function send({ path, body, headers }: Deed) {
  const app = application(service, { clock, signingSecrets: [slack.signingSecret] });
  const answer = await app.inject({ method: 'POST', url: path, headers, payload: body });
  const said = answer.body === '' ? null : answer.json();
  if (answer.statusCode === 200) slack.take(said);
  return { status: answer.statusCode, body: said };
}

const message = () => {
  const [posted] = slack.channel('disputes').messages;
  if (posted === undefined) throw new Error('nothing was posted');
  return posted;
};

describe('a follow-up is opened by a form', () => {
  const openForm = () => send(slack.people.click(SLACK_ACTION.followUp, message()));

  it('that comes up filled in with what the alert tells', async () => {
    expect(await openForm()).toEqual({ status: 200, body: null });
    const modal = slack.store.modals.at(-1);
    expect(modal?.title?.text).toBe('Open a follow-up');
    const filled = slack.people.submit({}).payload as { view: { state: { values: unknown } } };
    expect(filled.view.state.values).toMatchObject({
      title: { value: { value: 'Disputes per delivered order, region GB' } },
      owner: { value: { selected_option: { value: 'after-sales-gb' } } },
      priority: { value: { selected_option: { value: 'high' } } },
      due: { value: { selected_date: null } },
      note: { value: { value: null } },
    });
  });

  it('that proposes to prove the fix where most of it comes from, where the metric can', async () => {
    service.cause = 'category=toys,region=GB,scenario=late';
    await openForm();
    const about = () => slack.people.submit({}).payload as { view: { state: { values: unknown } } };
    expect(about().view.state.values).toMatchObject({
      title: { value: { value: expect.stringContaining('scenario late') } },
      about: { value: { selected_option: { value: 'cause' } } },
    });
    const [alert] = service.knownAlerts;
    await send(slack.people.submit({ about: 'alert' }));
    expect(service.opened.at(-1)).toMatchObject({ slice: alert?.slice });
  });

  it('and gets what the person has written, with the due day ending where the owner lives', async () => {
    await openForm();
    const answer = await send(
      slack.people.submit({
        title: ' Fewer wrong toys ',
        priority: 'urgent',
        due: '2026-07-01',
        note: 'a\nb',
      }),
    );
    expect(answer).toEqual({ status: 200, body: null });
    expect(service.opened).toEqual([
      {
        alertId: 'alert-1',
        title: 'Fewer wrong toys',
        owner: 'after-sales-gb',
        priority: 'urgent',
        // 17:00 in London's summer.
        dueAt: Date.UTC(2026, 6, 1, 16),
        note: 'a\nb',
        actor: 'ann',
      },
    ]);
  });

  it('stays open and says at the field what is wrong with it', async () => {
    await openForm();
    expect((await send(slack.people.submit({ title: '  ' }))).body).toEqual({
      response_action: 'errors',
      errors: { title: 'Say what is to be improved.' },
    });
    expect((await send(slack.people.submit({ due: '2026-02-15' }))).body).toEqual({
      response_action: 'errors',
      errors: { due: 'That day has passed already.' },
    });
    service.followUps.open = async () => ({ outcome: 'refused', reason: 'unknown_owner', followUp: null });
    expect((await send(slack.people.submit({}))).body).toMatchObject({
      errors: { owner: 'there is no such owner in the configuration.' },
    });
  });

  it('shows in its place that somebody else was quicker', async () => {
    await openForm();
    service.followUps.open = async () => ({
      outcome: 'refused',
      reason: 'already_open',
      followUp: followUpOf(),
    });
    expect((await send(slack.people.submit({}))).body).toMatchObject({
      response_action: 'update',
      view: { blocks: [{ text: { text: expect.stringMatching(/^There is an open follow-up already/) } }] },
    });
  });

  it('asks again whether its sender may act when it is sent', async () => {
    await openForm();
    service.slack.mayAct = async () => 'no';
    expect((await send(slack.people.submit({ title: 'Fewer wrong toys' }))).body).toMatchObject({
      response_action: 'update',
      view: { blocks: [{ text: { text: expect.stringMatching(/lets only some people act on this/) } }] },
    });
    expect(service.opened).toEqual([]);
  });

  it('does not open for a trigger that is older than three seconds', async () => {
    const deed = slack.people.click(SLACK_ACTION.followUp, message());
    const modals = slack.store.modals.length;
    clock.advanceTo(clock.now() + 3_001);
    await send(deed);
    expect(slack.store.modals).toHaveLength(modals);
    expect(service.replies).toEqual([
      { responseUrl: expect.anything(), text: expect.stringMatching(/again/) },
    ]);
  });

  it('tells whoever sent it, in our own conversation, when it failed after Slack had to be answered', async () => {
    await openForm();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let fail = () => {};
      const slow = new Promise<void>((resolve) => {
        fail = resolve;
      });
      service.followUps.open = async () => {
        await slow;
        throw new RedressError('store_unavailable', 'no store', { retryable: true });
      };
      const inbox = slackInbox(service, clock, pino({ level: 'silent' }));
      const taken = inbox.take('interaction', slack.people.submit({}).payload);
      await vi.advanceTimersByTimeAsync(2_001);
      expect(await taken).toEqual({ outcome: 'taken', body: null });
      fail();
      await inbox.settled();
    } finally {
      vi.useRealTimers();
    }
    expect(service.whispers).toEqual([
      { person: 'U0ANN', text: expect.stringMatching(/could not be recorded/) },
    ]);
  });
});

it('a turn of a follow-up by a form is refused to whoever may not act any more when they send it', async () => {
  const followUp = followUpOf({ state: 'in_progress' });
  service.knownFollowUps = [followUp];
  const form = formView(followUpTurnForm('note', followUp, service.slack.owners));
  await service.slack.openModal(slack.people.trigger(), form);
  service.slack.mayAct = async () => 'no';
  expect((await send(slack.people.submit({ text: 'Called the carrier' }))).body).toMatchObject({
    response_action: 'update',
    view: { blocks: [{ text: { text: expect.stringMatching(/lets only some people act on this/) } }] },
  });
  expect(service.followUpCommands).toEqual([]);
  service.slack.mayAct = async () => 'yes';
  expect(await send(slack.people.submit({ text: 'Called the carrier' }))).toEqual({
    status: 200,
    body: null,
  });
  expect(service.followUpCommands).toMatchObject([
    { kind: 'note', text: 'Called the carrier', actor: 'ann' },
  ]);
});

describe('/redress', () => {
  const typed = async (text: string, person?: Person) => {
    const { status, body } = await send(slack.people.type(text, person));
    expect(status).toBe(200);
    expect(body.response_type).toBe('ephemeral');
    return JSON.stringify(body);
  };

  beforeEach(() => {
    service.knownAlerts = [
      alertOf(),
      alertOf({ alertId: 'alert-2', severity: 'info', state: 'acknowledged', owner: '' }),
      alertOf({ alertId: 'old-3', state: 'resolved', resolvedAt: NOON }),
    ];
  });

  it('lists the open alerts, the gravest first, with their buttons', async () => {
    const text = await typed('list');
    expect(text.indexOf('alert-1')).toBeGreaterThan(0);
    expect(text.indexOf('alert-2')).toBeGreaterThan(text.indexOf('alert-1'));
    expect(text).not.toContain('old-3');
    expect(text).toContain(SLACK_ACTION.acknowledge);
    expect(await typed('list all')).toContain('old-3');
    expect(await typed('list mine')).toContain('There are none');
    expect(await typed('list mine', OWNER)).toMatch(/alert-1(?!.*alert-2)/);
  });

  it('shows one, by any part of its id that only it has', async () => {
    expect(await typed('show rt-1')).toContain('About 38 more disputes than expected');
    expect(await typed('show old-3')).toContain('Resolved');
    expect(await typed('show alert')).toContain('2 open alerts have that in their ids');
    expect(await typed('show nothing')).toContain('There is no open alert');
    expect(await typed('show')).toContain('Which alert?');
  });

  it('acknowledges one, if the person may', async () => {
    expect(await typed('ack alert-1')).toMatch(/You have acknowledged \*.*\* \(.+\);/);
    expect(service.alertCommands).toEqual([
      { kind: 'acknowledge', alertId: 'alert-1', actor: 'ann', personId: 'U0ANN' },
    ]);
    service.slack.mayAct = async () => 'no';
    expect(await typed('ack alert-1')).toContain('lets only some people');
    expect(service.alertCommands).toHaveLength(1);
  });

  it('is answered with nothing at once where it takes long, and then privately', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let done = () => {};
      const slow = new Promise<void>((resolve) => {
        done = resolve;
      });
      const { act } = service.alerts;
      service.alerts.act = async (command) => {
        await slow;
        return act(command);
      };
      const app = application(service, { clock, signingSecrets: [slack.signingSecret] });
      await app.ready();
      const { path, body, headers } = slack.people.type('ack alert-1');
      const answer = app.inject({ method: 'POST', url: path, headers, payload: body });
      // The request has to reach the handler before its timer can run out.
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await vi.advanceTimersByTimeAsync(2_500);
      const { statusCode, body: said } = await answer;
      expect([statusCode, said, service.replies]).toEqual([200, '', []]);
      const closed = app.close();
      done();
      await closed;
    } finally {
      vi.useRealTimers();
    }
    expect(service.replies).toEqual([
      {
        responseUrl: expect.stringMatching(/\/response\/command$/),
        text: expect.stringMatching(/^You have acknowledged /),
      },
    ]);
  });

  it('asks the rules who may: the channel that a command is typed in lets nobody in', async () => {
    slack.addChannel({ id: 'C0RANDOM', name: 'random', users: ['U0RAY'] });
    slack.addChannel({ id: 'C0TOLD', name: 'told', users: ['U0TED'] });
    const api = slackApi({ token: slack.token, apiUrl: slack.apiUrl });
    const people = new SlackPeople({ api, rules: ['channel_members'], owners: CONTEXT.owners, clock });
    service.slack.mayAct = (person, about) => people.mayAct(person, about);
    service.slack.toldOfAlerts = ['console', 'slack:#told'];
    const said = async (text: string, person: Person) =>
      JSON.stringify((await send(slack.people.type(text, person, 'C0RANDOM'))).body);
    const RAY = { id: 'U0RAY', name: 'ray' };
    const TED = { id: 'U0TED', name: 'ted' };

    const { escalation } = alertOf();
    const policy = { ...escalation.policy, steps: [{ delay: 0, targets: ['owner', 'slack:#told'] }] };
    const told = alertOf({ escalation: { ...escalation, told: ['slack:#told'] } });
    // One that another alert speaks for has told nobody itself.
    const untold = alertOf({ escalation: { ...escalation, policy, told: [] } });
    for (const alert of [told, untold]) {
      service.knownAlerts = [alert];
      expect(await said('ack alert-1', RAY)).toContain('lets only some people');
      expect(await said('ack alert-1', TED)).toContain('You have acknowledged');
    }
    expect(service.alertCommands.map(({ actor }) => actor)).toEqual(['ted', 'ted']);

    expect(await said('silence region=GB for 4h', RAY)).toContain('lets only some people');
    await said('silence region=GB for 4h', TED);
    expect(service.silenceCommands.map(({ actor }) => actor)).toEqual(['ted']);
  });

  it('helps, also with what it does not know, which is shown as it was typed and never as markup', async () => {
    expect(await typed('help')).toContain('/redress list');
    expect(await typed('<!channel> now')).toContain('&lt;!channel&gt;');
  });
});

describe('a person’s App Home', () => {
  const home = async (person: Person) => {
    expect((await send(slack.people.openHome(person))).status).toBe(200);
    return JSON.stringify(slack.store.homes.get(person.id)?.blocks);
  };

  it('has their open alerts and follow-ups, and how many others there are', async () => {
    service.knownAlerts = [alertOf(), alertOf({ alertId: 'alert-2', owner: 'somebody' })];
    service.knownFollowUps = [
      followUpOf({ title: 'Mine', owner: 'after-sales-gb', dueAt: NOON + DAY }),
      followUpOf({ title: 'Closed', owner: 'after-sales-gb', closedAt: NOON }),
    ];
    const text = await home(OWNER);
    expect(text).toContain('alert-1');
    expect(text).not.toContain('alert-2');
    expect(text).toContain('Mine: open');
    expect(text).not.toContain('Closed');
    expect(text).toContain('One other alert is open');
    expect(await home({ id: 'U0ANN', name: 'ann' })).toContain('None of the open alerts is yours');
  });

  it('has what a person works on, whoever owns it, for as long as they do', async () => {
    const ann = { id: 'U0ANN', name: 'ann' };
    const taken = { owner: 'somebody', acknowledgedBy: 'ann', acknowledgedById: ann.id };
    service.knownAlerts = [alertOf({ ...taken, state: 'acknowledged' })];
    expect(await home(ann)).toContain('alert-1');
    expect(JSON.stringify((await send(slack.people.type('list mine', ann))).body)).toContain('alert-1');
    expect(await home({ id: 'U0BOB', name: 'ann' })).toContain('None of the open alerts is yours');
    service.knownAlerts = [alertOf({ ...taken, state: 'firing' })];
    expect(await home(ann)).toContain('None of the open alerts is yours');
  });

  it('has buttons that do what they do in a channel', async () => {
    service.knownAlerts = [alertOf({ startedAt: NOON - HOUR })];
    await home(OWNER);
    await send(slack.people.clickAtHome(SLACK_ACTION.acknowledge, OWNER));
    expect(service.alertCommands).toMatchObject([
      { kind: 'acknowledge', alertId: 'alert-1', actor: 'olive' },
    ]);
  });
});

describe('what comes in', () => {
  it('is answered with its challenge when Slack asks whether the address is ours', async () => {
    expect((await send(slack.people.askForChallenge('abc'))).body).toEqual({ challenge: 'abc' });
  });

  it('is signed as the bytes that came, white space and all', async () => {
    const body = ' {\r\n\t"type" :  "url_verification",\n\n  "challenge":"a\u00a0b – \\u00e9" }\n';
    const deed = slack.people.sign('/slack/events', body, 'application/json; charset=utf-8');
    expect(await send(deed)).toEqual({ status: 200, body: { challenge: 'a\u00a0b – é' } });
    // The same meaning in other bytes is not what was signed.
    expect((await send({ ...deed, body: JSON.stringify(JSON.parse(body)) })).status).toBe(401);
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
    const inbox = slackInbox(service, clock, pino({ level: 'silent' }));
    expect((await inbox.take(kind, payload)).outcome).toBe(outcome);
    expect(service.alertCommands).toEqual([]);
  });

  it('never throws', async () => {
    const inbox = slackInbox(service, clock, pino({ level: 'silent' }));
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
