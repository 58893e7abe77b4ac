import { describe, expect, it } from 'vitest';
import { movedAlongside } from '../../src/analysis/alongside.js';
import { commonValues, factsAbout } from '../../src/analysis/circumstances.js';
import { chooseNamed, valuesToName } from '../../src/analysis/named-values.js';
import { alertBaseline } from '../../src/analysis/question.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { Point } from '../../src/model/point.js';
import { metric, selector } from '../support/metric.js';

const AT = Date.UTC(2026, 2, 10, 12);
const SPAN = { from: AT, to: AT + HOUR };

function hourly(
  id: string,
  valueAt: (hour: number) => [numerator: number, denominator: number | null],
): Point[] {
  return Array.from({ length: 9 * 24 }, (_, index): Point => {
    const hour = index - 8 * 24;
    const [numerator, denominator] = valueAt(hour);
    return {
      metric: id,
      slice: 'all',
      bucketStart: AT + hour * HOUR,
      bucketSeconds: 3_600,
      value: denominator === null ? numerator : numerator / denominator,
      numerator,
      denominator,
      amount: 0,
      revision: 1,
    };
  });
}

describe('what moved alongside', () => {
  const refunds = metric({ id: 'refunds' });
  const orders = metric({ id: 'orders', measure: { kind: 'count', of: selector('order.placed') } });
  const series = [refunds, orders].map((each) => ({ metric: each, slice: 'all' }));

  it('is a metric that rose two hours before, with its lead, and not one that has its daily rhythm', () => {
    const points = [
      ...hourly('refunds', (hour) => [hour >= -2 ? 90 : 30 + (hour & 3), 1_000]),
      ...hourly('orders', (hour) => [
        100 + 80 * Math.sin((hour * Math.PI) / 12) + (Math.abs(hour) % 5),
        null,
      ]),
    ];
    expect(movedAlongside(series, points, SPAN)).toMatchObject([
      { metric: 'refunds', lag: -2 * HOUR, value: 0.09 },
    ]);
  });

  it('is nothing where three of five orders came back, and nothing where there is no history', () => {
    const few = hourly('refunds', (hour) => (hour === 0 ? [1, 3] : [1, 30]));
    expect(movedAlongside(series, few, SPAN)).toEqual([]);
    expect(movedAlongside(series, few.slice(-3), SPAN)).toEqual([]);
    expect(movedAlongside(series, [], SPAN)).toEqual([]);
  });
});

describe('what is in common', () => {
  const seen = (now: number, before: number) => [{ dimension: 'carrier', value: 'dhl', now, before }];

  it('is a value that most cases have and few had before, unless it is the cause itself', () => {
    expect(commonValues(seen(90, 40), { now: 100, before: 200 }, {})).toMatchObject([
      { value: 'dhl', share: 0.9 },
    ]);
    expect(commonValues(seen(90, 40), { now: 100, before: 200 }, { carrier: 'dhl' })).toEqual([]);
    expect(commonValues(seen(90, 180), { now: 100, before: 200 }, {})).toEqual([]);
    expect(commonValues(seen(3, 0), { now: 3, before: 200 }, {})).toMatchObject([{ share: 1 }]);
    expect(commonValues(seen(0, 0), { now: 0, before: 0 }, {})).toEqual([]);
  });
});

describe('facts', () => {
  const fact = (scope: string, labels = {}) => ({ at: AT, kind: 'campaign', title: 'Sale', scope, labels });

  it('concern a cause unless they are about another value of one of its dimensions', () => {
    const told = (each: ReturnType<typeof fact>) => factsAbout([each], { region: 'GB' }).length;
    expect([fact('all'), fact('region=GB'), fact('category=toys'), fact('by hand')].map(told)).toEqual([
      1, 1, 1, 1,
    ]);
    expect([fact('region=DE'), fact('', { region: 'DE' })].map(told)).toEqual([0, 0]);
  });
});

describe('values are put together', () => {
  it('only where there are too many combinations, the widest dimension first', () => {
    expect(valuesToName([8, 12, 5_000], 900, 2)).toEqual([null, null, null]);
    const [regions, categories, merchants] = valuesToName([8, 12, 5_000], 50_000, 7);
    expect([regions, categories]).toEqual([null, null]);
    expect(merchants).toBeLessThan(200);
  });

  it('but for the largest and the most striking', () => {
    const marginals = Array.from({ length: 1_000 }, (_, i) => ({
      name: `m${i}`,
      now: 10,
      events: 100 - i / 100,
    }));
    marginals.push({ name: 'struck', now: 40, events: 60 }, { name: 'gone', now: 0, events: 60 });
    const named = chooseNamed(marginals, 10);
    expect(named).toEqual(expect.arrayContaining(['m0', 'struck', 'gone']));
    expect(named.length).toBeLessThanOrEqual(10);
  });
});

describe('an alert is held against', () => {
  it('the week before for a rate, and the same hours of the days before for what is counted', () => {
    const rate = alertBaseline(SPAN, true);
    expect([rate[0]?.from, rate.at(-1)?.to]).toEqual([AT - 7 * DAY, AT]);
    expect(alertBaseline(SPAN, false).map(({ from }) => from)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((day) => AT - day * DAY),
    );
    const week = { from: AT, to: AT + 7 * DAY };
    for (const { to } of [...alertBaseline(week, true), ...alertBaseline(week, false)])
      expect(to).toBeLessThanOrEqual(AT);
  });
});
