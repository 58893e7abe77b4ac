import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../src/model/alert.js';
import { HOUR, SimulatedClock } from '../../src/model/clock.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { linkedCharts, SlackCharts, uploadedCharts } from '../../src/notify/slack-charts.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { CONTEXT, makeAlert, makeNotification, NOON } from './fixtures.js';

const ALERT = { kind: 'alert', id: 'a-1', version: 3 } as const;
const PICTURE = Buffer.from('not really a PNG, but as many bytes as were announced');

let slack: SlackStandIn;
let clock: SimulatedClock;
let drawn: string[];
let reported: string[];
let draw: () => Promise<Buffer | null>;

beforeEach(async () => {
  slack = await SlackStandIn.start();
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  clock = new SimulatedClock(NOON);
  drawn = [];
  reported = [];
  draw = async () => PICTURE;
});
afterEach(() => slack.stop());

/** The notifier with its charts, as a process that has just started has them. */
function start() {
  const api = slackApi({ token: slack.token, apiUrl: slack.apiUrl });
  const charts = new SlackCharts({
    draw: (alert) => {
      drawn.push(alert.alertId);
      return draw();
    },
    ...uploadedCharts(api, async () => undefined),
    clock,
    report: (_alertId, reason) => reported.push(reason),
  });
  const notifier = slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api), charts });
  return {
    charts,
    notifier,
    async make(alert: Alert = makeAlert()) {
      charts.drawNext([alert]);
      await charts.settled();
    },
    async post(): Promise<string> {
      const sent = await notifier.send('slack:#disputes', makeNotification());
      return sent.outcome === 'sent' ? sent.messageRef : sent.reason;
    },
  };
}

const images = () =>
  slack.channel('disputes').messages[0]?.blocks.filter(({ type }) => type === 'image') ?? [];

describe('a chart comes into the message', () => {
  test('after the words, by the three calls of an upload, and stays there', async () => {
    const { notifier, make, post } = start();
    const ref = await post();
    expect(images()).toEqual([]);
    await make();
    expect(slack.calls).toEqual(
      expect.arrayContaining(['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal']),
    );
    expect(slack.store.files.map(({ bytes }) => bytes)).toEqual([PICTURE]);
    expect(await notifier.refresh(makeNotification(), ALERT, ref)).toBe('edited');
    expect(images()).toMatchObject([
      { slack_file: { id: slack.store.files[0]?.id }, alt_text: expect.stringContaining('Disputes per') },
    ]);
    const later = makeNotification({ alert: makeAlert({ version: 4 }), rootRef: ref });
    expect(await notifier.send('slack:#disputes', later)).toMatchObject({ outcome: 'sent' });
    expect(images()).toHaveLength(1);
  });

  test('again when points have come, once the alert is over, and not more often than that', async () => {
    const { make } = start();
    const { last } = makeAlert();
    const later = makeAlert({ last: { ...last, bucketStart: NOON + HOUR } });
    const over = makeAlert({ state: 'resolved', resolvedAt: NOON + HOUR });
    await make();
    await make(later);
    expect(drawn).toHaveLength(1);
    clock.advanceTo(NOON + HOUR);
    await make(later);
    await make(later);
    expect(drawn).toHaveLength(2);
    await make(over);
    await make(over);
    expect(drawn).toHaveLength(3);
  });

  test('of trouble with the data, never: there is nothing to draw', async () => {
    const { make } = start();
    await make(makeAlert({ kind: 'data_health' }));
    expect(drawn).toEqual([]);
  });

  test('that an earlier process made, which the message itself remembers', async () => {
    const before = start();
    const ref = await before.post();
    await before.make();
    await before.notifier.refresh(makeNotification(), ALERT, ref);
    const { notifier, make } = start();
    expect(await notifier.refresh(makeNotification(), ALERT, ref)).toBe('current');
    await make();
    expect(drawn).toHaveLength(1);
    expect(images()).toHaveLength(1);
  });
});

describe('a chart that fails costs the message nothing', () => {
  test.each([
    ['it cannot be drawn', async () => Promise.reject(new Error('no store')), 'no store'],
    ['there are no points', async () => null, undefined],
  ])('%s', async (_what, failing, reason) => {
    draw = failing;
    const { notifier, make, post } = start();
    const ref = await post();
    await make();
    await make();
    expect(drawn, 'it is not tried again at once').toHaveLength(1);
    expect(reported).toEqual(reason === undefined ? [] : [reason]);
    expect(await notifier.refresh(makeNotification(), ALERT, ref)).toBe('current');
  });

  test.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])(
    'Slack refuses %s',
    async (method) => {
      slack.failNext(method, { kind: 'error', error: 'fatal_error' });
      const { make, post } = start();
      await post();
      await make();
      expect(reported).toHaveLength(1);
      clock.advanceTo(NOON + HOUR);
      await make();
      expect(slack.store.files.at(-1)?.complete).toBe(true);
    },
  );

  test('somebody deleted the file: the words are posted without it', async () => {
    const { notifier, make, post } = start();
    await make();
    const [file] = slack.store.files;
    if (file === undefined) throw new Error('nothing was uploaded');
    file.deleted = true;
    expect(await post()).toMatch(/^C0DISPUTES:/);
    expect(images()).toEqual([]);
    const rootRef = `C0DISPUTES:${slack.channel('disputes').messages[0]?.ts}`;
    expect(await notifier.refresh(makeNotification(), ALERT, rootRef)).toBe('current');
  });
});

test('a link shows the chart without an upload, each version at its own address', async () => {
  const ways = linkedCharts(
    (alertId, version) => `https://redress.test/charts/${alertId}?version=${version}`,
  );
  const shown = await ways.publish(makeAlert({ version: 7 }), PICTURE);
  expect(shown).toMatchObject({
    key: 'v7',
    block: { image_url: 'https://redress.test/charts/a-1?version=7' },
  });
  expect(ways.imageOf('v7', makeAlert())).toEqual(shown);
  expect(ways.imageOf('F012345678', makeAlert())).toBeNull();
});
