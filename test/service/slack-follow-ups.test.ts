import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FollowUpWire } from '../../src/http/follow-up-wire.js';
import { SECOND } from '../../src/model/clock.js';
import type { Deed } from '../slack/people.js';
import type { StoredMessage } from '../slack/store.js';
import { LiveService } from './live-service.js';

let live: LiveService;

beforeEach(async () => {
  live = await LiveService.start();
});
afterEach(() => live.close());

/** Slack is answered within two seconds whatever happens; what was asked for may be done a little later. */
const SOON = { timeout: 10_000, interval: 20 };

const ANN = { id: 'U0ANN', name: 'ann' };
const BOB = { id: 'U0BOB', name: 'bob' };

async function send({ path, body, headers }: Deed): Promise<unknown> {
  const answer = await fetch(`${live.address}${path}`, { method: 'POST', body, headers });
  await aMomentLater();
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

/** A channel takes one message a second. */
async function aMomentLater(): Promise<void> {
  live.clock.advanceTo(live.clock.now() + 2 * SECOND);
  await live.tick();
}

/** The follow-up's one message in the channel. */
function message(): StoredMessage {
  const found = live.roots().filter(({ text }) => text?.includes('Follow-up:'));
  expect(found).toHaveLength(1);
  return structuredClone(found[0] as StoredMessage);
}

const buttons = () =>
  ((message().blocks.find(({ type }) => type === 'actions')?.elements ?? []) as { action_id: string }[]).map(
    ({ action_id }) => action_id.replace('redress_follow_up_', ''),
  );

const known = async () => ((await live.list('/v1/follow-ups', 'follow_ups')) as FollowUpWire[])[0];

async function opened(): Promise<void> {
  await live.incident();
  await live.closeTheHour();
  const [alert] = (await live.list('/v1/alerts', 'alerts')) as { alert_id: string }[];
  await fetch(`${live.address}/v1/follow-ups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alert_id: alert?.alert_id, actor: 'ann', title: 'Call <!channel> the *carrier*' }),
  });
  await aMomentLater();
}

it('gives a follow-up one message that shows its state and takes people through it', async () => {
  await opened();
  await expect.poll(buttons, SOON).toEqual(['acknowledge', 'start', 'ship_fix', 'more']);
  expect(JSON.stringify(message().blocks)).not.toContain('<!channel>');
  await send(live.slack.people.click('redress_follow_up_acknowledge', message(), ANN));
  await expect.poll(known, SOON).toMatchObject({ state: 'acknowledged' });
  await expect.poll(buttons, SOON).toEqual(['start', 'ship_fix', 'more']);

  await send(live.slack.people.choose('redress_follow_up_more', 'set_action', message(), BOB));
  await send(live.slack.people.submit({ action: 'Second label on <fragile> parcels' }, BOB));
  await send(live.slack.people.choose('redress_follow_up_more', 'note', message(), BOB));
  await send(live.slack.people.submit({ text: '*kept* as <it> is' }, BOB));
  await expect.poll(known, SOON).toMatchObject({
    action: 'Second label on <fragile> parcels',
    notes: [{ text: '*kept* as <it> is', actor: 'bob' }],
  });
  await expect.poll(() => JSON.stringify(message().blocks), SOON).toContain('&lt;fragile&gt;');

  // What is wrong is said at the field, and the form stays open.
  await send(live.slack.people.choose('redress_follow_up_more', 'set_due', message(), ANN));
  expect(await send(live.slack.people.submit({ day: '2020-01-01', reason: 'parts' }, ANN))).toMatchObject({
    response_action: 'errors',
    errors: { day: 'The due date has passed already.' },
  });
  await send(live.slack.people.choose('redress_follow_up_more', 'wont_do', message(), ANN));
  expect(await send(live.slack.people.submit({ reason: ' ' }, ANN))).toMatchObject({
    response_action: 'errors',
  });
  expect(await send(live.slack.people.submit({ reason: 'The carrier is gone.' }, ANN))).toBeNull();
  await expect.poll(known, SOON).toMatchObject({ state: 'wont_do', note: 'The carrier is gone.' });
  await expect.poll(buttons, SOON).toEqual(['reopen', 'more']);
  await send(live.slack.people.click('redress_follow_up_reopen', message(), ANN));
  await expect.poll(known, SOON).toMatchObject({ state: 'open', times_reopened: 1 });
}, 60_000);

it('gives two people who click at once one transition, and the later one a polite word', async () => {
  await opened();
  const seen = message();
  const both = [ANN, BOB].map((person) => live.slack.people.click('redress_follow_up_start', seen, person));
  await Promise.all(both.map(send));
  await expect.poll(known, SOON).toMatchObject({ state: 'in_progress' });
  await expect.poll(() => live.slack.responses, SOON).toHaveLength(1);
  expect(JSON.stringify(live.slack.responses[0])).toMatch(
    /Nothing was changed: the follow-up is that far already\. Meanwhile: started by (ann|bob)/,
  );
  // A form that was opened before somebody else decided: nothing is overwritten, and it is said who did what.
  await send(live.slack.people.choose('redress_follow_up_more', 'set_due', message(), ANN));
  const stale = live.slack.people.submit({ day: '2026-03-20', reason: 'parts' }, ANN);
  await send(live.slack.people.choose('redress_follow_up_more', 'set_action', message(), BOB));
  await send(live.slack.people.submit({ action: 'Call them' }, BOB));
  expect(JSON.stringify(await send(stale))).toMatch(/has changed since.*Meanwhile: action set by bob/);
}, 60_000);

it('lists the follow-ups of whoever asks, with their next steps, for them alone', async () => {
  await opened();
  const answer = (await send(live.slack.people.type('follow-ups all', BOB))) as { blocks: unknown };
  expect(JSON.stringify(answer)).toContain('redress_follow_up_start');
  expect(await send(live.slack.people.type('follow-ups', BOB))).toMatchObject({
    response_type: 'ephemeral',
    text: 'My follow-ups: none',
  });
}, 60_000);
