import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

/** Ann's week is over on Wednesday the fourth at nine, and then it is Eve's; Bob stands in for two hours of it. */
const schedule = {
  id: 'after-sales',
  timezone: 'UTC',
  rotation: ['ann', 'eve'],
  startsOn: '2026-02-25',
  turnDays: 7,
  handOver: 9 * 60,
  hours: null,
  overrides: [{ owner: 'bob', from: at('12:00', 1), to: at('14:00', 1) }],
};
const settings = {
  schedules: [schedule],
  policies: [
    {
      ...STANDARD,
      steps: [
        { delay: 0, targets: ['schedule:after-sales'] },
        { delay: 30 * MINUTE, targets: ['schedule:after-sales'] },
      ],
      ackTimeout: HOUR,
    },
  ],
};

promise(
  'whoever is on call when a step is taken is told, also when the turn has changed since the first',
  settings,
  (story) => {
    story.wrong('all', at('08:30', 1), at('09:30', 1));
    story.wrong('all', at('13:00', 1), undefined);
    expect(story.until(at('09:10', 1))).toEqual([
      'Wed 08:40 slack:U-ann first_notification all',
      'Wed 09:10 slack:U-eve escalated all',
    ]);
    story.until(at('13:00', 1));
    const recurred = story.until(at('13:40', 1));
    expect(recurred).toContain('Wed 13:40 slack:U-bob escalated all');
  },
);
