import { describe, expect, it } from 'vitest';
import { bucketStarts } from '../../src/metrics/buckets.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import { SeriesLimit } from '../../src/metrics/series-limit.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

const T0 = Date.UTC(2026, 5, 1);

describe('the limit on series', () => {
  it('keeps the largest over time, lets the grown in and the shrunken go, whatever comes once', () => {
    const limit = new SeriesLimit(
      3,
      new Map([
        ['all', 100],
        ['a', 50],
        ['b', 20],
        ['c', 10],
      ]),
      T0,
    );
    const kept = () => ['all', 'a', 'b', 'c', 'new'].filter((slice) => limit.keeps(slice));
    expect(kept()).toEqual(['all', 'a', 'b']);
    // Many that come once, and never again, displace nobody.
    for (let hour = 1; hour <= 50; hour += 1)
      limit.weigh(
        new Map([
          [`once-${hour}`, 5],
          ['all', 10],
          ['a', 1],
          ['b', 1],
        ]),
        T0 + hour * HOUR,
      );
    expect(kept()).toEqual(['all', 'a', 'b']);
    for (let day = 3; day <= 60; day += 1)
      limit.weigh(
        new Map([
          ['all', 20],
          ['a', 5],
          ['new', 4],
        ]),
        T0 + day * DAY,
      );
    expect(kept()).toEqual(['all', 'a', 'new']);
  });

  it('leaves the smallest out of the points, says how many, and decides the same after a restart and for late events', async () => {
    const { store } = await testDatabase();
    const table = new PointTable(store);
    const definition = metric({
      id: 'orders',
      measure: { kind: 'count', of: selector('order.placed') },
      slices: [[], ['merchant_id']],
      empty: 'absent',
      maxSeries: 3,
    });
    const orders = (hour: number, merchants: Record<string, number>) =>
      Object.entries(merchants).flatMap(([merchantId, count]) =>
        Array.from({ length: count }, (_, index) =>
          arrived({
            eventId: `${hour}-${merchantId}-${index}`,
            type: 'order.placed',
            occurredAt: T0 + hour * HOUR,
            merchantId,
          }),
        ),
      );
    await new EventLog(store).write({
      accepted: [
        ...orders(0, { large: 9, middle: 5, small: 2, tiny: 1 }),
        ...orders(1, { large: 9, small: 6 }),
      ],
      rejected: [],
    });
    const leftOut: number[] = [];
    const maker = () => new PointMaker(table, { reportLeftOut: (report) => leftOut.push(report.leftOut) });
    const slices = (points: readonly { slice: string }[]) => points.map(({ slice }) => slice);
    const [first = 0, second = 0] = bucketStarts(T0, T0 + 2 * HOUR, definition);

    expect(slices(await maker().make(definition, [first]))).toEqual([
      'all',
      'merchant_id=large',
      'merchant_id=middle',
    ]);
    // Since then the small one has had more than the middle one in all.
    expect(slices(await maker().make(definition, [second]))).toEqual([
      'all',
      'merchant_id=large',
      'merchant_id=small',
    ]);
    expect(leftOut).toEqual([2, 0]);
    // Made again, a bucket has the series that it had and those that are kept by now.
    for await (const { current, written } of maker().remake(definition, [first], T0 + 2 * HOUR)) {
      expect(slices(current)).toEqual([
        'all',
        'merchant_id=large',
        'merchant_id=middle',
        'merchant_id=small',
      ]);
      expect(slices(written)).toEqual(['merchant_id=small']);
    }
  });

  it('holds for what comes late into buckets that are closed, and says so', async () => {
    const { store } = await testDatabase();
    const table = new PointTable(store);
    const definition = metric({
      id: 'orders',
      measure: { kind: 'count', of: selector('order.placed') },
      slices: [['merchant_id']],
      maxSeries: 3,
    });
    const orders = (merchantId: string, count: number) =>
      Array.from({ length: count }, (_, index) =>
        arrived({ eventId: `${merchantId}${index}`, type: 'order.placed', occurredAt: T0, merchantId }),
      );
    const log = new EventLog(store);
    const leftOut: number[] = [];
    const maker = new PointMaker(table, { reportLeftOut: (report) => leftOut.push(report.leftOut) });
    await log.write({ accepted: orders('a', 5), rejected: [] });
    await maker.make(definition, bucketStarts(T0, T0 + 4 * HOUR, definition));

    const many = Array.from({ length: 20 }, (_, index) => orders(`m${index}`, 1)).flat();
    await log.write({ accepted: [...orders('b', 4), ...orders('c', 3), ...many], rejected: [] });
    for await (const _ of maker.remake(definition, [T0], T0 + 4 * HOUR));
    const points = await table.between(definition.id, T0, T0 + 4 * HOUR);
    expect([...new Set(points.map(({ slice }) => slice))]).toEqual(
      ['a', 'b', 'c'].map((merchant) => `merchant_id=${merchant}`),
    );
    expect(points).toHaveLength(3 * 4);
    expect(leftOut).toEqual([0, 20]);
  });
});
