import { describe, expect, test } from 'vitest';
import {
  formatBand,
  formatDuration,
  formatInstant,
  formatMoney,
  formatShort,
  formatSliceWords,
  formatValue,
  tomorrowMorning,
} from '../../src/notify/wording.js';

test('tomorrow morning comes after a night of sleep, also for whoever is woken in the middle of it', () => {
  const morning = (at: string) => new Date(tomorrowMorning(Date.parse(at), 'Europe/London')).toISOString();
  expect(morning('2026-03-03T19:00Z')).toBe('2026-03-04T09:00:00.000Z');
  expect(morning('2026-03-04T03:15Z')).toBe('2026-03-04T09:00:00.000Z');
  expect(morning('2026-03-04T07:30Z')).toBe('2026-03-05T09:00:00.000Z');
  // The clocks go forward that night.
  expect(morning('2026-03-28T22:00Z')).toBe('2026-03-29T08:00:00.000Z');
});

describe('numbers keep the digits that say something', () => {
  test.each([
    [0.000123, 'rate', '0.012%'],
    [0.0084, 'rate', '0.84%'],
    [0.01234, 'rate', '1.23%'],
    [0.2345, 'rate', '23.5%'],
    [1, 'rate', '100%'],
    [0, 'rate', '0%'],
    [12_345.6, 'count', '12,346'],
    [3.25, 'count', '3.3'],
    [19.5, 'amount', '£19.50'],
    [1_234_567.8, 'amount', '£1,234,568'],
    [Number.NaN, 'count', 'unknown'],
  ] as const)('%d as %s: %s', (value, unit, text) => {
    expect(formatValue(value, { unit, currency: 'GBP' })).toBe(text);
  });

  test('a band of a rate does not start below nothing', () => {
    expect(formatBand(-0.002, 0.018, { unit: 'rate', currency: '' })).toBe('0% to 1.8%');
  });

  test('an axis has room for millions', () => {
    const pounds = { unit: 'amount', currency: 'GBP' } as const;
    expect([90_000, 1_250_000].map((value) => formatShort(value, pounds))).toEqual(['£90,000', '£1.25M']);
    expect(formatShort(30_000_000, { unit: 'count', currency: '' })).toBe('30M');
  });

  test('a currency that nobody knows is shown as it came', () => {
    expect(formatMoney(1_200, 'points')).toBe('1,200 points');
  });
});

test('times follow the zone through its change of clocks', () => {
  expect(formatInstant(Date.UTC(2026, 2, 29, 0, 30), 'Europe/London')).toBe('Sun 29 Mar 2026, 00:30 GMT');
  expect(formatInstant(Date.UTC(2026, 2, 29, 1, 30), 'Europe/London')).toBe('Sun 29 Mar 2026, 02:30 BST');
  expect(formatInstant(0, 'Mars/Olympus')).toBe('Thu 1 Jan 1970, 00:00 UTC');
});

test('a length of time is told in its two greatest units', () => {
  expect([90_000, 5_400_000, 183_600_000, -1].map(formatDuration)).toEqual([
    '1 min',
    '1 h 30 min',
    '2 d 3 h',
    '0 min',
  ]);
});

test('a slice is told in words, an unreadable one as it is', () => {
  expect(formatSliceWords('all')).toBe('overall');
  expect(formatSliceWords('category=a%2Cb,region=')).toBe('category a,b, region (none)');
  expect(formatSliceWords('nonsense')).toBe('nonsense');
});
