import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryReason } from '../../src/model/delivery.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { SlackStandIn } from '../slack/stand-in.js';
import {
  CONTEXT,
  makeAlert,
  makeDelivery,
  makeFollowUp,
  makeFollowUpNotification,
  makeNotification,
} from './fixtures.js';

let slack: SlackStandIn;

const notifier = (token = slack.token) => {
  const api = slackApi({ token, apiUrl: slack.apiUrl, timeout: 1_000 });
  return slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api) });
};

const first = () => makeNotification();
const ALERT = { kind: 'alert', id: 'a-1', version: 3 } as const;

const later = (reason: DeliveryReason, rootRef: string, alert = makeAlert()) =>
  makeNotification({ alert, rootRef, delivery: makeDelivery({ deliveryId: `d-${reason}`, reason }) });

const messages = () => slack.channel('disputes').messages;

async function sendFirst(): Promise<string> {
  const outcome = await notifier().send('slack:#disputes', first());
  if (outcome.outcome !== 'sent') throw new Error(outcome.reason);
  return outcome.messageRef;
}

beforeEach(async () => {
  slack = await SlackStandIn.start();
  slack.addChannel({ id: 'C0OTHER', name: 'other', member: false });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
});

afterEach(() => slack.stop());

describe('an alert has one message in a channel', () => {
  test('the first delivery posts it, with buttons, and says where it is', async () => {
    const ref = await sendFirst();
    const [root] = messages();
    expect(ref).toBe(`C0DISPUTES:${root?.ts}`);
    expect(root?.metadata).toEqual({
      event_type: 'redress_alert',
      event_payload: { delivery_id: 'd-1', alert_id: 'a-1', shows: '3/0//first_notification' },
    });
    expect(root?.text).toContain('Critical: Disputes per delivered order, high in category toys, region GB');
    expect(JSON.stringify(root?.blocks)).toContain('redress_acknowledge');
  });

  test('a later one edits it to the current state and says in its thread what changed', async () => {
    const ref = await sendFirst();
    const acknowledged = makeAlert({ state: 'acknowledged', acknowledgedBy: 'Ann', acknowledgedAt: 0 });
    const outcome = await notifier().send('slack:#disputes', later('acknowledged', ref, acknowledged));
    expect(outcome).toEqual({ outcome: 'sent', messageRef: ref });
    const [root, reply, ...rest] = messages();
    expect(rest).toEqual([]);
    expect(root?.text).toContain('Acknowledged: Disputes');
    expect(root?.edited).toBeDefined();
    expect(root?.metadata?.event_payload.delivery_id).toBe('d-1');
    expect(reply).toMatchObject({
      thread_ts: root?.ts,
      text: 'Acknowledged by Ann. Nobody else is called.',
      metadata: { event_payload: { delivery_id: 'd-acknowledged' } },
    });
    expect(reply?.subtype).toBeUndefined();
  });

  test('an escalation is shown in the channel as well', async () => {
    const ref = await sendFirst();
    await notifier().send('slack:#disputes', later('escalated', ref));
    expect(messages()[1]).toMatchObject({ thread_ts: messages()[0]?.ts, subtype: 'thread_broadcast' });
  });

  test.each(['worsened', 'resolved', 'repeat'] as const)('%s is said in the thread alone', async (reason) => {
    const ref = await sendFirst();
    await notifier().send('slack:#disputes', later(reason, ref));
    expect(messages()).toHaveLength(2);
    expect(messages()[1]).toMatchObject({ thread_ts: messages()[0]?.ts });
    expect(messages()[1]?.subtype).toBeUndefined();
  });

  test('an alert whose message somebody deleted gets a new one', async () => {
    const ref = await sendFirst();
    messages().length = 0;
    const outcome = await notifier().send('slack:#disputes', later('worsened', ref));
    expect(messages()).toHaveLength(1);
    expect(outcome).toEqual({ outcome: 'sent', messageRef: `C0DISPUTES:${messages()[0]?.ts}` });
    expect(messages()[0]?.thread_ts).toBeUndefined();
  });

  test('a workspace that forbids the edit still gets the thread line', async () => {
    const ref = await sendFirst();
    slack.failNext('chat.update', { kind: 'error', error: 'edit_window_closed' });
    expect(await notifier().send('slack:#disputes', later('resolved', ref))).toMatchObject({
      outcome: 'sent',
    });
    expect(messages()).toHaveLength(2);
  });

  test('a channel can be named by its id', async () => {
    await notifier().send('slack:C0DISPUTES', first());
    expect(messages()).toHaveLength(1);
  });
});

