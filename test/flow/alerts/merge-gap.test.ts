import { expect } from 'vitest';
import { HOUR } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { disputes, promise } from './story.js';

const gap = { metric: disputes({ for: 2, mergeGap: 2 * HOUR }) };

promise(
  'what comes back soon is the same episode, said in the same place to those who knew it',
  gap,
  (story) => {
    story.wrong('all', at('10:00'), at('10:30'));
    story.wrong('all', at('12:20'), at('13:00'));
    expect(story.until(at('10:50'))).toEqual([
      '10:20 slack:#disputes first_notification all',
      '10:35 slack:U-ann escalated all',
      '10:50 slack:#disputes resolved all',
      '10:50 slack:U-ann resolved all',
    ]);
    const { alertId } = story.alert();
    expect(story.until(at('12:39'))).toEqual([]);
    expect(story.until(at('12:40'))).toEqual([
      '12:40 slack:#disputes reopened all',
      '12:40 slack:U-ann reopened all',
    ]);
    expect(story.alert()).toMatchObject({ alertId, timesReopened: 1, startedAt: at('10:00') });
    // Who was told stands for the first step; the owner's is the next.
    expect(story.until(at('12:55'))).toEqual(['12:55 slack:U-ann escalated all']);
  },
);

promise('what comes back late is another episode, which begins from the first step', gap, (story) => {
  story.wrong('all', at('10:00'), at('10:30'));
  story.wrong('all', at('13:00'));
  story.until(at('10:50'));
  const { alertId, fingerprint } = story.alert();
  expect(story.until(at('13:20'))).toEqual(['13:20 slack:#disputes first_notification all']);
  expect(story.alert()).toMatchObject({ fingerprint, timesReopened: 0, startedAt: at('13:00') });
  expect(story.alert().alertId).not.toBe(alertId);
});

promise('one bad point after the end is not yet a recurrence', gap, (story) => {
  story.wrong('all', at('10:00'), at('10:30'));
  story.wrong('all', at('11:00'), at('11:10'));
  story.until(at('10:50'));
  expect(story.until(at('16:00'))).toEqual([]);
  expect(story.alert()).toMatchObject({ state: 'resolved', timesReopened: 0 });
});
