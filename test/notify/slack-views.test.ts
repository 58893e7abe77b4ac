import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnnotationKind } from '../../src/model/annotation.js';
import { alertMessage, changeMessage } from '../../src/notify/alert-message.js';
import { followUpChangeMessage, followUpMessage } from '../../src/notify/follow-up-message.js';
import { reminderMessage } from '../../src/notify/reminder-message.js';
import { FOLLOW_UP_TURNS } from '../../src/notify/slack-actions.js';
import { followUpForm } from '../../src/notify/slack-follow-up-form.js';
import { followUpTurnForm } from '../../src/notify/slack-follow-up-forms.js';
import { formView } from '../../src/notify/slack-form.js';
import { parseSlackSubject, slackSubject } from '../../src/notify/slack-subject.js';
import { alertList, followUpList, homeView } from '../../src/notify/slack-views.js';
import { validateBlocks, validateView } from '../slack/validate-blocks.js';
import { CONTEXT, makeDelivery, makeFollowUpNotification, makeNotification, NOON } from './fixtures.js';
import { anyAlert, anyFollowUp, anyInstant, anyText, expectHarmless } from './texts.js';

const anyAnnotation = fc
  .record({ title: anyText, startsAt: anyInstant, endsAt: anyInstant, annotationId: fc.uuid() })
  .map((one) => ({ ...one, kind: 'campaign' as AnnotationKind, scope: 'all' }));

const anyOwners = fc.array(
  fc.record({ id: anyText, name: anyText }).map((one) => ({ ...one, slack: '', timezone: 'UTC', lead: '' })),
  { maxLength: 120 },
);

const display = makeNotification().display;
const listed = fc.record({
  alerts: fc.array(anyAlert, { maxLength: 40 }),
  followUps: fc.array(anyFollowUp, { maxLength: 40 }),
});

const RUNS = { numRuns: 60 };

describe('whatever people and events say, Slack takes it and nobody is mentioned', () => {
  test('in a list and in a home', () => {
    fc.assert(
      fc.property(listed, fc.nat({ max: 9 }), anyText, ({ alerts, followUps }, others, title) => {
        const all = { alerts, followUps, now: NOON, displayOf: () => display };
        for (const { text, blocks } of [alertList(title, all), followUpList(title, all)]) {
          expect(validateBlocks(blocks)).toEqual([]);
          expect(text.length).toBeGreaterThan(0);
          expectHarmless(blocks);
        }
        const home = homeView(all, others);
        expect(validateView(home, 'home')).toEqual([]);
        expectHarmless(home.blocks);
      }),
      RUNS,
    );
  });

  test('in the forms of a follow-up', () => {
    fc.assert(
      fc.property(anyAlert, anyFollowUp, anyOwners, anyText, (alert, followUp, owners, mine) => {
        const forms = [
          followUpForm({ alert, cause: null, owners, mine }),
          followUpForm({ alert, cause: alert.slice, owners, mine }),
          ...FOLLOW_UP_TURNS.map(({ value }) => followUpTurnForm(value, followUp, owners)),
          followUpTurnForm('ship_fix', followUp, owners),
        ];
        for (const form of forms) {
          const view = formView(form);
          expect(validateView(view, 'modal')).toEqual([]);
          expectHarmless(view.blocks);
        }
      }),
      RUNS,
    );
  });

  test('in the message of an alert with its chart, its group and what else happened, and of a follow-up', () => {
    fc.assert(
      fc.property(
        anyAlert,
        fc.array(anyAlert, { minLength: 2, maxLength: 30 }),
        fc.array(anyAnnotation, { maxLength: 12 }),
        anyFollowUp,
        fc.boolean(),
        (alert, members, annotations, followUp, grouped) => {
          const label = alert.title;
          const notification = makeNotification({
            ...{ alert, annotations, followUp, delivery: makeDelivery({ reason: 'escalated' }) },
            ...(grouped ? { group: { groupId: 'g', labels: { region: label }, cause: '', members } } : {}),
          });
          const chart = {
            key: 'F012345678',
            block: { type: 'image', slack_file: { id: 'F012345678' }, alt_text: '' },
          } as const;
          const about = makeFollowUpNotification({ followUp });
          const reminder = {
            kind: 'reminder',
            delivery: makeDelivery(),
            rootRef: '',
            person: followUp.owner,
            timezone: 'UTC',
            followUps: [followUp, followUp],
          } as const;
          for (const { blocks, text } of [
            alertMessage(notification, CONTEXT, chart),
            changeMessage(notification, CONTEXT),
            followUpMessage(about, CONTEXT),
            followUpChangeMessage(about),
            reminderMessage(reminder),
          ]) {
            expect(validateBlocks(blocks)).toEqual([]);
            expect(text.trim()).not.toBe('');
            expectHarmless(blocks);
            expect(JSON.stringify(blocks).length, 'well below msg_blocks_too_long').toBeLessThan(13_000);
          }
        },
      ),
      RUNS,
    );
  });
});

test('what a block is about comes back as it was said, or is not said at all', () => {
  fc.assert(
    fc.property(anyText, fc.nat(), (id, version) => {
      const said = slackSubject({ kind: 'alert', id, version });
      if (said === null) expect(id === '' || id.length > 230).toBe(true);
      else expect(parseSlackSubject(said)).toEqual({ kind: 'alert', id, version });
    }),
  );
});
