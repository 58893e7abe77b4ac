import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert, AlertState, Carrier } from '../../src/model/alert.js';
import { HOUR } from '../../src/model/clock.js';
import type { DeliveryReason } from '../../src/model/delivery.js';
import { alertMessage, changeMessage } from '../../src/notify/alert-message.js';
import { changeWords } from '../../src/notify/change-words.js';
import { dashboardAddress } from '../../src/notify/dashboard-link.js';
import type { SlackMessage } from '../../src/notify/slack-blocks.js';
import { parseSlackSubject } from '../../src/notify/slack-subject.js';
import { validateBlocks } from '../slack/validate-blocks.js';
import { CONTEXT, makeAlert, makeDelivery, makeFollowUp, makeNotification, NOON } from './fixtures.js';

const textOf = (message: SlackMessage): string => JSON.stringify(message.blocks);

const buttonsOf = (message: SlackMessage) =>
  message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

describe('an alert in plain words', () => {
  test('says what, where, how far off, since when, what it costs, who owns it and why it is sent', () => {
    const text = textOf(alertMessage(makeNotification(), CONTEXT));
    for (const words of [
      '🔴 Critical: Disputes per delivered order, high in category toys, region GB',
      'Latest value 4.1% (82 of 2,000), expected 1.3%, usually 0.9% to 1.8%.',
      'Mon 16 Feb 2026, 11:00 GMT',
      'About 56 more disputes than expected, worth £1,235',
      'category toys, region GB, scenario not_received: 86% of it (+48)',
      'Open, nobody has acknowledged it yet',
      'After-sales GB',
      '<https://wiki.example.com/disputes?a=1&amp;b=2|',
      'Why you see this: The alert has just fired.',
      'var-slice=category%3Dtoys%2Cregion%3DGB&amp;from=1771066800000&amp;to=now|Open the dashboard>',
    ])
      expect(text).toContain(words);
  });

  test('calls nobody by name, but for the owner when it is escalated', () => {
    const told = (reason: DeliveryReason) => {
      const notification = makeNotification({ delivery: makeDelivery({ reason }) });
      return JSON.stringify([alertMessage(notification, CONTEXT), changeMessage(notification, CONTEXT)]);
    };
    for (const reason of ['first_notification', 'worsened', 'resolved', 'ack_timed_out'] as const)
      expect(told(reason)).not.toContain('<@');
    expect(told('escalated')).toContain('<@U0OWNER> Nobody has acknowledged the alert in time');
  });

  test('tells what else happened then', () => {
    const annotation = {
      annotationId: 'n-1',
      kind: 'campaign',
      title: 'Spring <sale>',
      scope: 'region=GB',
      startsAt: NOON - 5 * HOUR,
      endsAt: NOON,
    } as const;
    expect(textOf(alertMessage(makeNotification({ annotations: [annotation] }), CONTEXT))).toContain(
      'Spring &lt;sale&gt; (campaign, region GB), Mon 16 Feb 2026, 07:00 GMT to Mon 16 Feb 2026, 12:00 GMT',
    );
  });

  test('leads to the dashboard at its own time: from before it began, and until it was over', () => {
    const over = makeAlert({ state: 'resolved', resolvedAt: NOON + 6 * HOUR });
    const address = (alert: Alert, url: string) => new URL(dashboardAddress(alert, url) ?? '');
    expect(address(over, 'http://grafana.test').pathname).toBe('/d/redress-metric');
    const { pathname, searchParams } = address(over, 'http://grafana.test/d/mine?orgId=2');
    expect(pathname).toBe('/d/mine');
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ orgId: '2', 'var-metric': 'dispute_rate', 'var-slice': 'category=toys,region=GB' },
      ...{ from: String(NOON - 49 * HOUR), to: String(NOON + 12 * HOUR) },
    });
    expect(dashboardAddress(over, '')).toBeNull();
  });

  test('tells times in the metric’s zone, and amounts in its currency', () => {
    const alert = makeAlert({ impactCount: -2_500, direction: 'down' });
    const display = {
      title: 'Refunds',
      unit: 'amount',
      counted: 'refunds',
      timezone: 'Asia/Tokyo',
      currency: 'JPY',
    } as const;
    const text = textOf(alertMessage(makeNotification({ alert, display }), CONTEXT));
    expect(text).toContain('Mon 16 Feb 2026, 20:00 GMT+9');
    expect(text).toContain('About JP¥2,500 less than expected');
  });

  test('tells of a mean how far it strayed, because distances of a mean do not add up to anything', () => {
    const alert = makeAlert();
    const worst = { ...alert.worst, value: 75, expected: 20 };
    const display = {
      title: 'Refund',
      unit: 'amount',
      counted: '',
      timezone: 'UTC',
      currency: 'GBP',
    } as const;
    const text = textOf(alertMessage(makeNotification({ alert: { ...alert, worst }, display }), CONTEXT));
    expect(text).toContain('At worst £55 above what was expected');
  });

  test('shows the five greatest carriers and counts the others', () => {
    const carriers: Carrier[] = Array.from({ length: 8 }, (_, index) => ({
      slice: `merchant_id=m${index}`,
      excess: 10,
      share: 0.1,
    }));
    const text = textOf(alertMessage(makeNotification({ alert: makeAlert({ carriers }) }), CONTEXT));
    expect(text).toContain('merchant_id m4');
    expect(text).not.toContain('merchant_id m5');
    expect(text).toContain('and 3 more');
  });

  test('trouble with the data has no values and no follow-up', () => {
    const alert = makeAlert({ kind: 'data_health', title: 'No events from kafka for 2 h', carriers: [] });
    const message = alertMessage(makeNotification({ alert }), CONTEXT);
    expect(message.text).toBe('Critical: No events from kafka for 2 h.');
    expect(textOf(message)).not.toContain('expected');
    expect(buttonsOf(message).map(({ action_id }) => action_id)).toEqual([
      'redress_acknowledge',
      'redress_resolve',
      'redress_snooze',
    ]);
  });
});

