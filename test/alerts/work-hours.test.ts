import { expect, test } from 'vitest';
import { nextWorkMoment } from '../../src/alerts/work-hours.js';
import type { Owner, WorkTime } from '../../src/model/owner.js';

const london = (work?: Partial<WorkTime>): Owner => ({
  ...{ id: 'ann', name: 'Ann', slack: '', lead: '', timezone: 'Europe/London' },
  ...(work === undefined
    ? {}
    : { work: { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, holidays: [], ...work } }),
});

test.each([
  ['at work it is now', london(), '2026-03-03T10:00', '2026-03-03T10:00'],
  ['before it, this morning', london(), '2026-03-03T06:30', '2026-03-03T09:00'],
  ['when the day ends, tomorrow morning', london(), '2026-03-03T17:00', '2026-03-04T09:00'],
  ['on Friday evening, on Monday', london(), '2026-03-06T18:00', '2026-03-09T09:00'],
  ['over the change of the clocks, an hour earlier in UTC', london(), '2026-03-27T18:00', '2026-03-30T08:00'],
  ['not on a day off', london({ holidays: ['2026-03-04'] }), '2026-03-03T18:00', '2026-03-05T09:00'],
  [
    'in hours of their own',
    london({ days: [6, 7], from: 600, to: 720 }),
    '2026-03-06T18:00',
    '2026-03-07T10:00',
  ],
  [
    'until midnight in hours that end before they begin',
    london({ from: 20 * 60, to: 4 * 60 }),
    '2026-03-03T23:59',
    '2026-03-03T23:59',
  ],
  ['for somebody unknown, in the usual hours of UTC', undefined, '2026-03-08T18:00', '2026-03-09T09:00'],
  ['for somebody who never works, now', london({ days: [] }), '2026-03-03T18:00', '2026-03-03T18:00'],
])('%s', (_promise, owner, now, then) => {
  expect(new Date(nextWorkMoment(owner, Date.parse(`${now}Z`))).toISOString().slice(0, 16)).toBe(then);
});
