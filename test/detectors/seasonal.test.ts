import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { seasonal } from '../../detectors/seasonal/seasonal.js';
import { planSlots } from '../../detectors/support/calendar-slot.js';
import type { SeriesPoint } from '../../src/detection/contract.js';
import { HOUR } from '../../src/model/clock.js';
import { hourlyRate, hourlyValue, isAnomalous, judgeAll, valueAt } from './support/judging.js';
import { gaussian, uniform } from './support/random.js';

const at = (local: string): number => DateTime.fromISO(local, { zone: 'Europe/London' }).toMillis();

describe('slots of the local clock', () => {
  const { slotOf } = planSlots('day', 3_600, 'Europe/London');

  test('the day that loses an hour skips its slot, the day that gains one visits it twice', () => {
    const slots = (day: string, hours: number) =>
      Array.from({ length: hours }, (_, hour) => slotOf(at(day) + hour * HOUR));
    expect(slots('2024-03-31', 4)).toEqual([0, 2, 3, 4]);
    expect(slots('2024-10-27', 4)).toEqual([0, 1, 1, 2]);
  });

  test('the same wall-clock hour of the same weekday is one slot, in winter and in summer', () => {
    const week = planSlots('week', 3_600, 'Europe/London');
    expect(week.slots).toBe(168);
    expect(week.slotOf(at('2024-01-08T09:00'))).toBe(9);
    expect(week.slotOf(at('2024-07-08T09:00'))).toBe(9);
    expect(week.slotOf(at('2024-07-14T23:00'))).toBe(167);
  });

  test('the last days of a month are the same slots, whether it has 28 days or 31', () => {
    const month = planSlots('month', 86_400, 'Europe/London');
    expect(month.slots).toBe(21);
    const lastOf = ['2023-02-28', '2024-02-29', '2024-04-30', '2024-12-31'].map((day) =>
      month.slotOf(at(day)),
    );
    expect(new Set(lastOf)).toEqual(new Set([20]));
    expect(['2024-02-20', '2024-01-22', '2024-03-01'].map((day) => month.slotOf(at(day)))).toEqual([
      11, 11, 0,
    ]);
    expect(planSlots('month', 3_600, 'Europe/London').slotOf(at('2024-03-31T23:00'))).toBe(20);
  });

  test('buckets shorter than a quarter of an hour share a slot, those longer than a day have no rhythm', () => {
    expect(planSlots('day', 60, 'UTC')).toMatchObject({ slots: 96, bucketsPerSlot: 15 });
    expect(planSlots('week', 86_400, 'UTC')).toMatchObject({ slots: 7, bucketsPerSlot: 1 });
    expect(planSlots('week', 7 * 86_400, 'UTC').slots).toBe(1);
  });
});

