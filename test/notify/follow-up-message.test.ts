import { describe, expect, test } from 'vitest';
import { followUpChange } from '../../src/notify/follow-up-message.js';
import { makeFollowUp, makeNotification, NOON } from './fixtures.js';

const { display } = makeNotification();

describe('a follow-up tells', () => {
  test('how sure its effect is, what is beyond the other slices, and what it is worth', () => {
    const interval = { lower: 0.01, upper: 0.02 };
    const followUp = makeFollowUp({
      state: 'verified',
      closedAt: NOON,
      effect: {
        before: 0.013,
        during: 0.041,
        after: 0.012,
        points: 24,
        savedPerWeek: 412.3,
        evidence: {
          before: interval,
          during: interval,
          after: interval,
          difference: { estimate: -0.029, lower: -0.034, upper: -0.024 },
          net: { estimate: -0.021, lower: -0.028, upper: -0.014, sisters: 3 },
          savedPerWeek: { lower: 270, upper: 550 },
          moneyPerWeek: { estimate: 10_300, lower: 6_900, upper: 13_700 },
          dispersion: 1.4,
        },
      },
    });
    expect(followUpChange(followUp, 'follow_up_changed', display)).toContain(
      '; a change of -2.1% beyond the slices without the fix (90 % interval -2.8% to -1.4%), about 412 a week spared, worth £10,300',
    );
  });

  test('of everything that one reminder is about, as far as it can be read', () => {
    const others = Array.from({ length: 12 }, (_, i) =>
      makeFollowUp({ followUpId: `f${i}`, title: `Other ${i}` }),
    );
    const text = followUpChange(makeFollowUp(), 'follow_up_reminder', display, others);
    expect(text).toMatch(/^Reminder\. .*; Other 0: in progress, due .*; Other 9: .*; and 2 more$/);
    expect(text).not.toContain('Other 10');
  });
});
