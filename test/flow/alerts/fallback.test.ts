import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

const route = { match: {}, policy: STANDARD.id, fallback: ['slack:#backup'] };

promise(
  'when a channel cannot be reached another one is told in its place, and that is an alert of its own',
  { routes: [route] },
  (story) => {
    let gone = true;
    story.answer = (target) =>
      gone && target === 'slack:#disputes'
        ? { outcome: 'failed', reason: 'channel_not_found' }
        : { outcome: 'sent', messageRef: `${target}:1` };
    story.wrong('all', at('10:00'), at('11:00'));
    expect(story.until(at('10:11'))).toEqual([
      '10:10 console delivery_failed target=slack:#disputes',
      '10:10 slack:#backup fell_back all',
    ]);
    expect(story.alert('target=slack:#disputes')).toMatchObject({
      kind: 'data_health',
      state: 'firing',
      title:
        'Messages to slack:#disputes do not arrive: there is no such channel, or the app is not in it (channel_not_found)',
    });
    gone = false;
    story.does('ann', { kind: 'acknowledge' });
    expect(story.alert('target=slack:#disputes').state).toBe('resolved');
    // Whoever stood in goes on hearing of it.
    expect(story.until(at('12:00'))).toContain('11:20 slack:#backup resolved all');
  },
);

promise(
  'when a channel cannot be reached for a while others are told meanwhile, and it hears of it when it can be reached',
  { routes: [route] },
  (story) => {
    let away = true;
    story.answer = (target) =>
      away && target === 'slack:#disputes'
        ? { outcome: 'retry', reason: 'http_503', retryAfter: null }
        : { outcome: 'sent', messageRef: `${target}:1` };
    story.wrong('all', at('10:00'), at('10:20'));
    // Nobody waits for a quarter of an hour that cannot help.
    expect(story.until(at('10:24'))).toEqual([
      '10:20:15 console delivery_failed target=slack:#disputes',
      '10:20:15 slack:#backup fell_back all',
    ]);
    expect(story.until(at('15:00'))).toEqual([
      '10:25 slack:U-ann escalated all',
      '10:40 slack:#backup resolved all',
      '10:40 slack:U-ann resolved all',
    ]);
    expect(story.alert('target=slack:#disputes').state).toBe('firing');
    away = false;
    // One message, of how it stands by then.
    expect(story.until(at('15:05'))).toEqual([
      expect.stringMatching(/^15:0\d(:\d\d)? slack:#disputes resolved all$/),
      expect.stringMatching(/^15:0\d(:\d\d)? console resolved target=slack:#disputes$/),
    ]);
  },
);

promise(
  'news that replaces a message which cannot be delivered does not begin the wait anew',
  { routes: [route] },
  (story) => {
    story.answer = (target) =>
      target === 'slack:#disputes'
        ? { outcome: 'retry', reason: 'timeout', retryAfter: null }
        : { outcome: 'sent', messageRef: `${target}:1` };
    story.wrong('all', at('10:00'), at('10:20'));
    story.wrong('all', at('10:20'), undefined, 30);
    story.until(at('10:14'));
    story.does('ann', { kind: 'acknowledge' });
    expect(story.until(at('10:26'))).toContain('10:24:15 slack:#backup fell_back all');
  },
);

promise(
  'a message that has not arrived within its time is given up, and later ones are tried all the same',
  { routes: [route], deliveries: { fallBackAfter: 15 * MINUTE, giveUpAfter: HOUR } },
  (story) => {
    let away = true;
    story.answer = (target) =>
      away && target === 'slack:#disputes'
        ? { outcome: 'retry', reason: 'timeout', retryAfter: null }
        : { outcome: 'sent', messageRef: `${target}:1` };
    story.wrong('all', at('10:00'), at('13:00'));
    story.until(at('12:00'));
    expect(story.attempts('slack:#disputes').at(-1)).toBe('11:05:15 failed too_old: timeout');
    away = false;
    expect(story.until(at('14:00'))).toContain('13:20 slack:#disputes resolved all');
  },
);
