import { expect, test } from 'vitest';
import type { AlertAction } from '../../src/alerts/command.js';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { AlertRecord } from '../../src/alerts/record.js';
import { transition } from '../../src/alerts/transition.js';
import type { SendOutcome } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { storyWords } from '../../src/notify/story-words.js';
import { afterHour, hour, MINUTE, POLICY, ROUTES, seen } from '../alerts/fixtures.js';
import { INPUTS, NOW, SITUATIONS } from '../alerts/situations.js';
import { makeNotification } from './fixtures.js';

const { display } = makeNotification();
/** Of the deliveries those to one target, which are enough to see. */
const FIRST = 'slack:#disputes';
const ARRIVES: SendOutcome = { outcome: 'sent', messageRef: 'C1:1' };

test('a whole story is sentences that say who did what, when and why', () => {
  const owners = [{ id: 'operations', name: 'Operations', slack: 'U0OPS', timezone: 'UTC', lead: '' }];
  const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES, owners });
  const story: JournalEntry[] = [];
  const answers: SendOutcome[] = [{ outcome: 'retry', reason: 'ratelimited', retryAfter: null }];
  const deliver = (now: number) => {
    for (const { deliveryId } of alerts.dueDeliveries(now))
      story.push(...alerts.recordAttempt(deliveryId, answers.shift() ?? ARRIVES, now));
  };
  const until = (now: number) => {
    for (let due = alerts.nextDue(); due !== null && due <= now; due = alerts.nextDue()) {
      story.push(...alerts.due(due));
      deliver(due);
    }
  };
  const look = (index: number, status: 'up' | 'normal', score = 2) => {
    until(afterHour(hour(index)));
    story.push(...alerts.observe(seen(hour(index), status, { score }), afterHour(hour(index))));
    until(afterHour(hour(index)));
  };
  const act = (actor: string, action: AlertAction, now: number) => {
    until(now);
    const result = alerts.act({ ...action, alertId: alerts.alerts()[0]?.alertId ?? '', actor }, now);
    if (result.outcome !== 'done') throw new Error(result.outcome);
    story.push(...result.entries);
    until(now);
  };
  look(0, 'up');
  act('ann', { kind: 'acknowledge' }, hour(1) + 30 * MINUTE);
  look(1, 'up', 5);
  until(hour(6));
  act('ann', { kind: 'feedback', verdict: 'true', note: 'a bad batch' }, hour(6));
  act('ann', { kind: 'hand_over', owner: 'operations' }, hour(6) + MINUTE);
  act('bob', { kind: 'snooze', until: hour(8), note: 'the carrier looks' }, hour(6) + 2 * MINUTE);
  look(8, 'normal');
  look(9, 'normal');
  const texts = storyWords(story, { ...display, timezone: 'UTC' });
  const isTold = ({ stream, version, body }: JournalEntry) =>
    stream === 'alert' ||
    (stream === 'delivery' && version > 1 && (body as { target?: string }).target === FIRST);
  expect(texts.filter((_, index) => isTold(story[index] as JournalEntry))).toEqual([
    'It fired as a warning: 2% where 1% was expected, usually 0.5% to 1.5%.',
    'The first step of policy after-sales was taken, to tell slack:#disputes.',
    'slack:#disputes could not be reached (ratelimited); it is tried again on Mon 8 Jan 2024, 07:10 UTC.',
    'slack:#disputes was told: The alert has just fired.',
    'Nobody had acknowledged it, so the next step of policy after-sales was taken, to tell slack:#disputes, slack:#leads.',
    'slack:#disputes was told: Nobody has acknowledged the alert in time, so it goes one step further.',
    'ann acknowledged it, and nobody else is called before Mon 8 Jan 2024, 11:30 UTC.',
    'slack:#disputes was told: The alert has been acknowledged.',
    'It became worse, from warning to critical: 2% where 1% was expected, usually 0.5% to 1.5%.',
    'slack:#disputes was told: It has become worse since the last message.',
    "Half of the time for ann's acknowledgement was over; it runs out on Mon 8 Jan 2024, 11:30 UTC.",
    'slack:#disputes was told: Half of the time for which the acknowledgement holds is over.',
    'The acknowledgement of ann ran out, and the escalation goes on where it stood.',
    'slack:#disputes was told: The acknowledgement has run out and the alert is still open.',
    'Nobody had acknowledged it, so the next step of policy after-sales was taken, to tell webhook:pager.',
    'ann says that this was a true alert: a bad batch.',
    'slack:#disputes was told: Somebody has said what the alert was worth.',
    'ann handed it over to operations.',
    'slack:#disputes was told: The alert has another owner.',
    'bob has silenced it until Mon 8 Jan 2024, 14:00 UTC: the carrier looks.',
    'slack:#disputes was told: The alert has been snoozed.',
    'The silence is over, and it is still there.',
    'slack:#disputes was told: It was silenced, the silence is over, and it is still there.',
    'Back in band, not yet for long enough to be over: 1% where 1% was expected, usually 0.5% to 1.5%.',
    'It is over after 10 h 10 min. About 20 more disputes than expected, worth £500.',
    'slack:#disputes was told: The alert is resolved.',
  ]);
});

test('whatever can happen to an alert has a sentence of its own', () => {
  const words = new Set<string>();
  for (const before of Object.values(SITUATIONS))
    for (const input of Object.values(INPUTS)) {
      const result = transition(before, input, NOW);
      if (result.outcome !== 'changed') continue;
      const entry = (alert: AlertRecord, reason: string): JournalEntry => ({
        ...{ stream: 'alert', id: 'a', version: alert.version, at: NOW, actor: 'system', reason },
        body: alert as unknown as JournalEntry['body'],
      });
      const earlier = before === null ? [] : [entry(before, 'anomalous')];
      const text = storyWords([...earlier, entry(result.alert, result.reason)], display).at(-1);
      words.add(result.reason);
      expect(text).toMatch(/^\S.* .*\.$/);
      expect(text).not.toBe(`${result.reason.replaceAll('_', ' ')}.`);
      expect(text).not.toMatch(/undefined|null|NaN|unknown| {2}/);
    }
  expect(words.size).toBeGreaterThan(30);
});
