import { expect } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

const FINANCE = {
  id: 'finance',
  steps: [
    { delay: 0, targets: ['slack:#finance'] },
    { delay: 20 * MINUTE, targets: ['slack:#disputes', 'slack:#controlling'] },
  ],
  ackTimeout: HOUR,
};

promise(
  'routes that let the next ones be asked run their policies side by side, under one acknowledgement',
  {
    policies: [STANDARD, FINANCE],
    routes: [
      { match: { metric: ['dispute_rate'] }, policy: 'finance', continue: true },
      { match: { region: ['GB'] }, policy: 'standard' },
      { match: {}, policy: 'finance' },
    ],
  },
  (story) => {
    story.wrong('region=GB', at('10:00'));
    expect(story.until(at('10:40'))).toEqual([
      '10:10 slack:#disputes first_notification region=GB',
      '10:10 slack:#finance first_notification region=GB',
      '10:25 slack:U-ann escalated region=GB',
      '10:30 slack:#controlling escalated region=GB',
      '10:30 slack:#disputes escalated region=GB',
    ]);
    expect(story.does('ann', { kind: 'acknowledge' }, 'region=GB')).toHaveLength(4);
    // The shorter of their two times runs out at 11:40.
    const timedOut = story.until(at('11:45')).filter((told) => told.includes('ack_timed_out'));
    expect(timedOut).toHaveLength(4);
    expect(timedOut[0]).toBe('11:40 slack:#controlling ack_timed_out region=GB');
    // Bob's step is 25 minutes behind the one before it, which finance took at 10:30.
    expect(story.until(at('12:30'))).toEqual(['12:05 slack:U-bob escalated region=GB']);
  },
);
