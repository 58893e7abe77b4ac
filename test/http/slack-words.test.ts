import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alertName, refusedCommand, refusedFollowUp, refusedTurn } from '../../src/http/click-words.js';
import { commandAnswer, formAnswer } from '../../src/http/slack-answers.js';
import { silenceByCommand } from '../../src/http/slack-silence.js';
import { SimulatedClock } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Silence } from '../../src/model/silence.js';
import { NOON } from '../notify/fixtures.js';
import { anyAlert, anyFollowUp, anyInstant, anyText, expectHarmless } from '../notify/texts.js';
import { validateAnswer } from '../slack/answers.js';
import { FakeService } from './fake-service.js';

/** What has happened meanwhile, by people of any name. */
const anySince = fc.array(
  fc
    .record({
      reason: fc.constantFrom('acknowledged', 'resolved', 'fired', 'handed_over', 'snoozed', 'edited'),
      actor: anyText,
      at: anyInstant,
    })
    .map((one): JournalEntry => ({ ...one, stream: 'alert', id: 'a', version: 1, body: {} })),
  { maxLength: 8 },
);

const anyRefusal = fc.constantFrom(
  'already_acknowledged',
  'already_resolved',
  'not_firing',
  'already_the_owner',
  'state_changed',
);

const anySilence = fc
  .record({ values: fc.array(anyText, { minLength: 1, maxLength: 5 }), author: anyText, reason: anyText })
  .map(
    ({ values, author, reason }): Silence => ({
      ...{ silenceId: 'silence-1', origin: 'person', match: { category: values }, author, reason },
      ...{ startsAt: NOON, endsAt: NOON + 1, untilResolved: false, recurrence: null, state: 'active' },
      ...{
        nextAt: null,
        activeSince: NOON,
        matched: false,
        reportedIdle: false,
        createdAt: NOON,
        version: 1,
      },
    }),
  );

/** Said alone, with a command's answer, and in the place of a form. */
function expectTaken(text: string): void {
  expect(validateAnswer(commandAnswer(text))).toEqual([]);
  expect(validateAnswer(formAnswer({ outcome: 'refused', text }, 'form'))).toEqual([]);
  expectHarmless([{ type: 'section', text: { type: 'mrkdwn', text } }]);
}

const RUNS = { numRuns: 60 };

describe('whatever people and events say, Slack takes the answer and nobody is mentioned', () => {
  test('to a click that is refused', () => {
    fc.assert(
      fc.property(anyAlert, anyRefusal, anySince, (alert, reason, since) => {
        expectTaken(refusedCommand({ outcome: 'refused', reason, alert }, since));
        expectTaken(alertName(alert));
      }),
      RUNS,
    );
  });

  test('to a turn of a follow-up that is refused, and to one that is open already', () => {
    fc.assert(
      fc.property(anyFollowUp, anySince, (followUp, since) => {
        expectTaken(refusedTurn({ outcome: 'refused', reason: 'state_changed', followUp }, since));
        expectTaken(refusedFollowUp({ outcome: 'refused', reason: 'already_open', followUp }));
      }),
      RUNS,
    );
  });

  test('to what is typed of silences', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(anySilence, { maxLength: 30 }), async (typed, silences) => {
        const [silence] = silences;
        const ports = {
          slack: new FakeService().slack,
          silences: {
            list: () => silences,
            act: async () =>
              silence === undefined ? { outcome: 'not_found' } : { outcome: 'done', entries: [], silence },
          },
        } as unknown as Parameters<typeof silenceByCommand>[1]['ports'];
        const parts = { ports, permit: async () => null, clock: new SimulatedClock(NOON) };
        for (const text of [typed, 'list', 'end silence-1', `category="${typed}" for 4h because ${typed}`]) {
          const reply = await silenceByCommand(text, parts, { id: 'U0ANN', name: 'ann' });
          if (typeof reply !== 'string') throw new Error('it is said in words');
          expect(validateAnswer(commandAnswer(reply))).toEqual([]);
          expectHarmless([{ type: 'section', text: { type: 'mrkdwn', text: reply } }]);
        }
      }),
      RUNS,
    );
  });
});
