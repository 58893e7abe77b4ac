import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

/** Every night from ten to six in Berlin, which is an hour ahead: 21:00 to 05:00 UTC. */
const nights = {
  kind: 'make',
  actor: 'ann',
  match: { metric: ['dispute_rate'] },
  reason: 'the nightly import',
  endsAt: at('00:00', 5),
  recurrence: { days: [1, 2, 3, 4, 5, 6, 7], from: 22 * 60, to: 6 * 60, timezone: 'Europe/Berlin' },
} as const;

promise(
  'a silence for the nights mutes each of them, and tells in the morning what is still there',
  {},
  (story) => {
    story.wrong('all', at('23:00'), at('23:30'));
    story.wrong('all', at('04:00', 1), at('06:30', 1));
    story.wrong('all', at('20:40', 1), at('22:00', 1));
    story.until(at('12:00'));
    story.silences(nights);
    expect(story.until(at('04:59', 1))).toEqual([]);
    expect(story.until(at('05:14', 1))).toEqual(['Wed 05:00 slack:#disputes first_notification all']);
    story.does('ann', { kind: 'acknowledge' });
    expect(story.until(at('20:49', 1))).toEqual(['Wed 06:50 slack:#disputes resolved all']);
    // Wednesday evening's has fired before ten and ends in the night: its steps stop, its end is told to who knew it.
    expect(story.until(at('20:59', 1))).toEqual(['Wed 20:50 slack:#disputes first_notification all']);
    expect(story.until(at('12:00', 2))).toEqual(['Wed 22:20 slack:#disputes resolved all']);
    expect(story.alert().state).toBe('resolved');
  },
);
