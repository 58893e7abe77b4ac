import { beforeAll, describe, expect, it } from 'vitest';
import { bucketStarts } from '../../src/metrics/buckets.js';
import { PointMaker } from '../../src/metrics/point-maker.js';
import type { Annotation } from '../../src/model/annotation.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

/** A Monday in the zone's summer time. */
const MONDAY = Date.parse('2026-06-01T00:00:00+01:00');
const orders = metric({
  id: 'orders',
  measure: { kind: 'count', of: selector('order.placed') },
  bucket: { count: 1, unit: 'day' },
  timezone: 'Europe/London',
  slices: [[], ['region']],
});
const closure = (scope: string, startsAt: number, endsAt: number): Annotation => ({
  annotationId: `closed ${scope}`,
  kind: 'closure',
  title: 'Closed',
  scope,
  startsAt,
  endsAt,
});

describe('a day on which the shop is closed', () => {
  let table: PointTable;
  const days = bucketStarts(MONDAY, MONDAY + 14 * DAY, orders);
  /** The days, counted from the first Monday, of which a slice has points, with their values. */
  async function daysOf(definition = orders, annotations: readonly Annotation[] = []) {
    const points = await new PointMaker(table, { annotations }).make(definition, days);
    return (slice: string) =>
      points.filter((it) => it.slice === slice).map((it) => [(it.bucketStart - MONDAY) / DAY, it.value]);
  }

  beforeAll(async () => {
    const { store } = await testDatabase();
    table = new PointTable(store);
    // One order in each region on the first day and late on the first Saturday, when nobody should work.
    await new EventLog(store).write({
      accepted: ['GB', 'DE'].flatMap((region) =>
        [0, 5].map((day) =>
          arrived({
            eventId: `${region}${day}`,
            type: 'order.placed',
            occurredAt: MONDAY + day * DAY + 23 * HOUR,
            region,
          }),
        ),
      ),
      rejected: [],
    });
  });

  it('is absent by its weekday, while an open day without an order is zero', async () => {
    const of = await daysOf({ ...orders, id: 'by_weekday', tradingDays: [1, 2, 3, 4, 5] });
    expect(of('all')).toEqual([
      [0, 2],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [7, 0],
      [8, 0],
      [9, 0],
      [10, 0],
      [11, 0],
    ]);
  });

  it('is absent by a closure, for the slices that the closure concerns', async () => {
    const of = await daysOf({ ...orders, id: 'by_closure' }, [
      closure('region=GB', MONDAY + 5 * DAY, MONDAY + 7 * DAY),
      closure('all', MONDAY + 8 * DAY, MONDAY + 9 * DAY),
    ]);
    const daysIn = (slice: string) => of(slice).map(([day]) => day);
    expect(daysIn('region=GB')).toEqual([0, 1, 2, 3, 4, 7, 9, 10, 11, 12, 13]);
    expect(daysIn('region=DE')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13]);
    expect(daysIn('all')).toEqual(daysIn('region=DE'));
  });

  it('is there when the shop closed for a part of it', async () => {
    const of = await daysOf({ ...orders, id: 'partly' }, [
      closure('all', MONDAY + DAY, MONDAY + 2 * DAY - HOUR),
    ]);
    expect(of('all')).toHaveLength(14);
  });

  it('makes no series known: its first open day without an order is absent too', async () => {
    const of = await daysOf({ ...orders, id: 'first_seen', tradingDays: [7] });
    expect(of('all')).toEqual([]);
  });

  it('disappears when a closure is entered afterwards', async () => {
    const definition = { ...orders, id: 'afterwards' };
    await daysOf(definition);
    await daysOf(definition, [closure('all', MONDAY, MONDAY + 5 * DAY)]);
    const stored = await table.between('afterwards', MONDAY, MONDAY + 14 * DAY);
    expect(stored.filter((it) => it.slice === 'all').map((it) => (it.bucketStart - MONDAY) / DAY)).toEqual([
      5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
  });
});
