import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { disputes, promise } from './story.js';

const restless = {
  flapping: { changes: 4, within: 2 * HOUR },
  metric: disputes({ recover: 1 }),
};

promise(
  'an alert that comes and goes is said to flap once, and then people hear nothing of it',
  restless,
  (story) => {
    for (let minute = 0; minute < 120; minute += 20)
      story.wrong('all', at('10:00') + minute * MINUTE, at('10:10') + minute * MINUTE);
    expect(story.until(at('10:40'))).toEqual([
      '10:10 slack:#disputes first_notification all',
      '10:20 slack:#disputes resolved all',
      '10:30 slack:#disputes reopened all',
      '10:40 slack:#disputes flapping all',
    ]);
    expect(story.until(at('13:59'))).toEqual([]);
    // The last turn was at 12:00; two hours without one and it is calm.
    expect(story.until(at('14:00'))).toEqual(['14:00 slack:#disputes flapping_ended all']);
    expect(story.alert()).toMatchObject({ state: 'resolved', flapping: false, timesReopened: 5 });
    expect(story.until(at('20:00'))).toEqual([]);
  },
);

promise('one that has calmed down while it is wrong goes on with its steps', restless, (story) => {
  for (let minute = 0; minute < 60; minute += 20)
    story.wrong('all', at('10:00') + minute * MINUTE, at('10:10') + minute * MINUTE);
  story.wrong('all', at('11:00'));
  story.until(at('11:00'));
  expect(story.until(at('13:09'))).toEqual([]);
  expect(story.until(at('13:10'))).toEqual(['13:10 slack:#disputes flapping_ended all']);
  expect(story.until(at('13:25'))).toEqual(['13:25 slack:U-ann escalated all']);
});
