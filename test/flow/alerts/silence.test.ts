import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

const strike = {
  kind: 'make',
  actor: 'ann',
  match: { metric: ['dispute_rate'] },
  reason: 'the carrier is on strike',
  endsAt: at('12:30'),
} as const;

promise('what is silenced before it begins is told when the silence ends', {}, (story) => {
  story.wrong('all', at('10:00'));
  story.until(at('09:00'));
  story.silences(strike);
  expect(story.until(at('12:29'))).toEqual([]);
  expect(story.alert()).toMatchObject({ state: 'firing', silence: { author: 'ann' } });
  expect(story.until(at('12:45'))).toEqual([
    '12:30 slack:#disputes first_notification all',
    '12:45 slack:U-ann escalated all',
  ]);
});

promise('whoever knew of an alert hears that it is still there when its silence ends', {}, (story) => {
  story.wrong('all', at('10:00'));
  expect(story.until(at('10:30'))).toHaveLength(2);
  expect(story.silences(strike).heard).toEqual([]);
  expect(story.until(at('12:29'))).toEqual([]);
  expect(story.until(at('12:30'))).toEqual([
    '12:30 slack:#disputes silence_ended all',
    '12:30 slack:U-ann silence_ended all',
  ]);
  // Bob's step stood still meanwhile, and its half hour is counted from now.
  expect(story.until(at('13:00'))).toEqual(['13:00 slack:U-bob escalated all']);
});

promise('a silence that somebody ends early announces what it muted at once', {}, (story) => {
  story.wrong('all', at('10:00'));
  story.until(at('09:00'));
  const { silence } = story.silences(strike);
  story.until(at('11:00'));
  const ended = story.silences({ kind: 'end', silenceId: silence.silenceId, actor: 'eve' });
  expect(ended.heard).toEqual(['11:00 slack:#disputes first_notification all']);
});

promise('what ends under a silence is never told, and is in the log', {}, (story) => {
  story.wrong('all', at('10:00'), at('11:00'));
  story.until(at('09:00'));
  story.silences(strike);
  expect(story.until(at('14:00'))).toEqual([]);
  expect(story.log()).toEqual(['10:10 fired', '11:20 resolved']);
});

promise('a silence until all is resolved ends with the last alert, and the next one is told', {}, (story) => {
  story.wrong('all', at('10:00'), at('11:00'));
  story.wrong('all', at('15:00'));
  story.until(at('10:15'));
  const { silence } = story.silences({ ...strike, endsAt: undefined, untilResolved: true });
  // Whoever knew of it hears that it is over, silence or not.
  expect(story.until(at('15:09'))).toEqual(['11:20 slack:#disputes resolved all']);
  expect(silence.endsAt).toBeGreaterThan(at('10:15', 29));
  expect(story.until(at('15:10'))).toEqual(['15:10 slack:#disputes first_notification all']);
});

promise('a snoozed alert is told of again in the morning, to those who knew it', {}, (story) => {
  story.wrong('all', at('18:00'));
  story.until(at('18:15'));
  expect(story.does('ann', { kind: 'snooze', until: at('09:00', 1) })).toEqual([
    '18:15 slack:#disputes snoozed all',
  ]);
  expect(story.until(at('08:59', 1))).toEqual([]);
  expect(story.until(at('09:00', 1))).toEqual(['Wed 09:00 slack:#disputes silence_ended all']);
});
