import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { seasonal } from '../../detectors/seasonal.js';
import { planSlots } from '../../detectors/support/calendar-slot.js';
import type { SeriesPoint } from '../../src/detection/contract.js';
import { HOUR } from '../../src/model/clock.js';
import { hourlyRate, hourlyValue, isAnomalous, judgeAll, valueAt } from './support/judging.js';

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
});
