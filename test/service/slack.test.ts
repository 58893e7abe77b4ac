import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/clock.js';
import { Journal } from '../../src/store/journal.js';
import { at } from '../flow/timeline.js';
import type { Deed } from '../slack/people.js';
import type { StoredMessage } from '../slack/store.js';
import { LiveService, type SlackSettings } from './live-service.js';

let live: LiveService;

beforeEach(async () => {
  live = await LiveService.start();
});
afterEach(() => live.close());

const ANN = { id: 'U0ANN', name: 'ann' };
const ONCE_ACKNOWLEDGED = ['redress_resolve', 'redress_follow_up', 'redress_snooze', 'redress_feedback'];
const BOB = { id: 'U0BOB', name: 'bob' };

function buttons(message: StoredMessage | undefined): unknown[] {
  const actions = message?.blocks.find((block) => block.type === 'actions');
  return ((actions?.elements ?? []) as { action_id: string }[]).map(({ action_id }) => action_id);
}

async function click(action: string, message: StoredMessage, user: typeof ANN): Promise<number> {
  return send(live.slack.people.click(action, message, user));
}

/** What the audit of the deliveries has found last, by its kind. */
async function mismatches(): Promise<string[]> {
  const figures = await (await live.get('/metrics')).text();
  return figures.split('\n').filter((line) => line.startsWith('redress_delivery_audit_mismatches'));
}

async function send({ path, body, headers }: Deed): Promise<number> {
  const answer = await fetch(`${live.address}${path}`, { method: 'POST', body, headers });
  // Slack is answered within two seconds whatever happens; what the click asks for is done before the next look.
  await live.tick();
  return answer.status;
}

it('takes an incident from HTTP to one Slack message, and a click back to the alert', async () => {
  await live.incident();
  expect(live.roots()).toEqual([]);
  await live.closeTheHour();

  const [root] = live.roots();
  if (root === undefined) throw new Error('nobody was told');
  expect(live.slack.channel('disputes').messages).toHaveLength(1);
  expect(root.text).toContain('Disputes per delivered order');
  expect(buttons(root)).toEqual([
    'redress_acknowledge',
    'redress_resolve',
    'redress_follow_up',
    'redress_snooze',
    'redress_feedback',
  ]);
  const asPosted = structuredClone(root);

  expect(await click('redress_acknowledge', root, ANN)).toBe(200);
  expect(live.roots()).toHaveLength(1);
  expect(live.roots()[0]?.edited).toBeDefined();
  expect(JSON.stringify(live.roots()[0]?.blocks)).toContain('ann');
  expect(buttons(live.roots()[0])).toEqual(ONCE_ACKNOWLEDGED);
  expect(live.replies()).toHaveLength(1);
  expect(await live.list('/v1/alerts', 'alerts')).toMatchObject([
    { state: 'acknowledged', acknowledged_by: 'ann', metric: 'dispute_rate' },
  ]);

  // Bob's screen still shows the message as it was.
  expect(await click('redress_acknowledge', asPosted, BOB)).toBe(200);
  await expect.poll(() => live.slack.responses).toHaveLength(1);
  expect(JSON.stringify(live.slack.responses[0])).toContain('acknowledged by ann already');
  expect(live.replies()).toHaveLength(1);

  expect(await click('redress_follow_up', asPosted, BOB)).toBe(200);
  expect(await live.list('/v1/follow-ups', 'follow_ups')).toEqual([]);
  await send(
    live.slack.people.submit({ title: 'Find the bad batch', owner: 'ann', note: 'Ask the supplier' }, BOB),
  );
  expect(await live.list('/v1/follow-ups', 'follow_ups')).toMatchObject([
    { state: 'open', metric: 'dispute_rate', owner: 'ann', title: 'Find the bad batch' },
  ]);
  // The follow-up has a message of its own, a second after the last in the channel, and the alert's shows how it stands.
  await live.until(live.clock.now() + 1_000);
  expect(live.replies()).toHaveLength(1);
  expect(live.roots()).toHaveLength(2);
  expect(JSON.stringify(live.roots()[0]?.blocks)).toContain('Find the bad batch: open');
});

it('changes nothing for a click that Slack has not signed', async () => {
  await live.incident();
  await live.closeTheHour();
  const [root] = live.roots();
  if (root === undefined) throw new Error('nobody was told');
  const { body, headers } = live.slack.people.click('redress_acknowledge', root);
  const signature = `v0=${'0'.repeat(64)}`;
  const answer = await fetch(`${live.address}/slack/interactions`, {
    method: 'POST',
    body,
    headers: { ...headers, 'x-slack-signature': signature },
  });
  expect(answer.status).toBe(401);
  expect(await live.list('/v1/alerts', 'alerts')).toMatchObject([{ state: 'firing' }]);
});

