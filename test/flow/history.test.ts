import { expect, it } from 'vitest';
import { at, Timeline } from './timeline.js';

it('learns from loaded history without telling people of what is long over, and tells of what is going on', async () => {
  const timeline = await Timeline.begin();
  timeline.completeUntil = () => null;
  await timeline.until(at('11:30', 5));

  // Five days are loaded at once: an incident three days ago, and one that began this morning.
  const calm = { orders: 400, disputes: 8 };
  const incident = { orders: 400, disputes: 120 };
  await timeline.traffic(at('00:00', -1), at('10:00', 2), calm);
  await timeline.traffic(at('10:00', 2), at('14:00', 2), incident);
  await timeline.traffic(at('14:00', 2), at('09:00', 5), calm);
  await timeline.traffic(at('09:00', 5), at('11:00', 5), incident);
  timeline.completeUntil = (now) => now;
  await timeline.until(at('11:31', 5));

  const alerts = await timeline.alerts();
  expect(alerts.map(({ slice, startedAt }) => [slice, startedAt])).toEqual([['all', at('09:00', 5)]]);
  expect((await timeline.heard())[0]).toMatch(/console first_notification all$/);
  const { points } = await timeline.redress();
  const old = await points.series('dispute_rate', 'all', at('10:00', 2), at('14:00', 2));
  expect(old.map(({ verdict }) => verdict.status)).toContain('anomalous');
});

it('does not learn from the hour in which the history begins, nor when it dies before it has saved anything', async () => {
  const timeline = await Timeline.begin();
  await timeline.traffic(at('00:30'), at('01:00'), { orders: 400, disputes: 200 });
  await timeline.traffic(at('01:00'), at('14:00'), { orders: 400, disputes: 8 });
  await timeline.until(at('12:11'));
  await timeline.restart('killed');
  await timeline.until(at('14:11'));

  const { points } = await timeline.redress();
  const hours = await points.series('dispute_rate', 'all', at('00:00'), at('14:00'));
  const reasons = hours.map(({ verdict }) => verdict.reason);
  // Twelve whole hours are the warm-up; with the first half hour for one of them the last but one would be judged.
  expect(reasons).toEqual(['incomplete', ...Array.from({ length: 12 }, () => 'cold_start'), '']);
});
