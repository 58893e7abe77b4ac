import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildDigest } from '../../src/followups/digest.js';
import { WEEK } from '../../src/model/clock.js';
import type { FollowUp } from '../../src/model/follow-up.js';
import type { DigestNotification } from '../../src/notify/contract.js';
import { digestChart } from '../../src/notify/digest-chart.js';
import { svgToPng } from '../../src/notify/png.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { uploadPicture } from '../../src/notify/slack-charts.js';
import { digestImages } from '../../src/notify/slack-digest-image.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { CONTEXT, makeDelivery, makeFollowUp, makeNotification, NOON } from './fixtures.js';

const PERIOD = { from: NOON - WEEK, to: NOON, owner: null };
const INTERVAL = { lower: 0.01, upper: 0.02 };

/** A fix whose net effect, beyond what the sisters did, is less than the plain difference. */
const verified = makeFollowUp({
  ...{ title: 'Relabel <fragile> & "glass"', state: 'verified', closedAt: NOON - 1, openedAt: NOON - WEEK },
  effect: {
    ...{ before: 0.013, during: 0.04, after: 0.012, points: 24, savedPerWeek: 412 },
    evidence: {
      ...{ before: INTERVAL, during: INTERVAL, after: INTERVAL, savedPerWeek: INTERVAL, dispersion: 1 },
      difference: { estimate: -0.028, lower: -0.032, upper: -0.024 },
      net: { estimate: -0.02, lower: -0.024, upper: -0.016, sisters: 3 },
      moneyPerWeek: { estimate: 10_300, lower: 6_900, upper: 13_700 },
    },
  },
});

const digestOf = (...followUps: FollowUp[]) => buildDigest({ followUps, alerts: [] }, PERIOD);
const context = { timezone: 'Europe/London', displayOf: () => makeNotification().display };

function notification(...followUps: FollowUp[]): DigestNotification {
  const subject = {
    kind: 'digest',
    id: 'digest-all',
    version: 1,
    ...PERIOD,
    timezone: 'Europe/London',
  } as const;
  const delivery = makeDelivery({ deliveryId: 'd-9', subject, reason: 'digest' });
  return { kind: 'digest', delivery, digest: digestOf(...followUps), rootRef: '', ...context };
}

describe('the picture of a digest', () => {
  test('shows what the fixes have changed and what is open, with the text as it was written', () => {
    const svg = digestChart(digestOf(verified, makeFollowUp({ owner: 'support' })), context) ?? '';
    for (const words of ['Verified fixes', 'Relabel &lt;fragile&gt;', 'Open follow-ups', 'support', 'urgent'])
      expect(svg).toContain(words);
    expect(svgToPng(svg).subarray(1, 4).toString()).toBe('PNG');
  });

  test('is none where nothing is open and nothing was verified', () => {
    expect(digestChart(digestOf(), context)).toBeNull();
  });
});

describe('a digest in Slack', () => {
  let slack: SlackStandIn;
  beforeEach(async () => {
    slack = await SlackStandIn.start();
    slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
    slack.addChannel({ id: 'C0IMPROVE', name: 'improvements' });
  });
  afterEach(() => slack.stop());

  function notifier(reported: string[] = []) {
    const api = slackApi({ token: slack.token, apiUrl: slack.apiUrl, timeout: 5_000 });
    const upload = (title: string, picture: Buffer) =>
      uploadPicture(api, async () => undefined, title, picture);
    const draw = async (svg: string, scale: number) => svgToPng(svg, scale);
    const report = (_id: string, reason: string) => reported.push(reason);
    const digestImage = digestImages({ draw, upload, report });
    return slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api), digestImage });
  }
  const blocks = (channel: string) => slack.channel(channel).messages[0]?.blocks.map(({ type }) => type);

  test('comes with its picture, which is uploaded once for all channels', async () => {
    const tell = notifier();
    for (const target of ['slack:#disputes', 'slack:#improvements'])
      expect(await tell.send(target, notification(verified, makeFollowUp()))).toMatchObject({
        outcome: 'sent',
      });
    expect(blocks('disputes')?.slice(0, 3)).toEqual(['header', 'image', 'section']);
    expect(blocks('improvements')).toEqual(blocks('disputes'));
    expect(slack.store.files).toHaveLength(1);
  });

  test('comes without it when Slack does not take the file, or there is nothing to draw', async () => {
    const reported: string[] = [];
    slack.failNext('files.getUploadURLExternal', { kind: 'error', error: 'missing_scope' });
    expect(await notifier(reported).send('slack:#disputes', notification(makeFollowUp()))).toMatchObject({
      outcome: 'sent',
    });
    expect(blocks('disputes')).not.toContain('image');
    expect(reported).toHaveLength(1);
    expect(await notifier().send('slack:#improvements', notification())).toMatchObject({ outcome: 'sent' });
    expect(blocks('improvements')).not.toContain('image');
  });
});
