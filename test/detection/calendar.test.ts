import { describe, expect, it } from 'vitest';
import { publicHolidays } from '../../src/config/public-holidays.js';
import { Calendar } from '../../src/detection/calendar.js';
import type { Detector, Judgement } from '../../src/detection/contract.js';
import { Judging } from '../../src/detection/judging.js';
import type { Annotation, CalendarEffect } from '../../src/model/annotation.js';
import { HOUR } from '../../src/model/clock.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { metric } from '../support/metric.js';
import { judged, ratePoint, scripted, T0 } from './fixtures.js';

/** Expects 1 %, with a band of half a per cent, and keeps what it was shown. */
function watcher() {
  const shown: { value: number; numerator: number; denominator: number | null }[] = [];
  const detector = scripted('watcher', ({ value, numerator, denominator }): Judgement => {
    shown.push({ value, numerator, denominator });
    return judged(Math.abs(value - 0.01) / 0.005, value >= 0.01 ? 'up' : 'down');
  });
  return { detector, shown };
}

const during = (effect: CalendarEffect | undefined, rest: Partial<Annotation> = {}): Annotation => ({
  annotationId: 'sale',
  kind: 'campaign',
  title: 'Sale',
  scope: 'all',
  startsAt: T0,
  endsAt: T0 + HOUR,
  ...(effect === undefined ? {} : { effect }),
  ...rest,
});

function judgeWith(
  detector: Detector,
  annotations: readonly Annotation[],
  point: Point,
  rest: Partial<MetricDefinition> = {},
) {
  const judging = new Judging({
    detectors: [detector],
    calendar: new Calendar(annotations),
    saved: [],
    reportFault: ({ error }) => {
      throw error;
    },
  });
  return judging.judge(metric({ detect: [{ use: 'watcher', params: {} }], ...rest }), point)?.combined;
}

