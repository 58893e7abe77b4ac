import { expect } from 'vitest';
import { HOUR } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { ANN, promise, STANDARD } from './story.js';

const unreachable = { ...ANN, slack: '', lead: '' };

promise(
  'a step that reaches nobody is recorded, and the next follows at once',
  {
    owners: [unreachable],
    policies: [
      {
        ...STANDARD,
        steps: [
          { delay: 0, targets: ['owner'] },
          { delay: HOUR, targets: ['slack:#leads'] },
        ],
      },
    ],
  },
  (story) => {
    story.wrong('all', at('10:00'));
    expect(story.until(at('10:10'))).toEqual(['10:10 slack:#leads first_notification all']);
    expect(story.log()).toEqual(['10:10 fired', '10:10 nobody_to_tell', '10:10 first_notification']);
  },
);

promise(
  'an alert that nobody at all hears of says so and stays open',
  { owners: [], policies: [] },
  (story) => {
    story.wrong('all', at('10:00'));
    expect(story.until(at('12:00'))).toEqual([]);
    expect(story.log()).toEqual(['10:10 fired', '10:10 nobody_to_tell']);
    expect(story.alert().state).toBe('firing');
  },
);