describe('what the configuration says of Slack holds in the service', () => {
  /** The message about an incident, of a service with other settings. */
  async function toldWith(slack: Partial<SlackSettings>): Promise<StoredMessage> {
    await live.end();
    await live.begin(slack);
    await live.incident();
    await live.closeTheHour();
    const [root] = live.roots();
    if (root === undefined) throw new Error('nobody was told');
    return root;
  }

  it('somebody who may not act changes nothing, and is told so', async () => {
    const root = await toldWith({ mayAct: ['owners'] });
    expect(await click('redress_acknowledge', root, BOB)).toBe(200);
    await expect.poll(() => live.slack.responses).toHaveLength(1);
    expect(JSON.stringify(live.slack.responses[0])).toContain('lets only some people act on this');
    expect(await live.list('/v1/alerts', 'alerts')).toMatchObject([{ state: 'firing' }]);
  });

  it('with channel_members whoever is in the channel that was told may act, and nobody else', async () => {
    const root = await toldWith({ mayAct: ['channel_members'] });
    await click('redress_acknowledge', root, { id: 'U0EVE', name: 'eve' });
    await expect.poll(() => live.slack.responses).toHaveLength(1);
    expect(await live.list('/v1/alerts', 'alerts')).toMatchObject([{ state: 'firing' }]);
    await click('redress_acknowledge', root, ANN);
    await expect
      .poll(() => live.list('/v1/alerts', 'alerts'))
      .toMatchObject([{ state: 'acknowledged', acknowledged_by: 'ann' }]);
  });

  it('with an app token a click comes over the socket, and no address has to be reached', async () => {
    const root = await toldWith({ appToken: live.slack.appToken, signingSecrets: [] });
    await expect.poll(() => live.slack.sockets.length, { timeout: 10_000 }).toBe(1);
    const envelope = live.slack.tell(live.slack.people.click('redress_acknowledge', root, ANN));
    await expect
      .poll(async () => {
        await live.tick();
        return live.slack.acknowledged.map(({ envelope_id }) => envelope_id);
      })
      .toContain(envelope);
    await expect
      .poll(() => live.list('/v1/alerts', 'alerts'))
      .toMatchObject([{ state: 'acknowledged', acknowledged_by: 'ann' }]);
    // It is hung up with the service.
    await live.end();
    await expect.poll(() => live.slack.sockets.length).toBe(0);
  });
});

it('goes on after a restart where it stopped: no message twice, and the old message still works', async () => {
  await live.incident();
  await live.closeTheHour();
  await live.end();
  live.clock.advanceTo(at('11:13'));
  await live.begin();
  await live.tick();
  const [root] = live.roots();
  if (root === undefined) throw new Error('nobody was told');
  expect(live.slack.channel('disputes').messages).toHaveLength(1);
  expect(await click('redress_acknowledge', root, ANN)).toBe(200);
  expect(buttons(live.roots()[0])).toEqual(ONCE_ACKNOWLEDGED);
});

it('tells when the log does not add up with what should have been told, in the channel and as a figure', async () => {
  await live.incident();
  await live.closeTheHour();
  expect(live.roots()).toHaveLength(1);
  await live.until(at('11:12') + 10 * MINUTE);
  expect((await mismatches()).every((line) => line.endsWith(' 0'))).toBe(true);

  // Something other than the service has written a message of the alert's into the log.
  const journal = new Journal(live.store);
  const sent = (await journal.read()).find(
    ({ stream, reason }) => stream === 'delivery' && reason === 'sent',
  );
  if (sent === undefined) throw new Error('nothing was sent');
  const deliveryId = 'nobody-asked-for-this';
  const body = { ...(sent.body as object), deliveryId };
  await journal.append([{ ...sent, id: deliveryId, body: body as typeof sent.body }]);
  await live.until(at('11:12') + 15 * MINUTE);
  expect(live.roots()).toHaveLength(1);
  await live.until(at('11:12') + 20 * MINUTE);
  expect(await mismatches()).toContain('redress_delivery_audit_mismatches{kind="unasked"} 1');
  await live.until(at('11:12') + 21 * MINUTE);
  expect(live.roots().map(({ text }) => text)).toEqual([
    expect.stringContaining('Disputes per delivered order'),
    expect.stringContaining(
      '1 message does not add up with what should have been told, such as nobody-asked-for-this (unasked)',
    ),
  ]);
});
