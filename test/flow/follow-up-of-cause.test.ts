import { expect, it } from 'vitest';
import { openingOfAlert } from '../../src/pipeline/follow-up-opening.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

/** All go wrong, one region most; the alert is about the whole, the follow-up about that region. */
it('follows up the cause of an alert where its points can prove the fix, and holds the fix against them', async () => {
  const metrics = [disputeRate({ slices: [[], ['region']] })];
  const timeline = await Timeline.begin(configuration({ metrics }));
  const usual = ['GB', 'DE', 'FR'].map((region) => ({ region, orders: 300, disputes: 15 }));
  const [, ...others] = usual;
  const worse = [
    { region: 'GB', orders: 300, disputes: 110 },
    ...others.map((traffic) => ({ ...traffic, disputes: 30 })),
  ];
  await timeline.traffic(at('00:00', -3), at('10:00'), ...usual);
  await timeline.traffic(at('10:00'), at('14:00'), ...worse);
  await timeline.traffic(at('14:00'), at('00:00', 1), ...usual);
  await timeline.until(at('13:10'));

  const redress = await timeline.redress();
  const alert = await timeline.alert();
  expect(redress.alerts.analysis(alert.alertId)?.outcome).toMatchObject({ status: 'explained' });
  const open = async (slice?: string) => {
    const opening = await openingOfAlert(alert, { actor: 'ann', slice }, redress, timeline.clock.now());
    return timeline.command((_, now) => redress.commands.openFollowUp(opening, now));
  };
  expect(await open('region=IT')).toMatchObject({ reason: 'too_little_history' });
  const opened = await open();
  expect(opened).toMatchObject({
    outcome: 'done',
    followUp: {
      slice: 'region=GB',
      title: 'Disputes per delivered order: region=GB',
      found: {
        actual: expect.closeTo(0.367, 2),
        expected: expect.closeTo(0.05, 2),
        slices: expect.arrayContaining([expect.objectContaining({ slice: 'region=GB' })]),
      },
      alertIds: [alert.alertId],
    },
  });
  const { followUpId } = (opened as Extract<typeof opened, { outcome: 'done' }>).followUp;

  await timeline.until(at('14:00'));
  await timeline.command((it, now) =>
    it.commands.followUp({ kind: 'ship_fix', followUpId, actor: 'ann' }, now),
  );
  await timeline.until(at('18:30'));
  expect((await timeline.redress()).followUps.followUp(followUpId)).toMatchObject({
    state: 'verified',
    effect: {
      before: expect.closeTo(0.05, 2),
      during: expect.closeTo(0.367, 2),
      after: expect.closeTo(0.05, 2),
    },
  });
});
