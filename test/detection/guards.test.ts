import { describe, expect, it } from 'vitest';
import { guard, lowVolume } from '../../src/detection/guards.js';
import type { BadDirection } from '../../src/model/metric.js';
import { metric, selector } from '../support/metric.js';
import { judged, ratePoint } from './fixtures.js';

const orders = metric({
  id: 'orders',
  measure: { kind: 'count', of: selector('order.placed') },
  minDenominator: 20,
  bad: 'down',
});
const count = (value: number) => ratePoint(0, 0, { value, numerator: value, denominator: null });

describe('the guards', () => {
  it.each<[BadDirection, 'up' | 'down', string, string]>([
    ['up', 'up', 'anomalous', ''],
    ['up', 'down', 'normal', 'good_direction'],
    ['down', 'down', 'anomalous', ''],
    ['down', 'up', 'normal', 'good_direction'],
    ['both', 'up', 'anomalous', ''],
    ['both', 'down', 'anomalous', ''],
  ])('where %s is bad, a departure %s is %s %s', (bad, direction, status, reason) => {
    const point = ratePoint(0, direction === 'up' ? 20 : 1);
    expect(guard(metric({ bad }), point, 'd', judged(2, direction))).toMatchObject({ status, reason });
  });

  it('takes the edge of the band for normal and anything beyond it for anomalous', () => {
    expect(guard(metric(), ratePoint(0, 15), 'd', judged(1)).status).toBe('normal');
    expect(guard(metric(), ratePoint(0, 16), 'd', judged(1.0001)).status).toBe('anomalous');
  });

  it('calls a departure normal that is smaller than what matters, keeps its score and says why', () => {
    const careful = metric({ minDeviation: 0.02 });
    expect(guard(careful, ratePoint(0, 29), 'd', judged(4))).toMatchObject({
      status: 'normal',
      reason: 'small_deviation',
      score: 4,
    });
    expect(guard(careful, ratePoint(0, 31), 'd', judged(4)).status).toBe('anomalous');
  });

  it('takes what matters in parts of what is expected too', () => {
    const half = metric({ minRelativeDeviation: 1.5 });
    expect(guard(half, ratePoint(0, 24), 'd', judged(4))).toMatchObject({ reason: 'small_deviation' });
    expect(guard(half, ratePoint(0, 26), 'd', judged(4)).status).toBe('anomalous');
  });

  it('does not judge a rate over fewer cases than wanted, and never one over none', () => {
    const wanted = metric({ minDenominator: 200 });
    expect(lowVolume(wanted, ratePoint(0, 3, { denominator: 199 }))).toBe(true);
    expect(lowVolume(wanted, ratePoint(0, 3, { denominator: 200 }))).toBe(false);
    expect(lowVolume(metric({ minDenominator: 0 }), ratePoint(0, 0, { denominator: 0 }))).toBe(true);
  });

  it('bounds a count by what is expected, so that a fall to nothing of a large series is seen', () => {
    const expecting = (expected: number) => ({ ...judged(5, 'down' as const), expected });
    expect(lowVolume(orders, count(0))).toBe(false);
    expect(guard(orders, count(0), 'd', expecting(100))).toMatchObject({ status: 'anomalous' });
    expect(guard(orders, count(0), 'd', expecting(19))).toMatchObject({
      status: 'not_evaluable',
      reason: 'low_volume',
    });
  });

  it('hands on why a detector could not judge, without numbers', () => {
    expect(guard(metric(), ratePoint(0, 9), 'd', { status: 'not_evaluable', reason: 'cold_start' })).toEqual({
      metric: 'dispute_rate',
      slice: 'all',
      bucketStart: ratePoint(0, 9).bucketStart,
      detector: 'd',
      value: 0.009,
      status: 'not_evaluable',
      reason: 'cold_start',
      expected: null,
      lower: null,
      upper: null,
      score: null,
      direction: null,
    });
  });
});
