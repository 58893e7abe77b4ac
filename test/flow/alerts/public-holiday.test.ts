import { expect } from 'vitest';
import { daysOff } from '../../../src/config/public-holidays.js';
import { at } from '../times.js';
import { ANN, promise, STANDARD } from './story.js';

const usual = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, holidays: [] };
const policies = [
  {
    ...STANDARD,
    steps: [
      { delay: 0, targets: ['slack:#disputes'] },
      { delay: 0, targets: ['owner'], waitsForWork: ['warning' as const] },
    ],
  },
];
const worksIn = async (country: string) => [
  { ...ANN, work: { ...usual, publicHolidays: await daysOff(country) } },
];

// The story's day is Bulgaria's day of liberation, and a Tuesday like any other in Romania.
promise(
  'nobody is asked on a public holiday of theirs',
  { policies, owners: await worksIn('BG') },
  (story) => {
    story.wrong('all', at('10:00'));
    expect(story.until(at('08:59', 1))).toEqual(['10:10 slack:#disputes first_notification all']);
    expect(story.until(at('09:00', 1))).toEqual(['Wed 09:00 slack:U-ann escalated all']);
  },
);

promise('and is on the holidays of others', { policies, owners: await worksIn('RO') }, (story) => {
  story.wrong('all', at('10:00'));
  expect(story.until(at('10:10'))).toContain('10:10 slack:U-ann escalated all');
});
