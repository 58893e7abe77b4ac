import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise } from './story.js';

const policy = (times: number | null) => ({
  id: 'standard',
  steps: [
    { delay: 0, targets: ['slack:#disputes'] },
    { delay: 15 * MINUTE, targets: ['owner'] },
  ],
  ackTimeout: 4 * HOUR,
  repeat: { times, after: HOUR },
});

promise('a policy that repeats twice begins anew twice', { policies: [policy(2)] }, (story) => {
  story.wrong('all', at('10:00'));
  expect(story.until(at('20:00'))).toEqual([
    '10:10 slack:#disputes first_notification all',
    '10:25 slack:U-ann escalated all',
    '11:25 slack:#disputes escalated all',
    '11:40 slack:U-ann escalated all',
    '12:40 slack:#disputes escalated all',
    '12:55 slack:U-ann escalated all',
  ]);
});

promise(
  'one that repeats for ever goes on until somebody acknowledges',
  { policies: [policy(null)] },
  (story) => {
    story.wrong('all', at('10:00'));
    expect(story.until(at('22:00')).slice(-4)).toEqual([
      '20:10 slack:#disputes escalated all',
      '20:25 slack:U-ann escalated all',
      '21:25 slack:#disputes escalated all',
      '21:40 slack:U-ann escalated all',
    ]);
    story.does('ann', { kind: 'acknowledge' });
    expect(story.until(at('23:50'))).toEqual([]);
  },
);

promise(
  'what was said last is said again at the interval of the route, to whoever was told, until it is over',
  { routes: [{ match: {}, policy: 'standard', repeatInterval: 2 * HOUR }] },
  (story) => {
    story.wrong('all', at('10:00'), at('16:00'));
    story.until(at('10:55'));
    expect(story.until(at('18:00'))).toEqual([
      '12:55 slack:#disputes repeat all',
      '12:55 slack:U-ann repeat all',
      '12:55 slack:U-bob repeat all',
      '14:55 slack:#disputes repeat all',
      '14:55 slack:U-ann repeat all',
      '14:55 slack:U-bob repeat all',
      '16:20 slack:#disputes resolved all',
      '16:20 slack:U-ann resolved all',
      '16:20 slack:U-bob resolved all',
    ]);
  },
);