describe('a follow-up has a message of its own', () => {
  test('which shows its state and is edited, with what changed in its thread', async () => {
    const opened = makeFollowUpNotification({ followUp: makeFollowUp({ state: 'open' }) });
    const sent = await notifier().send('slack:#disputes', opened);
    if (sent.outcome !== 'sent') throw new Error(sent.reason);
    const [root] = messages();
    expect(sent.messageRef).toBe(`C0DISPUTES:${root?.ts}`);
    expect(root?.metadata?.event_payload).toMatchObject({ follow_up_id: 'f-1' });
    await notifier().send('slack:#disputes', makeFollowUpNotification({ rootRef: sent.messageRef }));
    const [edited, reply, ...rest] = messages();
    expect(rest).toEqual([]);
    expect(JSON.stringify(edited?.blocks)).toContain('in progress');
    expect(reply).toMatchObject({ thread_ts: root?.ts });
  });
});

describe('a message is brought up to date without a word', () => {
  test('when its alert or its follow-up has changed, and left alone when it has not', async () => {
    const same = notifier();
    const sent = await same.send('slack:#disputes', first());
    const rootRef = sent.outcome === 'sent' ? sent.messageRef : '';
    expect(await same.refresh(makeNotification(), ALERT, rootRef)).toBe('current');
    const followUp = makeFollowUp({ state: 'open' });
    expect(await same.refresh(makeNotification({ followUp }), ALERT, rootRef)).toBe('edited');
    expect(await same.refresh(makeNotification({ followUp }), ALERT, rootRef)).toBe('current');
    const worse = makeAlert({ version: 4, impactCount: 99 });
    expect(await same.refresh(makeNotification({ followUp, alert: worse }), ALERT, rootRef)).toBe('edited');
    expect(messages()).toHaveLength(1);
    const text = JSON.stringify(messages()[0]?.blocks);
    expect(text).toContain('About 99 more disputes');
    expect(text).toContain('Bring the toys disputes down: open');
    expect(messages()[0]?.metadata?.event_payload.delivery_id).toBe('d-1');
  });

  test('after a restart only if the message itself says that it shows less', async () => {
    const rootRef = await sendFirst();
    expect(await notifier().refresh(makeNotification(), ALERT, rootRef)).toBe('current');
    const alert = makeAlert({ version: 4 });
    expect(await notifier().refresh(makeNotification({ alert }), ALERT, rootRef)).toBe('edited');
    expect(await notifier().refresh(makeNotification({ alert }), ALERT, rootRef)).toBe('current');
    expect(slack.calls.filter((call) => call === 'chat.update')).toHaveLength(1);
  });

  test('and one that somebody deleted is told from one that cannot be reached', async () => {
    const rootRef = await sendFirst();
    const alert = makeAlert({ version: 4 });
    slack.failNext('chat.update', { kind: 'ratelimited', retryAfter: 9 });
    expect(await notifier().refresh(makeNotification({ alert }), ALERT, rootRef)).toMatchObject({
      outcome: 'retry',
      retryAfter: 9_000,
    });
    messages().length = 0;
    expect(await notifier().refresh(makeNotification({ alert }), ALERT, rootRef)).toBe('root_gone');
  });
});

describe('what Slack answers becomes an outcome', () => {
  test.each([
    [{ kind: 'ratelimited', retryAfter: 30 }, 'retry', 'ratelimited', 30_000],
    [{ kind: 'error', error: 'internal_error' }, 'retry', 'internal_error', null],
    [{ kind: 'error', error: '<html>busy</html>' }, 'retry', 'unreadable_answer', null],
    [{ kind: 'status', status: 503 }, 'retry', 'http_503', null],
    [{ kind: 'disconnect', carriedOut: false }, 'retry', 'network_error', null],
    [{ kind: 'silence' }, 'retry', 'timeout', null],
  ] as const)('%o: tried again', async (fault, outcome, reason, retryAfter) => {
    slack.failNext('chat.postMessage', fault);
    expect(await notifier().send('slack:#disputes', first())).toEqual({ outcome, reason, retryAfter });
    expect(slack.calls, 'the client itself must not retry').toEqual(['chat.postMessage']);
  });

  test.each([
    [{ kind: 'error', error: 'invalid_blocks' }, 'invalid_blocks'],
    [{ kind: 'error', error: 'missing_scope' }, 'missing_scope'],
    [{ kind: 'error', error: 'token_revoked' }, 'token_revoked'],
    [{ kind: 'error', error: 'account_inactive' }, 'account_inactive'],
    [{ kind: 'error', error: 'is_archived' }, 'is_archived'],
    [{ kind: 'error', error: 'restricted_action' }, 'restricted_action'],
    [{ kind: 'error', error: 'msg_too_long' }, 'msg_too_long'],
    [{ kind: 'status', status: 404 }, 'http_404'],
  ] as const)('%o: given up, with the word', async (fault, reason) => {
    slack.failNext('chat.postMessage', fault);
    expect(await notifier().send('slack:#disputes', first())).toEqual({ outcome: 'failed', reason });
  });

  test('a channel that is not there, one that the bot is not in, and a wrong token are given up', async () => {
    expect(await notifier().send('slack:#gone', first())).toEqual({
      outcome: 'failed',
      reason: 'channel_not_found',
    });
    expect(await notifier().send('slack:#other', first())).toMatchObject({ reason: 'not_in_channel' });
    expect(await notifier('xoxb-wrong').send('slack:#disputes', first())).toMatchObject({
      outcome: 'failed',
      reason: 'invalid_auth',
    });
  });

  test('a reply that is rate limited after the edit is tried again as a whole, without a second reply', async () => {
    const ref = await sendFirst();
    slack.failNext('chat.postMessage', { kind: 'ratelimited', retryAfter: 1 });
    const notification = later('worsened', ref);
    expect(await notifier().send('slack:#disputes', notification)).toMatchObject({ retryAfter: 1_000 });
    expect(await notifier().send('slack:#disputes', notification)).toMatchObject({ outcome: 'sent' });
    expect(messages()).toHaveLength(2);
  });
});

