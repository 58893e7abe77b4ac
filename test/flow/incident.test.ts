import { expect, it } from 'vitest';
import { at, Timeline } from './timeline.js';

it('tells, escalates, is acknowledged, resolves, and lets points verify the fix', async () => {
  const timeline = await Timeline.begin();
  const usual = { orders: 300, disputes: 30 };
  await timeline.traffic(at('00:00', -1), at('10:00'), usual);
  await timeline.traffic(at('10:00'), at('14:00'), { orders: 300, disputes: 60 });
  await timeline.traffic(at('14:00'), at('20:00'), usual);

  await timeline.until(at('11:09'));
  expect(await timeline.alerts()).toEqual([]);
  await timeline.until(at('11:10'));
  expect(await timeline.heard()).toEqual(['11:10 console first_notification all']);
  expect(await timeline.alert()).toMatchObject({
    state: 'firing',
    startedAt: at('10:00'),
    openedAt: at('11:10'),
    owner: 'ann',
    last: { value: 0.2, numerator: 60, denominator: 300 },
  });

  await timeline.until(at('11:24'));
  expect(await timeline.heard()).toHaveLength(1);
  await timeline.until(at('11:30'));
  expect((await timeline.heard()).slice(1)).toEqual(['11:25 slack:#leads escalated all']);

  await timeline.acknowledge('ann');
  // Targets do not wait for each other, so which of the two is recorded first is not promised.
  expect((await timeline.heard()).slice(2).sort()).toEqual([
    '11:30 console acknowledged all',
    '11:30 slack:#leads acknowledged all',
  ]);
  const followUpId = await timeline.command((redress, now) => {
    const [alert] = redress.alerts.alerts();
    if (alert === undefined) throw new Error('no alert');
    return redress.commands.openFollowUp({ alert, actor: 'ann' }, now);
  });
  if (followUpId.outcome !== 'done') throw new Error('no follow-up');
  const id = followUpId.followUp.followUpId;

  await timeline.until(at('13:30'));
  await timeline.command((redress, now) =>
    redress.commands.followUp({ kind: 'ship_fix', followUpId: id, actor: 'ann' }, now),
  );
  await timeline.until(at('16:09'));
  expect((await timeline.heard()).filter((line) => line.includes('#directors'))).toEqual([]);
  expect(await timeline.alert()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ann' });
  await timeline.until(at('16:10'));
  expect(await timeline.alert()).toMatchObject({ state: 'resolved', resolvedAt: at('16:10') });
  // Four hours of 30 disputes more than expected, and what they cost.
  const { impactCount, impactAmount } = await timeline.alert();
  expect(impactCount).toBeCloseTo(120, -1);
  expect(impactAmount).toBeCloseTo(1200, -2);

  const { followUps } = await timeline.redress();
  expect(followUps.followUp(id)).toMatchObject({ state: 'verifying', watch: { pointsInBand: 2 } });
  await timeline.until(at('17:10'));
  expect(followUps.followUp(id)).toMatchObject({
    state: 'verified',
    closedAt: at('17:10'),
    effect: { points: 3, during: expect.closeTo(0.2, 5), after: expect.closeTo(0.1, 5) },
  });
  expect((await timeline.heard()).slice(-2).sort()).toEqual([
    '17:10 console follow_up_changed all',
    '17:10 slack:#leads follow_up_changed all',
  ]);
});
