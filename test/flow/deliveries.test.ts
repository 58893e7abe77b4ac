import { expect, it } from 'vitest';
import { at, configuration, Timeline } from './timeline.js';

const slackFirst = configuration({
  policies: [{ id: 'standard', steps: [{ delay: 0, targets: ['slack:#leads'] }], ackTimeout: 3_600_000 }],
});

async function incident(): Promise<Timeline> {
  const timeline = await Timeline.begin(slackFirst);
  await timeline.traffic(at('00:00', -1), at('10:00'), { orders: 300, disputes: 30 });
  await timeline.traffic(at('10:00'), at('12:00'), { orders: 300, disputes: 60 });
  await timeline.traffic(at('12:00'), at('15:00'), { orders: 300, disputes: 30 });
  return timeline;
}

it('tries a message again until it arrives, after a wait that grows', async () => {
  const timeline = await incident();
  let failures = 2;
  timeline.answer = () =>
    failures-- > 0
      ? { outcome: 'retry', reason: 'ratelimited', retryAfter: null }
      : { outcome: 'sent', messageRef: 'there' };
  await timeline.until(at('11:30'));
  expect(await timeline.heard()).toEqual(['11:10:15 slack:#leads first_notification all']);
});

it('waits as long as the target asks for, also over a restart', async () => {
  const timeline = await incident();
  let failures = 1;
  timeline.answer = () =>
    failures-- > 0
      ? { outcome: 'retry', reason: 'ratelimited', retryAfter: 90_000 }
      : { outcome: 'sent', messageRef: 'there' };
  await timeline.until(at('11:11'));
  await timeline.restart('killed');
  await timeline.until(at('11:30'));
  expect(await timeline.heard()).toEqual(['11:11:30 slack:#leads first_notification all']);
});

it('gives up what cannot arrive, says so elsewhere, and says when it arrives again', async () => {
  const timeline = await incident();
  let gone = true;
  timeline.answer = (target) =>
    gone && target === 'slack:#leads'
      ? { outcome: 'failed', reason: 'channel_not_found' }
      : { outcome: 'sent', messageRef: 'there' };
  await timeline.until(at('11:30'));
  expect(await timeline.heard()).toEqual(['11:10 console delivery_failed target=slack:#leads']);
  const health = async () => (await timeline.alerts()).find((alert) => alert.kind === 'data_health');
  expect(await health()).toMatchObject({
    state: 'firing',
    title:
      'Messages to slack:#leads do not arrive: there is no such channel, or the app is not in it (channel_not_found)',
  });

  gone = false;
  await timeline.until(at('14:30'));
  expect(await health()).toMatchObject({ state: 'resolved' });
  expect((await timeline.heard()).slice(1)).toEqual([
    '14:10 slack:#leads resolved all',
    '14:10 console resolved target=slack:#leads',
  ]);
});