describe('seasonal', () => {
  const byHour = (bucketStart: number): number =>
    DateTime.fromMillis(bucketStart, { zone: 'Europe/London' }).hour < 7 ? 40 : 400;
  const shop = (from: string, days: number): SeriesPoint[] =>
    Array.from({ length: days * 24 }, (_, index) => {
      const bucketStart = at(from) + index * HOUR;
      const numerator = byHour(bucketStart) + ((index * 7) % 11) - 5;
      return { bucketStart, value: numerator, numerator, denominator: null, annotations: [] };
    });

  test.each(['2024-03-11', '2024-10-07'])('the clock change after %s alarms nobody', (from) => {
    expect(judgeAll(seasonal, hourlyValue, shop(from, 28), { period: 'day' }).filter(isAnomalous)).toEqual(
      [],
    );
  });

  test('the usual value of the afternoon is an incident at night', () => {
    const points = shop('2024-05-06', 28);
    const night = points.findIndex(({ bucketStart }) => bucketStart === at('2024-05-28T03:00'));
    const shifted = points.map((point, index) => (index === night ? { ...point, value: 400 } : point));
    const judgements = judgeAll(seasonal, hourlyValue, shifted);
    expect(judgements.flatMap((judgement, index) => (isAnomalous(judgement) ? [index] : []))).toEqual([
      night,
    ]);
  });

  test('growth moves the level and leaves the rhythm: 1 % a day is followed without an alarm', () => {
    const points = shop('2024-05-06', 42).map((point, index) => {
      const value = Math.round(point.value * 1.01 ** (index / 24));
      return { ...point, value, numerator: value };
    });
    const judgements = judgeAll(seasonal, hourlyValue, points);
    expect(judgements.filter(isAnomalous)).toEqual([]);
  });

  test('an hour that is different from now on is learned anew after `accept_in_slot` periods', () => {
    const points = shop('2024-05-06', 28).map((point) => {
      const local = DateTime.fromMillis(point.bucketStart, { zone: 'Europe/London' });
      return local.hour === 3 && point.bucketStart >= at('2024-05-20') ? { ...point, value: 400 } : point;
    });
    const nights = judgeAll(seasonal, hourlyValue, points, { period: 'day', accept_in_slot: 3 }).filter(
      (_, index) => index % 24 === 3 && index >= 14 * 24,
    );
    expect(nights.map(isAnomalous).slice(0, 4)).toEqual([true, true, true, false]);
    expect(nights.slice(5).every((judgement) => judgement.status === 'judged')).toBe(true);
    expect(nights.slice(3).some(isAnomalous)).toBe(false);
  });

  test('a day that the shop does not know is not judged', () => {
    const daily = { ...hourlyRate, bucketSeconds: 86_400 };
    const days = Array.from({ length: 70 }, (_, index) =>
      DateTime.fromISO('2024-02-05', { zone: 'Europe/London' }).plus({ days: index }),
    );
    const saturday = days[61] as DateTime;
    const points = days
      .filter((day) => day.weekday !== 6 || day === saturday)
      .map((day) => ({ ...valueAt(0, 0.1), bucketStart: day.toMillis(), numerator: 10, denominator: 100 }));
    const judgements = judgeAll(seasonal, daily, points);
    const cold = points.filter((_, index) => judgements[index]?.status !== 'judged').slice(12);
    expect(saturday.weekday).toBe(6);
    expect(cold.map((point) => point.bucketStart)).toEqual([saturday.toMillis()]);
  });

  describe('with several periods at once', () => {
    const BOTH = { period: ['day', 'week'] };
    /** A quiet night, a busy day, and afternoons that are quiet at weekends. */
    const twoRhythms = (local: DateTime): number =>
      (local.hour < 7 ? 40 : 400) * (local.weekday > 5 && local.hour > 11 ? 0.5 : 1);
    const shopOf = (days: number, growth = 1, from = '2024-05-06'): SeriesPoint[] => {
      const random = uniform(7);
      return Array.from({ length: days * 24 }, (_, index) => {
        const bucketStart = at(from) + index * HOUR;
        const mean = twoRhythms(DateTime.fromMillis(bucketStart, { zone: 'Europe/London' }));
        const numerator = Math.round(mean * growth ** (index / 24) + 6 * gaussian(random));
        return { bucketStart, value: numerator, numerator, denominator: null, annotations: [] };
      });
    };
    const withValue = (points: SeriesPoint[], when: string, value: number): SeriesPoint[] =>
      points.map((point) => (point.bucketStart === at(when) ? { ...point, value, numerator: value } : point));
    const anomaliesOf = (points: SeriesPoint[], params: object = BOTH): number[] =>
      judgeAll(seasonal, hourlyValue, points, params).flatMap((judgement, index) =>
        isAnomalous(judgement) ? [points[index]?.bucketStart as number] : [],
      );

    test('an afternoon as on any day is an incident on a Saturday', () => {
      const points = shopOf(35);
      expect(anomaliesOf(points)).toEqual([]);
      expect(anomaliesOf(withValue(points, '2024-06-08T15:00', 400))).toEqual([at('2024-06-08T15:00')]);
    });

    test('an accident in the first weeks, which nothing judges, does not bend what is expected later', () => {
      const points = shopOf(28);
      const expectedAt = (series: SeriesPoint[], when: string): number => {
        const judgement = judgeAll(seasonal, hourlyValue, series, BOTH)[
          series.findIndex(({ bucketStart }) => bucketStart === at(when))
        ];
        return judgement?.status === 'judged' ? judgement.expected : Number.NaN;
      };
      const bent = withValue(withValue(points, '2024-05-08T15:00', 4_000), '2024-05-13T03:00', 900);
      for (const when of ['2024-05-22T15:00', '2024-05-20T03:00', '2024-05-21T15:00'])
        expect(Math.abs(expectedAt(bent, when) / expectedAt(points, when) - 1)).toBeLessThan(0.1);
      expect(anomaliesOf(bent)).toEqual([]);
    });

    test('growth is followed with its trend, over a gap too, and the rhythms stay', () => {
      const points = shopOf(49, 1.02);
      const closed = (bucketStart: number) =>
        bucketStart >= at('2024-06-08') && bucketStart < at('2024-06-10');
      const open = points.filter(({ bucketStart }) => !closed(bucketStart));
      expect(anomaliesOf(points)).toEqual([]);
      expect(anomaliesOf(open)).toEqual([]);
      const last = judgeAll(seasonal, hourlyValue, points, BOTH).at(-1);
      if (last?.status !== 'judged') throw new Error('the last hour was not judged');
      expect(last.expected / (points.at(-1)?.value as number)).toBeCloseTo(1, 1);
    });

    test.each(['2024-03-11', '2024-10-07'])('the clock change after %s alarms nobody', (from) => {
      expect(anomaliesOf(shopOf(28, 1, from))).toEqual([]);
    });

    test('what falls on the end of the month is expected there, and nowhere else', () => {
      const daily = { ...hourlyValue, bucketSeconds: 86_400 };
      const days = Array.from({ length: 200 }, (_, index) =>
        DateTime.fromISO('2024-01-01', { zone: 'Europe/London' }).plus({ days: index }),
      );
      const points = days.map((day, index): SeriesPoint => {
        const numerator = (day.day === day.daysInMonth ? 900 : 300) + ((index * 7) % 41) - 20;
        return {
          bucketStart: day.toMillis(),
          value: numerator,
          numerator,
          denominator: null,
          annotations: [],
        };
      });
      const judge = (series: SeriesPoint[], period: unknown) =>
        judgeAll(seasonal, daily, series, { period }).flatMap((judgement, index) =>
          isAnomalous(judgement) ? [days[index]?.toISODate()] : [],
        );
      expect(judge(points, ['week', 'month'])).toEqual([]);
      expect(judge(points, 'week')).toContain('2024-05-31');
      const early = points.map((point, index) =>
        days[index]?.toISODate() === '2024-06-18' ? { ...point, value: 900, numerator: 900 } : point,
      );
      expect(judge(early, ['week', 'month'])).toEqual(['2024-06-18']);
    });

    test('values below zero have rhythms that add', () => {
      const points = shopOf(28).map((point) => ({
        ...point,
        value: point.value - 250,
        numerator: point.value - 250,
      }));
      const calm = anomaliesOf(points);
      expect(calm.length).toBeLessThanOrEqual(1);
      const found = anomaliesOf(withValue(points, '2024-05-28T03:00', 150));
      expect(found).toEqual([...calm, at('2024-05-28T03:00')]);
    });
  });
});
