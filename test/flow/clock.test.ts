import { expect, it } from 'vitest';
import { HOUR } from '../../src/model/clock.js';
import { at, configuration, Timeline } from './timeline.js';

it('sends no storm of reminders and digests after a jump of the clock, or to who was suspended for a year', async () => {
  const settings = configuration({
    digest: {
      weekday: 1,
      minute: 9 * 60,
      readers: [{ target: 'slack:#improvements', owner: null, timezone: 'UTC' }],
    },
  });
  const timeline = await Timeline.begin(settings);
  const usual = { orders: 300, disputes: 30 };
  await timeline.traffic(at('00:00', -1), at('10:00'), usual);
  await timeline.traffic(at('10:00'), at('12:00'), { orders: 300, disputes: 60 });
  timeline.notBefore = () => timeline.clock.now();
  timeline.clock.advanceTo(at('11:10'));
  await timeline.until(at('11:11'));
  const [alert] = await timeline.alerts();
  if (alert === undefined) throw new Error('no alert');
  await timeline.command((redress, now) => redress.commands.openFollowUp({ alert, actor: 'ann' }, now));
  await timeline.command((redress, now) =>
    redress.commands.alert({ kind: 'acknowledge', alertId: alert.alertId, actor: 'ann' }, now),
  );

  // A year later, a Tuesday at noon.
  const later = at('12:00', 52 * 7);
  timeline.completeUntil = () => null;
  timeline.clock.advanceTo(later);
  const gathered = async () =>
    (await timeline.heard())
      .filter((line) => /reminder|digest/.test(line))
      .map((line) => line.split(' ').slice(0, 3).join(' '))
      .sort();
  await timeline.until(later);
  const once = ['12:00 console follow_up_reminder', '12:00 slack:#improvements digest'];
  expect(await gathered()).toEqual(once);
  await timeline.until(later + HOUR);
  expect(await gathered()).toEqual(once);
}, 20_000);
