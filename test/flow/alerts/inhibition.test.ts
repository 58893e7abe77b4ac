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
  'what a rule names as the cause holds back what it names as its consequence, where they agree, until it is over',
  {
    inhibit: [{ source: { severity: ['critical'] }, target: { severity: ['warning'] }, equal: ['region'] }],
  },
  (story) => {
    // Neither slice is a part of another, so that nothing but the rule holds any of them back.
    story.wrong('channel=web,region=GB', at('10:00'), at('11:00'), 25);
    story.wrong('category=toys,region=GB', at('10:10'), at('12:00'));
    story.wrong('channel=app,region=GB', at('10:10'), at('10:50'));
    story.wrong('category=toys,region=FR', at('10:10'), at('10:20'));
    expect(story.until(at('10:20'))).toEqual([
      '10:10 slack:#disputes first_notification channel=web,region=GB',
      '10:20 slack:#disputes first_notification category=toys,region=FR',
    ]);
    expect(story.log('category=toys,region=GB')).toEqual(['10:20 inhibited']);
    expect(story.until(at('11:40')).filter((told) => told.endsWith('region=GB'))).toEqual([
      '10:25 slack:U-ann escalated channel=web,region=GB',
      '10:55 slack:U-bob escalated channel=web,region=GB',
      '11:20 slack:#disputes resolved channel=web,region=GB',
      '11:20 slack:U-ann resolved channel=web,region=GB',
      '11:20 slack:U-bob resolved channel=web,region=GB',
      '11:30 slack:#disputes first_notification category=toys,region=GB',
    ]);
    expect(story.log('channel=app,region=GB')).toEqual(['10:20 inhibited', '11:10 resolved']);
  },
);
