import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

promise(
  'an alert that is handed over goes to its new owner, who is told and is asked from then on',
  {},
  (story) => {
    story.wrong('all', at('10:00'));
    story.until(at('10:15'));
    expect(story.does('ann', { kind: 'hand_over', owner: 'eve' })).toEqual([
      '10:15 slack:#disputes handed_over all',
      '10:15 slack:U-eve handed_over all',
    ]);
    expect(story.until(at('10:30'))).toEqual(['10:25 slack:U-eve escalated all']);
    expect(story.alert()).toMatchObject({ owner: 'eve', state: 'firing' });
    expect(story.log()).toContain('10:15 handed_over by ann');
  },
);

promise('a click on the message from before the alert changed hands changes nothing', {}, (story) => {
  story.wrong('all', at('10:00'));
  story.until(at('10:15'));
  const { version } = story.alert();
  story.does('ann', { kind: 'hand_over', owner: 'eve' });
  expect(story.does('bob', { kind: 'acknowledge' }, 'all', version)).toEqual(['state_changed']);
  expect(story.does('bob', { kind: 'hand_over', owner: 'nobody' })).toEqual(['unknown_owner']);
  expect(story.alert()).toMatchObject({ owner: 'eve', state: 'firing' });
});