describe('the mark that an alert shows', () => {
  const silence = { silenceId: 's', until: NOON, author: 'Ann', reason: '' };
  test.each([
    ['🔵', 'info', 'firing', null],
    ['🟠', 'warning', 'firing', null],
    ['🔴', 'critical', 'firing', null],
    ['👀', 'critical', 'acknowledged', null],
    ['💤', 'critical', 'firing', silence],
    ['💤', 'critical', 'acknowledged', silence],
    ['✅', 'critical', 'resolved', null],
    ['✅', 'critical', 'resolved', silence],
  ] as const)('%s: %s, %s, silence %j', (mark, severity, state, silenced) => {
    const alert = makeAlert({ severity, state, silence: silenced, resolvedAt: NOON + 2 * HOUR });
    const [header] = alertMessage(makeNotification({ alert }), CONTEXT).blocks;
    expect(header?.type === 'header' && header.text.text.split(' ')[0]).toBe(mark);
  });
});

describe('the buttons that make sense', () => {
  test.each([
    ['pending', false, ['follow_up', 'feedback']],
    ['firing', false, ['acknowledge', 'resolve', 'follow_up', 'snooze', 'feedback']],
    ['firing', true, ['acknowledge', 'resolve', 'snooze', 'feedback']],
    ['acknowledged', false, ['resolve', 'follow_up', 'snooze', 'feedback']],
    ['acknowledged', true, ['resolve', 'snooze', 'feedback']],
    ['resolved', false, ['follow_up', 'feedback']],
    ['resolved', true, ['feedback']],
  ] as const)('%s, follow-up %s: %j', (state, followed, actions) => {
    const followUp = followed ? makeFollowUp() : null;
    const message = alertMessage(makeNotification({ alert: makeAlert({ state }), followUp }), CONTEXT);
    expect(buttonsOf(message).map(({ action_id }) => action_id)).toEqual(
      actions.map((action) => `redress_${action}`),
    );
    expect(textOf(message).includes('Bring the toys disputes down: in progress')).toBe(followed);
  });

  test('say by their block which alert they are about, and at which version', () => {
    const { blocks } = alertMessage(makeNotification(), CONTEXT);
    const ids = blocks.flatMap((block) => (block.type === 'actions' ? [block.block_id] : []));
    expect(ids.map(parseSlackSubject)).toEqual([{ kind: 'alert', id: 'a-1', version: 3 }]);
  });

  test('are left out rather than cut where the id is too long to come back whole', () => {
    const alert = makeAlert({ alertId: 'a'.repeat(256) });
    expect(buttonsOf(alertMessage(makeNotification({ alert }), CONTEXT))).toEqual([]);
  });
});

