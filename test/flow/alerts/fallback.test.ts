import { expect } from 'vitest';
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
      title: 'Messages to slack:#disputes do not arrive: channel_not_found',
    });
    gone = false;
    story.does('ann', { kind: 'acknowledge' });
    expect(story.alert('target=slack:#disputes').state).toBe('resolved');
    // Whoever stood in goes on hearing of it.
    expect(story.until(at('12:00'))).toContain('11:20 slack:#backup resolved all');
  },
);
