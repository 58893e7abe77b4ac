import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

const bySeverity = { info: 8 * HOUR, warning: 4 * HOUR, critical: HOUR };
const policies = [{ ...STANDARD, ackTimeout: bySeverity }];

promise(
  'an acknowledgement is reminded of at half its time, runs out, and the same step is the next',
  { policies },
  (story) => {
    story.wrong('all', at('10:00'));
    story.until(at('10:20'));
    story.does('ann', { kind: 'acknowledge' });
    expect(story.until(at('12:20'))).toEqual(['12:20 slack:#disputes ack_reminder all']);
    expect(story.until(at('14:19'))).toEqual([]);
    expect(story.until(at('14:20'))).toEqual(['14:20 slack:#disputes ack_timed_out all']);
    expect(story.alert()).toMatchObject({ state: 'firing', acknowledgedBy: '' });
    // Ann's step was the next when she acknowledged, and it still is.
    expect(story.until(at('14:35'))).toEqual(['14:35 slack:U-ann escalated all']);
  },
);

promise('the acknowledgement of what is critical holds for a shorter time', { policies }, (story) => {
  story.wrong('all', at('10:00'), undefined, 25);
  story.until(at('10:12'));
  story.does('ann', { kind: 'acknowledge' });
  expect(story.until(at('11:12'))).toEqual([
    '10:42 slack:#disputes ack_reminder all',
    '11:12 slack:#disputes ack_timed_out all',
  ]);
});

promise('what is over needs no reminder', { policies }, (story) => {
  story.wrong('all', at('10:00'), at('11:00'));
  story.until(at('10:20'));
  story.does('ann', { kind: 'acknowledge' });
  expect(story.until(at('10:20') + 5 * HOUR)).toEqual(['11:20 slack:#disputes resolved all']);
});

promise('a second acknowledgement says that there is one already', {}, (story) => {
  story.wrong('all', at('10:00'));
  story.until(at('10:20'));
  story.does('ann', { kind: 'acknowledge' });
  story.until(at('10:20') + MINUTE);
  expect(story.does('bob', { kind: 'acknowledge' })).toEqual(['already_acknowledged']);
  expect(story.alert().acknowledgedBy).toBe('ann');
});
