import { expect } from 'vitest';
import { MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

const URGENT = {
  ...STANDARD,
  id: 'urgent',
  steps: [
    { delay: 0, targets: ['webhook:pager'] },
    { delay: 5 * MINUTE, targets: ['owner_lead'] },
  ],
};
const settings = {
  policies: [STANDARD, URGENT],
  routes: [
    { match: { severity: ['critical'] }, policy: 'urgent' },
    { match: {}, policy: 'standard' },
  ],
};

promise('what is critical goes by the policy for that', settings, (story) => {
  story.wrong('all', at('10:00'), undefined, 25);
  expect(story.until(at('10:20'))).toEqual([
    '10:10 webhook:pager first_notification all',
    '10:15 slack:U-bob escalated all',
  ]);
});

promise(
  'what becomes critical changes to that policy, and whoever knew goes on hearing of it',
  settings,
  (story) => {
    story.wrong('all', at('10:00'), at('10:20'), 2);
    story.wrong('all', at('10:20'), at('11:00'), 25);
    expect(story.until(at('10:29'))).toEqual([
      '10:10 slack:#disputes first_notification all',
      '10:25 slack:U-ann escalated all',
    ]);
    expect(story.until(at('10:40')).sort()).toEqual([
      '10:30 slack:#disputes worsened all',
      '10:30 slack:U-ann worsened all',
      '10:30 webhook:pager escalated all',
      '10:35 slack:U-bob escalated all',
    ]);
  },
);