describe('trouble with the data or the messages', () => {
  const health = makeAlert({ kind: 'data_health', title: 'No events from kafka yet', slice: 'source=kafka' });
  const sale = { annotationId: 's', kind: 'campaign', title: 'Sale', scope: 'all' } as const;
  const annotations = [{ ...sale, startsAt: NOON, endsAt: NOON + HOUR }];

  test('says nothing of values, impact, campaigns or dashboards', () => {
    const text = JSON.stringify(
      alertMessage(makeNotification({ alert: health, annotations }), {
        ...CONTEXT,
        dashboardsUrl: 'https://grafana.example.com',
      }),
    );
    expect(text).toContain('No events from kafka yet');
    expect(text).not.toMatch(/expected|Latest value|Impact|Sale|grafana/);
  });

  test.each(['resolved', 'silence_ended', 'worsened'] as const)('%s: nor does its end', (reason) => {
    const alert = { ...health, resolvedAt: NOON + HOUR };
    const delivery = makeDelivery({ reason });
    expect(changeWords(makeNotification({ alert, delivery }), CONTEXT)).not.toMatch(/At worst|value|0%/);
  });
});

describe('a change, in one line', () => {
  test('says who resolved it, where a person did', () => {
    const alert = makeAlert({ state: 'resolved', resolvedAt: NOON + 2 * HOUR, resolvedBy: 'Ann' });
    const resolved = makeNotification({ alert, delivery: makeDelivery({ reason: 'resolved' }) });
    expect(changeWords(resolved, CONTEXT)).toMatch(/^Resolved by Ann after 3 h\. About 56 more disputes/);
    expect(textOf(alertMessage(resolved, CONTEXT))).toContain(
      'Resolved by Ann at Mon 16 Feb 2026, 14:00 GMT',
    );
  });

  test('says until when nobody else is called, unless a silence sees to that', () => {
    const acknowledged = (changes: Partial<Alert>) => {
      const { escalation } = makeAlert();
      const alert = makeAlert({
        ...{ state: 'acknowledged', acknowledgedBy: 'Ann', ...changes },
        escalation: { ...escalation, ackEndsAt: NOON + 4 * HOUR },
      });
      return changeWords(
        makeNotification({ alert, delivery: makeDelivery({ reason: 'acknowledged' }) }),
        CONTEXT,
      );
    };
    expect(acknowledged({})).toBe(
      'Acknowledged by Ann. Nobody else is called before Mon 16 Feb 2026, 16:00 GMT.',
    );
    const silence = { silenceId: 's', until: NOON + 9 * HOUR, author: 'Ann', reason: '' };
    expect(acknowledged({ silence })).toBe('Acknowledged by Ann. Nobody else is called.');
  });

  test('names the new owner as people know them', () => {
    const delivery = makeDelivery({ reason: 'handed_over' });
    const owners = [{ id: 'eve', name: 'Eve Adams', slack: '', timezone: 'UTC', lead: '' }];
    const handed = makeNotification({ alert: makeAlert({ owner: 'eve' }), delivery });
    expect(changeWords(handed, { owners })).toBe('Handed over to Eve Adams.');
  });

  test.each([
    ['acknowledged', 'Acknowledged by Ann. Nobody else is called.'],
    ['resolved', 'Resolved after 7 h. About 56 more disputes than expected, worth £1,235'],
    ['worsened', 'It has become worse since the last message. Latest value 4.1% (82 of 2,000), expected'],
    ['escalated', 'Nobody has acknowledged the alert in time, so it goes one step further.'],
  ] as const)('%s', (reason, words) => {
    const alert = makeAlert({ acknowledgedBy: 'Ann', resolvedAt: NOON + 6 * HOUR });
    const notification = makeNotification({
      alert,
      followUp: makeFollowUp(),
      delivery: makeDelivery({ reason }),
    });
    expect(changeMessage(notification, CONTEXT).text).toContain(words);
  });
});

