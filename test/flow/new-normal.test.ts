import { expect, it } from 'vitest';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

/** Disputes go from 6 to 30 of 600 orders at ten, and stay. */
async function levelThatStays(overrides: Parameters<typeof disputeRate>[0]): Promise<Timeline> {
  const timeline = await Timeline.begin(configuration({ metrics: [disputeRate(overrides)] }));
  await timeline.traffic(at('00:00', -1), at('10:00'), { orders: 600, disputes: 6 });
  await timeline.traffic(at('10:00'), at('23:00'), { orders: 600, disputes: 30 });
  return timeline;
}

it('ends an alert whose level has stayed for the stated time, and says why in its thread', async () => {
  const timeline = await levelThatStays({ newNormalAfter: 4 });
  await timeline.until(at('11:10'));
  await timeline.acknowledge('ann');
  await timeline.restart('killed');
  await timeline.until(at('22:10'));
  expect(await timeline.alert()).toMatchObject({ state: 'resolved', resolvedAt: at('14:10') });
  expect((await timeline.heard()).filter((line) => line > '11:20')).toEqual(['14:10 console new_normal all']);
  expect(await timeline.alerts()).toHaveLength(1);
});

it('ends an alert when a person says that its level is normal, and a restart remembers it', async () => {
  const timeline = await levelThatStays({});
  await timeline.until(at('12:10'));
  const { alertId } = await timeline.alert();
  await timeline.command((redress, now) =>
    redress.commands.alert({ kind: 'feedback', verdict: 'new_normal', alertId, actor: 'ann' }, now),
  );
  await timeline.restart('killed');
  await timeline.until(at('22:10'));
  expect(await timeline.alert()).toMatchObject({
    state: 'resolved',
    resolvedAt: at('12:10'),
    feedback: { verdict: 'new_normal', by: 'ann' },
  });
  expect(await timeline.alerts()).toHaveLength(1);
  const story = (await timeline.journal()).filter(({ stream, id }) => stream === 'alert' && id === alertId);
  expect(story.at(-1)).toMatchObject({ reason: 'new_normal', actor: 'ann' });
});

it('keeps an alert whose level a fixed threshold forbids, whatever a person says', async () => {
  const timeline = await levelThatStays({ detect: [{ use: 'threshold', params: { above: 0.03 } }] });
  await timeline.until(at('12:10'));
  const { alertId } = await timeline.alert();
  await timeline.command((redress, now) =>
    redress.commands.alert({ kind: 'feedback', verdict: 'new_normal', alertId, actor: 'ann' }, now),
  );
  expect(await timeline.alert()).toMatchObject({ state: 'firing', feedback: { verdict: 'new_normal' } });
});
