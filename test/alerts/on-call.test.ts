import { describe, expect, test } from 'vitest';
import { gapsOf, onCallAt } from '../../src/alerts/on-call.js';
import type { Schedule } from '../../src/model/schedule.js';

/** Weeks that begin on a Monday at nine in London. */
const weekly: Schedule = {
  id: 'after-sales',
  timezone: 'Europe/London',
  rotation: ['ann', 'bob', 'eve'],
  startsOn: '2026-03-02',
  turnDays: 7,
  handOver: 9 * 60,
  hours: null,
  overrides: [],
};
const at = (text: string) => Date.parse(`${text}Z`);
const times = (gaps: readonly { from: number; to: number }[]) =>
  gaps.map(({ from, to }) =>
    [from, to].map((time) => new Date(time).toISOString().slice(0, 16)).join(' to '),
  );

describe('who is on call', () => {
  test.each([
    ['the first turn begins at its hour', '2026-03-02T09:00', 'ann'],
    ['a minute before the hand-over it is still the one before', '2026-03-09T08:59', 'ann'],
    ['at the hand-over it is the next', '2026-03-09T09:00', 'bob'],
    ['after the last one it is the first again', '2026-03-23T09:00', 'ann'],
    // The clocks went forward on the 29th, so that nine in London is eight in UTC.
    ['the hand-over stays at its time of day when the clocks change', '2026-03-30T07:59', 'ann'],
    ['and comes an hour earlier in UTC', '2026-03-30T08:00', 'bob'],
    ['before the first turn it is nobody', '2026-03-02T08:59', ''],
  ])('%s', (_promise, moment, owner) => {
    expect(onCallAt(weekly, at(moment))).toBe(owner);
  });

  test('turns of a day change every day', () => {
    const daily = { ...weekly, turnDays: 1 };
    const days = ['03', '04', '05', '06'].map((day) => onCallAt(daily, at(`2026-03-${day}T12:00`)));
    expect(days).toEqual(['bob', 'eve', 'ann', 'bob']);
  });

  test('somebody stands in for a while, the last word counts, and nobody may be said too', () => {
    const overrides = [
      { owner: 'bob', from: at('2026-03-03T00:00'), to: at('2026-03-06T00:00') },
      { owner: 'eve', from: at('2026-03-04T00:00'), to: at('2026-03-05T00:00') },
      { owner: '', from: at('2026-03-05T10:00'), to: at('2026-03-05T12:00') },
    ];
    const on = (moment: string) => onCallAt({ ...weekly, overrides }, at(moment));
    expect(on('2026-03-02T23:59')).toBe('ann');
    expect(on('2026-03-03T00:00')).toBe('bob');
    expect(on('2026-03-04T12:00')).toBe('eve');
    expect(on('2026-03-05T09:59')).toBe('bob');
    expect(on('2026-03-05T10:00')).toBe('');
    expect(on('2026-03-06T00:00')).toBe('ann');
  });
});

describe('gaps', () => {
  const week = [at('2026-03-02T00:00'), at('2026-03-09T00:00')] as const;

  test('of a rota without hours there are none once it has begun', () => {
    expect(times(gapsOf(weekly, ...week))).toEqual(['2026-03-02T00:00 to 2026-03-02T09:00']);
    expect(gapsOf(weekly, at('2026-03-09T00:00'), at('2026-04-06T00:00'))).toEqual([]);
  });

  test('of one for work hours are its nights and its weekend, each as one', () => {
    const hours = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60 };
    expect(times(gapsOf({ ...weekly, hours }, at('2026-03-04T12:00'), at('2026-03-09T12:00')))).toEqual([
      '2026-03-04T17:00 to 2026-03-05T09:00',
      '2026-03-05T17:00 to 2026-03-06T09:00',
      '2026-03-06T17:00 to 2026-03-09T09:00',
    ]);
  });

  test('of somebody who is taken out and not replaced last as long as that', () => {
    const overrides = [{ owner: '', from: at('2026-03-05T10:30'), to: at('2026-03-05T12:15') }];
    expect(times(gapsOf({ ...weekly, overrides }, at('2026-03-03T00:00'), week[1]))).toEqual([
      '2026-03-05T10:30 to 2026-03-05T12:15',
    ]);
  });
});
