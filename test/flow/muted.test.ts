import { expect, it } from 'vitest';
import { at, Timeline } from './timeline.js';

/** At 10:00 the rate doubles; at 09:00 somebody has said that it will; at 12:30 that is over, and it has not ended. */
it('tells nobody of what was silenced, and announces it when the silence ends, also over a restart', async () => {
  const timeline = await Timeline.begin();
  await timeline.traffic(at('00:00', -1), at('10:00'), { orders: 300, disputes: 30 });
  await timeline.traffic(at('10:00'), at('14:00'), { orders: 300, disputes: 60 });
  await timeline.until(at('09:00'));
  await timeline.command((redress, now) =>
    redress.commands.silence(
      {
        kind: 'make',
        actor: 'ann',
        match: { metric: ['dispute_rate'] },
        reason: 'the carrier is on strike',
        endsAt: at('12:30'),
      },
      now,
    ),
  );
  await timeline.until(at('11:30'));
  expect(await timeline.alert()).toMatchObject({ state: 'firing', silence: { author: 'ann' } });
  await timeline.restart('killed');
  await timeline.until(at('12:29'));
  expect(await timeline.heard()).toEqual([]);
  await timeline.until(at('12:50'));
  expect(await timeline.heard()).toEqual([
    '12:30 console first_notification all',
    '12:45 slack:#leads escalated all',
  ]);
});