describe('the calendar', () => {
  it('holds: the point is not evaluable, and no judge learns from it', () => {
    const { detector, shown } = watcher();
    expect(judgeWith(detector, [during({ kind: 'hold' })], ratePoint(0, 40))).toMatchObject({
      status: 'not_evaluable',
      reason: 'calendar',
      score: null,
    });
    expect(shown).toEqual([]);
    expect(judgeWith(detector, [during({ kind: 'hold' })], ratePoint(1, 40))?.status).toBe('anomalous');
  });

  it('widens: a deviation counts for so many times less, and the judge itself is not upset by it', () => {
    const { detector, shown } = watcher();
    const verdict = judgeWith(detector, [during({ kind: 'widen', by: 4 })], ratePoint(0, 28));
    expect(verdict).toMatchObject({
      status: 'normal',
      score: expect.closeTo(0.9, 9),
      expected: 0.01,
      lower: 0,
      upper: expect.closeTo(0.03, 9),
    });
    expect(shown.at(-1)?.value).toBeCloseTo(0.0145, 9);
    expect(judgeWith(detector, [during({ kind: 'widen', by: 3 })], ratePoint(0, 28))?.status).toBe(
      'anomalous',
    );
  });

  it('shifts: twice the rate is expected, shown to the judge as over twice the orders', () => {
    const { detector, shown } = watcher();
    const twice = during({ kind: 'shift', times: 2, plus: 0 });
    expect(judgeWith(detector, [twice], ratePoint(0, 20))).toMatchObject({
      status: 'normal',
      score: 0,
      expected: 0.02,
      lower: 0.01,
      upper: 0.03,
      value: 0.02,
    });
    expect(shown).toEqual([{ value: 0.01, numerator: 20, denominator: 2000 }]);
    expect(judgeWith(detector, [twice], ratePoint(0, 32))?.status).toBe('anomalous');
  });

  it('shifts a count by what it is raised by', () => {
    const { detector, shown } = watcher();
    const point = ratePoint(0, 0, { value: 500.01, numerator: 500.01, denominator: null });
    const verdict = judgeWith(detector, [during({ kind: 'shift', times: 1, plus: 500 })], point, {
      measure: { kind: 'sum', of: { event: ['order.placed'], where: {}, ignore: [] } },
    });
    expect(shown.at(-1)?.value).toBeCloseTo(0.01, 9);
    expect(verdict).toMatchObject({ expected: 500.01, status: 'normal' });
  });

  it('raises a rate by showing it over more orders, so that no part of a case is lost', () => {
    const { detector, shown } = watcher();
    const raised = during({ kind: 'shift', times: 1, plus: 0.01 });
    const few = { denominator: 40, value: 1 / 40 };
    expect(judgeWith(detector, [raised], ratePoint(0, 1, few))).toMatchObject({
      expected: 0.02,
      lower: 0.01,
      upper: 0.03,
      score: expect.closeTo(0.5, 9),
    });
    expect(shown.at(-1)).toEqual({ value: 1 / 80, numerator: 1, denominator: 80 });
  });

  it('shows no more cases than orders, where there were no more', () => {
    const { detector, shown } = watcher();
    const half = during({ kind: 'shift', times: 0.5, plus: 0 });
    judgeWith(detector, [half], ratePoint(0, 700, { value: 0.7 }));
    judgeWith(detector, [half], ratePoint(0, 1500, { value: 1.5 }));
    expect(shown).toEqual([
      { value: 1, numerator: 500, denominator: 500 },
      { value: 3, numerator: 1500, denominator: 500 },
    ]);
  });

  it.each<CalendarEffect>([
    { kind: 'shift', times: 1.5, plus: 0 },
    { kind: 'shift', times: 1, plus: 2.5 },
    { kind: 'widen', by: 3 },
  ])('shows a count as a whole number, so that it is one for the detector ever after: %j', (effect) => {
    const { detector, shown } = watcher();
    const count = (value: number) => ratePoint(0, value, { value, denominator: null });
    const measure: MetricDefinition['measure'] = {
      kind: 'count',
      of: { event: ['order.placed'], where: {}, ignore: [] },
    };
    for (const value of [7, 10, 100]) judgeWith(detector, [during(effect)], count(value), { measure });
    expect(shown.map(({ value, numerator }) => [Number.isInteger(value), value - numerator])).toEqual(
      shown.map(() => [true, 0]),
    );
    judgeWith(detector, [during(effect)], count(7.25), { measure });
    expect(Number.isInteger(shown.at(-1)?.value)).toBe(false);
  });

  it('shifts what begins or ends within a bucket for the part that it covers, and holds the bucket whole', () => {
    const { detector } = watcher();
    const quarter = { endsAt: T0 + HOUR / 4 };
    const expectedOf = (effect: CalendarEffect) =>
      judgeWith(detector, [during(effect, quarter)], ratePoint(0, 10))?.expected;
    expect(expectedOf({ kind: 'shift', times: 3, plus: 0 })).toBeCloseTo(0.015, 9);
    expect(expectedOf({ kind: 'shift', times: 1, plus: 0.02 })).toBeCloseTo(0.015, 9);
    expect(expectedOf({ kind: 'hold' })).toBeNull();
  });

  it('does what the metric says of the kind where the entry says nothing, and the entry has the last word', () => {
    const { detector } = watcher();
    const calendar = { campaign: { kind: 'hold' } } as const;
    const statusOf = (effect?: CalendarEffect) =>
      judgeWith(detector, [during(effect)], ratePoint(0, 40), { calendar })?.status;
    expect(statusOf()).toBe('not_evaluable');
    expect(statusOf({ kind: 'none' })).toBe('anomalous');
    expect(judgeWith(detector, [during(undefined)], ratePoint(0, 40))?.status).toBe('anomalous');
  });

  it('concerns only its metrics and its slice', () => {
    const { detector } = watcher();
    const statusOf = (rest: Partial<Annotation>, slice = 'all') =>
      judgeWith(detector, [during({ kind: 'hold' }, rest)], ratePoint(0, 40, { slice }))?.status;
    expect(statusOf({ metrics: ['orders'] })).toBe('anomalous');
    expect(statusOf({ metrics: ['dispute_rate'] })).toBe('not_evaluable');
    expect(statusOf({ scope: 'region=GB' }, 'region=DE')).toBe('anomalous');
    expect(statusOf({ scope: 'region=GB' }, 'category=toys,region=GB')).toBe('not_evaluable');
  });

  it('knows the public holidays of a country every year, in its own time', async () => {
    const holidaysOf = await publicHolidays([
      { annotationId: 'gb', scope: 'region=GB', country: 'GB-SCT', effect: { kind: 'hold' } },
    ]);
    const calendar = new Calendar([], holidaysOf);
    const titles = (bucketStart: number, slice = 'region=GB') =>
      calendar.at(metric(), ratePoint(0, 1, { bucketStart, slice })).map(({ title }) => title);
    expect(titles(Date.UTC(2011, 11, 25, 12))).toEqual(['Christmas Day']);
    expect(titles(Date.UTC(2026, 10, 30, 12))).toEqual(['St Andrew’s Day']);
    expect(titles(Date.UTC(2026, 3, 2, 23))).toEqual(['Good Friday']);
    expect(titles(Date.UTC(2026, 3, 2, 22))).toEqual([]);
    expect(titles(Date.UTC(2026, 11, 31, 23))).toEqual([]);
    expect(titles(Date.UTC(2026, 11, 25, 12), 'region=DE')).toEqual([]);
  });
});
