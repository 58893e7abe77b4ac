import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

promise('an alert does not end because its data stopped, and its steps go on', {}, (story) => {
  story.wrong('all', at('10:00'), at('11:00'));
  story.noData(at('11:10'), at('09:00', 1));
  expect(story.until(at('11:00'))).toHaveLength(3);
  // One normal point came through at 11:10; the second one, with which it is over, comes the next morning.
  expect(story.until(at('09:09', 1))).toEqual([]);
  expect(story.alert()).toMatchObject({ state: 'firing', normalRun: 1 });
  expect(story.until(at('09:10', 1))).toEqual([
    'Wed 09:10 slack:#disputes resolved all',
    'Wed 09:10 slack:U-ann resolved all',
    'Wed 09:10 slack:U-bob resolved all',
  ]);
});
