import { expect, it } from 'vitest';
import { LateEvents } from '../../src/metrics/late-events.js';
import { MINUTE } from '../../src/model/clock.js';
import { metric, selector } from '../support/metric.js';
import { at, configuration, Timeline } from './timeline.js';

const orders = metric({
  id: 'orders',
  title: 'Orders',
  measure: { kind: 'count', of: selector('order.delivered') },
  bad: 'down',
  slices: [['region']],
  detect: [{ use: 'z-score', params: { warm_up: 6 } }],
});

it('sees a region fall silent, also when late events of another came first after a restart', async () => {
  const timeline = await Timeline.begin(configuration({ metrics: [orders] }));
  const germany = { region: 'DE', orders: 50, disputes: 0 };
  await timeline.traffic(at('00:00', -1), at('12:00'), germany);
  await timeline.traffic(at('00:00'), at('12:00'), { region: 'GB', orders: 50, disputes: 0 });
  await timeline.until(at('12:00'));

  await timeline.restart('stopped');
  const { events, maker, progress } = await timeline.redress();
  // An order of yesterday, before Britain's first, arrives today; all else has been taken in before.
  const lookedUntil = (await events.now()) + 2 * MINUTE;
  await timeline.traffic(at('10:00', -1), at('11:00', -1), { ...germany, orders: 1 });
  await new LateEvents({ events, points: maker, metrics: [orders], lookedUntil }).refresh(progress);

  await timeline.traffic(at('12:00'), at('14:00'), germany);
  await timeline.until(at('14:00'));
  expect(await timeline.alert('region=GB')).toMatchObject({
    state: 'firing',
    startedAt: at('12:00'),
    last: { value: 0, bucketStart: at('13:00') },
  });
});

it('makes of buckets of a minute only those again that something came late for', async () => {
  const minutely = metric({ ...orders, bucket: { count: 1, unit: 'minute' }, detect: [] });
  const timeline = await Timeline.begin(configuration({ metrics: [minutely] }));
  await timeline.traffic(at('08:00'), at('10:00'), { orders: 3_600, disputes: 0 });
  await timeline.until(at('10:00'));
  const { events, maker, progress } = await timeline.redress();
  const lookedUntil = (await events.now()) + 2 * MINUTE;
  await timeline.traffic(at('08:30'), at('08:31'), { orders: 1, disputes: 0 });
  const made: number[] = [];
  const points = {
    remake: (...[of, starts]: Parameters<typeof maker.remake>) => {
      made.push(...starts);
      return maker.remake(of, starts);
    },
  };
  await new LateEvents({ events, points, metrics: [minutely], lookedUntil }).refresh(progress);
  expect(made).toEqual([at('08:30')]);
});
