import { expect, it } from 'vitest';
import { causesOf } from '../../src/model/analysis.js';
import { causeLines } from '../../src/notify/cause-words.js';
import type { AlertNotification } from '../../src/notify/contract.js';
import { at, Timeline } from './timeline.js';

it('says with the first message where the trouble sits, the whole of it right after, and remembers it as it was', async () => {
  const timeline = await Timeline.begin();
  const told: { reason: string; causes: string[] | null }[] = [];
  timeline.answer = (_target, notification) => {
    if (notification.kind === 'alert') {
      const causes = causeLines(notification as AlertNotification);
      told.push({ reason: notification.delivery.reason, causes });
    }
    return { outcome: 'sent', messageRef: 'there' };
  };
  const usual = ['GB', 'DE', 'FR'].map((region) => ({ region, orders: 300, disputes: 15 }));
  await timeline.traffic(at('00:00', -1), at('10:00'), ...usual);
  await timeline.traffic(at('10:00'), at('14:00'), ...usual.slice(1), {
    region: 'GB',
    orders: 300,
    disputes: 90,
  });

  await timeline.until(at('11:10'));
  expect(told.map(({ reason }) => reason)).toEqual(['first_notification', 'analysed']);
  expect(told[0]?.causes).toEqual(['region GB: 100% of it, +75 disputes, €750 (100% sure)']);
  const { alertId } = await timeline.alert();
  const made = (await timeline.redress()).alerts.analysis(alertId);
  expect(causesOf(made?.outcome ?? null)).toMatchObject([{ slice: { region: 'GB' } }]);
  expect(made).toMatchObject({
    at: at('11:10'),
    outcome: {
      analysis: { span: { from: at('10:00'), to: at('11:00') }, evidence: { slice: 'region=GB', cases: 90 } },
    },
  });

  const opened = await timeline.command((redress, now) => {
    const alert = redress.alerts.alert(alertId);
    if (alert === undefined) throw new Error('no alert');
    return redress.commands.openFollowUp({ alert, actor: 'ann' }, now);
  });
  expect(opened).toMatchObject({
    followUp: {
      title: 'Disputes per delivered order: region=GB',
      found: { slices: [{ slice: 'region=GB', excess: expect.closeTo(75, 0) }] },
    },
  });

  await timeline.restart('killed');
  await timeline.until(at('12:30'));
  expect((await timeline.redress()).alerts.analysis(alertId)).toEqual(made);
  expect((await timeline.journal()).filter(({ stream }) => stream === 'analysis')).toHaveLength(1);
});

it('sends the message without waiting long, and edits it once when the analysis comes late', async () => {
  const timeline = await Timeline.begin();
  timeline.analysisPatience = 0;
  const told: { reason: string; causes: string[] | null; isEdit: boolean }[] = [];
  timeline.answer = (_target, notification) => {
    if (notification.kind !== 'alert') throw new Error('only of alerts');
    const isEdit = notification.rootRef !== '';
    told.push({ reason: notification.delivery.reason, causes: causeLines(notification), isEdit });
    return { outcome: 'sent', messageRef: 'there' };
  };
  const usual = ['GB', 'DE'].map((region) => ({ region, orders: 300, disputes: 15 }));
  await timeline.traffic(at('00:00', -1), at('10:00'), ...usual);
  await timeline.traffic(
    at('10:00'),
    at('11:00'),
    { region: 'DE', orders: 300, disputes: 15 },
    { region: 'GB', orders: 300, disputes: 90 },
  );

  await timeline.until(at('11:10'));
  const first = { reason: 'first_notification', causes: null, isEdit: false };
  expect(told).toEqual([first]);
  // What asks the store something gives the analysis the time to come to its end.
  for (let second = 1; told.length === 1 && second < 600; second++) {
    await timeline.journal();
    await timeline.until(at('11:10') + second * 1_000);
  }
  expect(told).toEqual([
    first,
    { reason: 'analysed', causes: [expect.stringMatching(/^region GB: /)], isEdit: true },
  ]);
  await timeline.until(at('11:24'));
  expect(told).toHaveLength(2);
});