describe('a delivery that was cut off is found', () => {
  const NOWHERE = { outcome: 'found', arrived: false, rootRef: '' };
  const arrived = (rootRef: string) => ({ outcome: 'found', arrived: true, rootRef });

  test('in the channel, when the root was posted and no answer came', async () => {
    expect(await notifier().find?.('slack:#disputes', first())).toEqual(NOWHERE);
    slack.failNext('chat.postMessage', { kind: 'silence' });
    expect(await notifier().send('slack:#disputes', first())).toMatchObject({ reason: 'timeout' });
    expect(await notifier().find?.('slack:#disputes', first())).toEqual(
      arrived(`C0DISPUTES:${messages()[0]?.ts}`),
    );
  });

  test('in the thread, when it was a reply', async () => {
    const ref = await sendFirst();
    const notification = later('worsened', ref);
    expect(await notifier().find?.('slack:#disputes', notification)).toEqual({
      outcome: 'found',
      arrived: false,
      rootRef: ref,
    });
    slack.failNext('chat.postMessage', { kind: 'disconnect', carriedOut: true });
    expect(await notifier().send('slack:#disputes', notification)).toMatchObject({ outcome: 'retry' });
    expect(await notifier().find?.('slack:#disputes', notification)).toEqual(arrived(ref));
  });

  test('though a newer delivery has taken its place: the alert gets no second message', async () => {
    slack.failNext('chat.postMessage', { kind: 'silence' });
    await notifier().send('slack:#disputes', first());
    const delivery = makeDelivery({ deliveryId: 'd-2', reason: 'acknowledged' });
    const next = makeNotification({ delivery });
    const rootRef = `C0DISPUTES:${messages()[0]?.ts}`;
    expect(await notifier().find?.('slack:#disputes', next)).toEqual({
      outcome: 'found',
      arrived: false,
      rootRef,
    });
    const told = await notifier().send('slack:#disputes', { ...next, rootRef });
    expect(told).toEqual({ outcome: 'sent', messageRef: rootRef });
    expect(slack.calls.filter((method) => method === 'conversations.history')).toHaveLength(1);
    expect(messages().map(({ thread_ts }) => thread_ts)).toEqual([undefined, messages()[0]?.ts]);
    // Had the process died again before it could record that one, it finds it in the other's thread.
    expect(await notifier().find?.('slack:#disputes', next)).toEqual(arrived(rootRef));
  });

  test('in our conversation with a person', async () => {
    expect(await notifier().send('slack:U0ANN', first())).toMatchObject({ outcome: 'sent' });
    const [direct] = slack.store.direct('U0ANN').messages;
    expect(await notifier().find?.('slack:U0ANN', first())).toEqual(arrived(`D0ANN:${direct?.ts}`));
  });

  test('behind a page of newer messages', async () => {
    const ref = await sendFirst();
    for (let count = 0; count < 250; count++)
      messages().push({
        ts: slack.store.nextTs(Date.now()),
        channel: 'C0DISPUTES',
        user: 'U0ANN',
        text: 'chat',
        blocks: [],
      });
    expect(await notifier().find?.('slack:C0DISPUTES', first())).toEqual(arrived(ref));
  });

  test('but nobody says "not there" while Slack gives no answer', async () => {
    slack.failNext('conversations.history', { kind: 'ratelimited', retryAfter: 30 });
    expect(await notifier().find?.('slack:C0DISPUTES', first())).toEqual({
      ...{ outcome: 'retry', reason: 'ratelimited', retryAfter: 30_000 },
    });
  });

  test('and a token that may not read the channel does not keep the message back', async () => {
    slack.failNext('conversations.history', { kind: 'error', error: 'missing_scope' });
    expect(await notifier().find?.('slack:C0DISPUTES', first())).toEqual(NOWHERE);
  });
});
