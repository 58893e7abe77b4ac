import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

promise('people are told one after the other until somebody acknowledges', {}, (story) => {
  story.wrong('all', at('10:00'));
  expect(story.until(at('10:09'))).toEqual([]);
  expect(story.until(at('10:10'))).toEqual(['10:10 slack:#disputes first_notification all']);
  expect(story.until(at('10:24'))).toEqual([]);
  expect(story.until(at('10:25'))).toEqual(['10:25 slack:U-ann escalated all']);

  story.until(at('10:40'));
  expect(story.does('ann', { kind: 'acknowledge' })).toEqual([
    '10:40 slack:#disputes acknowledged all',
    '10:40 slack:U-ann acknowledged all',
  ]);
  // Bob would have been told at 10:55.
  expect(story.until(at('12:39'))).toEqual([]);
  expect(story.alert()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ann' });
  expect(story.log()).toEqual([
    '10:10 fired',
    '10:10 first_notification',
    '10:25 escalated',
    '10:40 acknowledged by ann',
  ]);
});