describe('whatever the data holds', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('<', '>', '&', '\ud800', '😀', '\n', 'x', '|', ' '), maxLength: 60 }),
    fc.constantFrom('', '<!channel>', '&'.repeat(3_001), '<'.repeat(9_999), '😀'.repeat(2_000)),
    fc.constant(`https://example.com/${'&|<>'.repeat(300)}`),
  );
  const anyNumber = fc.double();
  const anyPoint = fc.record({
    bucketStart: fc.integer({ min: -8e15, max: 9e15 }),
    value: anyNumber,
    numerator: anyNumber,
    denominator: fc.option(anyNumber),
    expected: anyNumber,
    lower: anyNumber,
    upper: anyNumber,
    score: anyNumber,
  });
  const anyCarriers = fc.array(fc.record({ slice: anyText, excess: anyNumber, share: anyNumber }), {
    maxLength: 60,
  });
  const anyNotification = fc
    .record({
      texts: fc.array(anyText, { minLength: 12, maxLength: 12 }),
      state: fc.constantFrom<AlertState>('pending', 'firing', 'acknowledged', 'resolved'),
      reason: fc.constantFrom<DeliveryReason>(
        'first_notification',
        'acknowledged',
        'resolved',
        'follow_up_changed',
        'delivery_failed',
      ),
      kind: fc.constantFrom<'metric' | 'data_health'>('metric', 'data_health'),
      unit: fc.constantFrom<'rate' | 'count' | 'amount'>('rate', 'count', 'amount'),
      last: anyPoint,
      worst: anyPoint,
      carriers: anyCarriers,
      impact: anyNumber,
      followed: fc.boolean(),
    })
    .map(({ texts, state, reason, kind, unit, last, worst, carriers, impact, followed }) => {
      const [alertId = '', title = '', slice = '', owner = '', runbook = '', person = ''] = texts;
      const [, , , , , , timezone = '', currency = '', task = '', note = '', worker = '', metric = ''] =
        texts;
      return makeNotification({
        delivery: makeDelivery({ reason }),
        alert: makeAlert({
          ...{ alertId, title, slice, owner, runbook, state, kind, last, worst, carriers, metric },
          acknowledgedBy: person,
          impactCount: impact,
          impactAmount: impact,
          resolvedAt: state === 'resolved' ? NOON : null,
        }),
        followUp: followed ? makeFollowUp({ title: task, note, owner: worker }) : null,
        display: { title, unit, counted: 'disputes', timezone, currency },
      });
    });

  const messagesOf = (notification: Parameters<typeof changeMessage>[0]): SlackMessage[] => [
    alertMessage(notification, { ...CONTEXT, dashboardsUrl: notification.alert.runbook }),
    changeMessage(notification, CONTEXT),
  ];

  test('Slack takes the message', () => {
    fc.assert(
      fc.property(anyNotification, (notification) => {
        for (const { blocks, text } of messagesOf(notification)) {
          expect(validateBlocks(blocks)).toEqual([]);
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(1_000);
          // The client's form encoding throws on half characters.
          expect(() => encodeURIComponent(text + JSON.stringify(blocks))).not.toThrow();
          expect(JSON.stringify(blocks).length, 'well below msg_blocks_too_long').toBeLessThan(10_000);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('no text becomes markup: every sign is escaped but those of our own links', () => {
    const links = /<(?:https?:\/\/[^<>|]+\|[^<>|]*|@U0OWNER)>/g;
    fc.assert(
      fc.property(anyNotification, (notification) => {
        for (const { blocks, text } of messagesOf(notification)) {
          const shown = blocks.flatMap((block) => {
            if (block.type === 'header') return [block.text.text];
            if (block.type === 'section')
              return 'text' in block ? [block.text.text] : block.fields.map((field) => field.text);
            return block.type === 'context' ? block.elements.map((element) => element.text) : [];
          });
          for (const part of [text, ...shown])
            expect(part.replace(links, '').replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
