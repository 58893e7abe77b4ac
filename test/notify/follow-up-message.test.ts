import { describe, expect, test } from 'vitest';
import { followUpMessage } from '../../src/notify/follow-up-message.js';
import { followUpChange } from '../../src/notify/follow-up-words.js';
import { reminderWords } from '../../src/notify/reminder-message.js';
import { validateBlocks } from '../slack/validate-blocks.js';
import { CONTEXT, makeDelivery, makeFollowUp, makeFollowUpNotification, NOON } from './fixtures.js';

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
    expect(followUpChange(makeFollowUpNotification({ followUp }))).toContain(
      '; a change of -2.1% beyond the slices without the fix (90 % interval -2.8% to -1.4%), about 412 a week spared, worth £10,300',
    );
  });

  test('of everything that one reminder is about, as far as it can be read', () => {
    const followUps = Array.from({ length: 12 }, (_, i) =>
      makeFollowUp({ followUpId: `f${i}`, title: `Other ${i}`, owner: i === 0 ? 'kai' : 'ann' }),
    );
    const { headline, lines } = reminderWords({
      kind: 'reminder',
      delivery: makeDelivery({ reason: 'follow_up_reminder' }),
      rootRef: '',
      person: 'ann',
      timezone: 'Europe/London',
      followUps,
    });
    expect(headline).toBe('Reminder for ann: 12 follow-ups need attention');
    expect(lines[0]).toBe('Other 0: in progress, due Thu 19 Feb 2026, 12:00 GMT, owner kai');
    expect(lines.slice(9)).toEqual(['Other 9: in progress, due Thu 19 Feb 2026, 12:00 GMT', 'and 2 more']);
  });

  test('its state in a message within what Slack takes, whatever people have written', () => {
    const followUp = makeFollowUp({
      title: '<!channel> & '.repeat(300),
      note: '*bold* <https://x|y> '.repeat(400),
    });
    const { blocks } = followUpMessage(makeFollowUpNotification({ followUp }), CONTEXT);
    expect(validateBlocks(blocks)).toEqual([]);
    expect(JSON.stringify(blocks)).not.toContain('<!channel>');
  });
});
