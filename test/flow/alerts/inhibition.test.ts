import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

promise('an incident of the whole is told once, and not for each of its slices', {}, (story) => {
  story.wrong('all', at('10:00'), at('11:00'));
  story.wrong('region=GB', at('10:00'), at('11:00'));
  story.wrong('category=toys,region=GB', at('10:10'), at('11:10'));
  expect(story.until(at('10:20'))).toEqual(['10:10 slack:#disputes first_notification all']);
  expect(story.alert('region=GB').state).toBe('firing');
  story.does('ann', { kind: 'acknowledge' });
  expect(story.until(at('15:00'))).toEqual(['11:20 slack:#disputes resolved all']);
  expect(story.log('region=GB')).toEqual(['10:10 inhibited', '11:20 parent_resolved', '11:20 resolved']);
});

promise('a slice that outlives its parent is told as soon as it has shown that it does', {}, (story) => {
  story.wrong('all', at('10:00'), at('11:00'));
  story.wrong('region=GB', at('10:00'));
  story.until(at('10:20'));
  story.does('ann', { kind: 'acknowledge' });
  expect(story.until(at('11:29'))).toEqual([
    '11:20 slack:#disputes first_notification region=GB',
    '11:20:01 slack:#disputes resolved all',
  ]);
});

promise(
  'what a rule names as the cause holds back what it names as its consequence, where they agree',
  {
    inhibit: [{ source: { severity: ['critical'] }, target: { severity: ['warning'] }, equal: ['region'] }],
  },
  (story) => {
    story.wrong('region=GB', at('10:00'), at('11:00'), 25);
    story.wrong('category=toys,region=GB', at('10:10'), at('12:00'), 2);
    story.wrong('channel=app,region=GB', at('10:10'), at('10:50'), 2);
    story.wrong('category=toys,region=FR', at('10:10'), at('10:20'), 2);
    expect(story.until(at('10:20'))).toEqual([
      '10:10 slack:#disputes first_notification region=GB',
      '10:20 slack:#disputes first_notification category=toys,region=FR',
    ]);
  },
);
