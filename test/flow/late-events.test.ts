import { expect, it } from 'vitest';
import { MINUTE } from '../../src/model/clock.js';
import { arrived } from '../support/event.js';
import { lateEvents } from '../support/late-events.js';
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
  const { events, maker, points, progress } = await timeline.redress();
  // An order of yesterday, before Britain's first, arrives today; all else has been taken in before.
  const lookedUntil = (await events.now()) + 2 * MINUTE;
  await timeline.traffic(at('10:00', -1), at('11:00', -1), { ...germany, orders: 1 });
  await lateEvents({ events, points: maker, stored: points, metrics: [orders], lookedUntil }).refresh(
    progress,
  );

  await timeline.traffic(at('12:00'), at('14:00'), germany);
  await timeline.until(at('14:00'));
  expect(await timeline.alert('region=GB')).toMatchObject({
    state: 'firing',
    startedAt: at('12:00'),
    last: { value: 0, bucketStart: at('13:00') },
  });
});

it('makes of buckets of a minute only those again that something came late for, and those once', async () => {
  const { timeline, look } = await closedMinutes();
  expect(await look()).toEqual([]);
  await timeline.traffic(at('08:30'), at('08:31'), { orders: 1, disputes: 0 });
  expect(await look()).toEqual([at('08:30')]);
  expect(await look()).toEqual([]);
});

it('takes in what shows up later than the time it carries', async () => {
  const { timeline, look, runAhead } = await closedMinutes();
  await timeline.traffic(at('08:10'), at('08:11'), { orders: 1, disputes: 0 });
  runAhead(MINUTE);
  expect(await look()).toEqual([at('08:10')]);
  await timeline.traffic(at('08:20'), at('08:21'), { orders: 1, disputes: 0 });
  expect(await look()).toEqual([at('08:20')]);
});

it('makes a bucket again that an event leaves which was counted in it a moment before', async () => {
  const { events, look } = await closedMinutes();
  const order = (occurredAt: number, version: bigint) => {
    const event = arrived({ eventId: 'one', type: 'order.delivered', region: 'GB', occurredAt }, version);
    return events.write({ accepted: [event], rejected: [] });
  };
  await order(at('08:40'), 1n);
  expect(await look()).toEqual([at('08:40')]);
  await order(at('09:50'), 2n);
  expect(await look()).toEqual([at('08:40'), at('09:50')]);
});

/** Buckets of a minute from 08:00 to 10:00, closed and counted; `look` answers which of them are made again. */
async function closedMinutes() {
  const minutely = metric({ ...orders, bucket: { count: 1, unit: 'minute' }, detect: [] });
  const timeline = await Timeline.begin(configuration({ metrics: [minutely] }));
  await timeline.traffic(at('08:00'), at('10:00'), { orders: 3_600, disputes: 0 });
  await timeline.until(at('10:00'));
  const { events, maker, points, progress } = await timeline.redress();
  let ahead = 0;
  const made: number[] = [];
  const late = lateEvents({
    events: {
      now: async () => (await events.now()) + ahead,
      arrivals: (since) => events.arrivals(since),
      haveMoved: (since) => events.haveMoved(since),
      settleMovedEvents: (since) => events.settleMovedEvents(since),
      touchedSpans: (...asked) => events.touchedSpans(...asked),
      touchedDueHours: (...asked) => events.touchedDueHours(...asked),
    },
    points: {
      remake: (of, touched, until) => {
        made.push(...touched);
        return maker.remake(of, touched, until);
      },
    },
    stored: points,
    metrics: [minutely],
    lookedUntil: (await events.now()) + 2 * MINUTE,
  });
  return {
    timeline,
    events,
    look: async () => {
      made.length = 0;
      await late.refresh(progress);
      late.finished();
      return [...made];
    },
    /** Has the store's clock run ahead, so that what arrives then carries a time that was looked at before. */
    runAhead: (by: number) => {
      ahead = by;
    },
  };
}
