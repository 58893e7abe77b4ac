import { describe, expect, test } from 'vitest';
import { FollowUpDesk } from '../../src/followups/desk.js';
import type { FollowUpReason, FollowUpRecord } from '../../src/followups/record.js';
import { type FollowUpInput, transition } from '../../src/followups/transition.js';
import { DAY } from '../../src/model/clock.js';
import type { FollowUpState } from '../../src/model/follow-up.js';
import { alert, hour, OWNERS, SETTINGS, seen } from './fixtures.js';

const SHIPPED = hour(10);
const NOW = hour(20);
const IN_BAND = seen(15, { value: 0.011 });
const OUT_OF_BAND = seen(15, { value: 0.03, status: 'anomalous' });
const { reopenWindow } = SETTINGS;
const GUARD = { window: SETTINGS.guardWindow, dueAt: NOW + DAY };

const INPUTS = {
  acknowledge: { kind: 'acknowledge' },
  start: { kind: 'start' },
  'ship fix': { kind: 'ship_fix', pointsNeeded: 2 },
  'ship fix, in the past': { kind: 'ship_fix', pointsNeeded: 2, shippedAt: hour(2) },
  'ship fix, before the incident': { kind: 'ship_fix', pointsNeeded: 2, shippedAt: hour(-1) },
  'ship fix, in the future': { kind: 'ship_fix', pointsNeeded: 2, shippedAt: NOW + 1 },
  "won't do": { kind: 'wont_do', note: 'the supplier leaves in March' },
  "won't do, no reason": { kind: 'wont_do', note: ' ' },
  reopen: { kind: 'reopen', dueAt: NOW + DAY },
  assign: { kind: 'assign', owner: 'kai' },
  'set due': { kind: 'set_due', dueAt: NOW + DAY, reason: 'parts' },
  'set due, no reason': { kind: 'set_due', dueAt: NOW + DAY, reason: ' ' },
  'set due, past': { kind: 'set_due', dueAt: NOW, reason: 'parts' },
  'set priority': { kind: 'set_priority', priority: 'urgent', reason: 'in the news', actor: 'kai' },
  'set priority, no reason': { kind: 'set_priority', priority: 'urgent', reason: ' ', actor: 'kai' },
  'set the same priority': { kind: 'set_priority', priority: 'high', reason: 'in the news', actor: 'kai' },
  note: { kind: 'note', text: 'seen', actor: 'kai' },
  link: { kind: 'link', url: 'https://tracker.example/1', title: 'Ticket 1', actor: 'kai' },
  'set action': { kind: 'set_action', action: 'call the carrier' },
  'attach an alert': { kind: 'attach_alert', alert: alert({ alertId: 'next' }) },
  'attach a known alert': { kind: 'attach_alert', alert: alert() },
  'point in band': { kind: 'point', ...IN_BAND },
  'point out of band': { kind: 'point', ...OUT_OF_BAND },
  'point not evaluable': { kind: 'point', ...seen(15, { value: 0.011, status: 'not_evaluable' }) },
  'point that cannot be judged': {
    kind: 'point',
    ...seen(15, { value: 0.011, status: 'not_evaluable', reason: 'stale' }),
  },
  'point out of band, guarded': { kind: 'point', ...OUT_OF_BAND, guard: GUARD },
  'point in band, guarded': { kind: 'point', ...IN_BAND, guard: GUARD },
  'point from before the fix': { kind: 'point', ...seen(9, { value: 0.011 }) },
  'known alert again': { kind: 'recurrence', alert: alert(), reopenWindow, dueAt: NOW + DAY },
  'next alert': { kind: 'recurrence', alert: alert({ alertId: 'next' }), reopenWindow, dueAt: NOW + DAY },
  remind: { kind: 'remind', reason: 'due_today' },
  climb: { kind: 'climb', to: 'lena' },
} satisfies Record<string, FollowUpInput>;

/** Follow-ups in every situation that the machine tells apart, each made by the machine itself. */
const opened = openOne();
const acknowledged = become(opened, INPUTS.acknowledge, hour(4));
const inProgress = become(acknowledged, INPUTS.start, hour(5));
const shipped = become(inProgress, INPUTS['ship fix'], SHIPPED);
const verifying = become(shipped, { kind: 'point', ...seen(11, { value: 0.011 }) }, hour(12));
const doubtful = become(verifying, { kind: 'point', ...seen(12, { value: 0.03 }) }, hour(13));
const verified = become(verifying, { kind: 'point', ...seen(12, { value: 0.011 }) }, hour(13));
const shaken = become(verified, { kind: 'point', ...seen(14, { value: 0.03 }), guard: GUARD }, hour(15));
const verifiedLongAgo = { ...verified, closedAt: NOW - reopenWindow - 1 };
const wontDo = become(opened, INPUTS["won't do"], hour(13));

const SITUATIONS = {
  open: opened,
  acknowledged,
  'in progress': inProgress,
  'fix shipped': shipped,
  verifying,
  'verifying, one out of band': doubtful,
  verified,
  'verified, one out of band': shaken,
  'verified long ago': verifiedLongAgo,
  "won't do": wontDo,
} satisfies Record<string, FollowUpRecord>;

type Expected = readonly [state: FollowUpState, reason: FollowUpReason] | 'unchanged' | { refused: string };

const same = 'unchanged';
const done: Expected = { refused: 'already_done' };
const closed: Expected = { refused: 'already_closed' };
const wrongDate: Expected = { refused: 'shipped_at_wrong' };
const notClosed: Expected = { refused: 'not_closed' };

/** What inputs do in every state in which people work on it; only the forward commands differ. */
const working = (state: FollowUpState) =>
  ({
    'ship fix': ['fix_shipped', 'fix_shipped'],
    'ship fix, in the past': ['fix_shipped', 'fix_shipped'],
    'ship fix, before the incident': wrongDate,
    'ship fix, in the future': wrongDate,
    "won't do": ['wont_do', 'wont_do'],
    "won't do, no reason": { refused: 'reason_required' },
    reopen: notClosed,
    assign: [state, 'assigned'],
    'set due': [state, 'due_changed'],
    'set due, past': { refused: 'due_in_past' },
    'set due, no reason': { refused: 'reason_required' },
    'set priority': [state, 'priority_changed'],
    'set priority, no reason': { refused: 'reason_required' },
    'set the same priority': done,
    note: [state, 'noted'],
    link: [state, 'linked'],
    'set action': [state, 'action_set'],
    'attach an alert': [state, 'alert_attached'],
    'attach a known alert': done,
    'point in band': same,
    'point out of band': [state, 'still_anomalous'],
    'point not evaluable': same,
    'point that cannot be judged': same,
    'point out of band, guarded': [state, 'still_anomalous'],
    'point in band, guarded': same,
    'point from before the fix': same,
    'known alert again': same,
    'next alert': [state, 'recurred'],
    remind: [state, 'due_today'],
    climb: [state, 'climbed'],
  }) as const;

const watched = (state: FollowUpState) =>
  ({
    ...working(state),
    acknowledge: done,
    start: done,
    'ship fix': done,
    'ship fix, in the past': done,
    'ship fix, before the incident': done,
    'ship fix, in the future': done,
    'point that cannot be judged': [state, 'point_skipped'],
    'point from before the fix': same,
    remind: same,
    climb: same,
  }) as const;

const over = (state: FollowUpState) =>
  ({
    acknowledge: closed,
    start: closed,
    'ship fix': closed,
    'ship fix, in the past': closed,
    'ship fix, before the incident': closed,
    'ship fix, in the future': closed,
    "won't do": closed,
    "won't do, no reason": closed,
    reopen: ['open', 'reopened'],
    assign: closed,
    'set due': closed,
    'set due, past': closed,
    'set due, no reason': closed,
    'set priority': closed,
    'set priority, no reason': closed,
    'set the same priority': closed,
    note: [state, 'noted'],
    link: [state, 'linked'],
    'set action': closed,
    'attach an alert': [state, 'alert_attached'],
    'attach a known alert': done,
    'point in band': same,
    'point out of band': same,
    'point not evaluable': same,
    'point that cannot be judged': same,
    'point out of band, guarded': same,
    'point in band, guarded': same,
    'point from before the fix': same,
    'known alert again': same,
    'next alert': same,
    remind: same,
    climb: same,
  }) as const;

/** Every situation with every input. */
const TABLE: Record<keyof typeof SITUATIONS, Record<keyof typeof INPUTS, Expected>> = {
  open: {
    ...working('open'),
    acknowledge: ['acknowledged', 'acknowledged'],
    start: ['in_progress', 'started'],
  },
  acknowledged: { ...working('acknowledged'), acknowledge: done, start: ['in_progress', 'started'] },
  'in progress': { ...working('in_progress'), acknowledge: done, start: done },
  'fix shipped': {
    ...watched('fix_shipped'),
    'point in band': ['verifying', 'verifying'],
    'point in band, guarded': ['verifying', 'verifying'],
    'point out of band': ['verifying', 'verifying'],
    'point out of band, guarded': ['verifying', 'verifying'],
  },
  verifying: {
    ...watched('verifying'),
    'point in band': ['verified', 'verified'],
    'point in band, guarded': ['verified', 'verified'],
    'point out of band': ['verifying', 'point_out_of_band'],
    'point out of band, guarded': ['verifying', 'point_out_of_band'],
  },
  'verifying, one out of band': {
    ...watched('verifying'),
    'point in band': ['verifying', 'point_in_band'],
    'point in band, guarded': ['verifying', 'point_in_band'],
    'point out of band': ['in_progress', 'fix_failed'],
    'point out of band, guarded': ['in_progress', 'fix_failed'],
  },
  verified: {
    ...over('verified'),
    'known alert again': ['open', 'reopened'],
    'next alert': ['open', 'reopened'],
    'point out of band, guarded': ['verified', 'point_out_of_band'],
  },
  'verified, one out of band': {
    ...over('verified'),
    'known alert again': ['open', 'reopened'],
    'next alert': ['open', 'reopened'],
    'point out of band, guarded': ['open', 'relapsed'],
    'point in band, guarded': ['verified', 'point_in_band'],
  },
  'verified long ago': over('verified'),
  "won't do": over('wont_do'),
};

describe('the transition table', () => {
  for (const [situation, row] of Object.entries(TABLE)) {
    for (const [input, expected] of Object.entries(row)) {
      const before = SITUATIONS[situation as keyof typeof SITUATIONS];
      test(`${situation} × ${input} → ${describeExpected(expected)}`, () => {
        const result = transition(before, INPUTS[input as keyof typeof INPUTS], NOW);
        if (expected === 'unchanged') expect(result).toEqual({ outcome: 'unchanged' });
        else if ('refused' in expected) {
          expect(result).toEqual({ outcome: 'refused', reason: expected.refused });
        } else {
          if (result.outcome !== 'changed') throw new Error(JSON.stringify(result));
          expect([result.followUp.state, result.reason]).toEqual(expected);
          expect(result.followUp.version).toBe(before.version + 1);
        }
      });
    }
  }

  test('only points lead into verifying and verified', () => {
    for (const [input, by] of Object.entries(INPUTS)) {
      if (by.kind === 'point') continue;
      for (const before of Object.values(SITUATIONS)) {
        const result = transition(before, by, NOW);
        const state = result.outcome === 'changed' ? result.followUp.state : before.state;
        if (state !== before.state) expect(['verifying', 'verified'], input).not.toContain(state);
      }
    }
  });

  test('a next incident within the window brings its own measure of before and during', () => {
    const worse = alert({
      alertId: 'next',
      episode: { points: 1, numerator: 50, denominator: 1000, amount: 0 },
      first: { ...alert().first, expected: 0.012, upper: 0.018 },
    });
    const again = become(verified, { ...INPUTS['next alert'], alert: worse }, NOW);
    expect(again).toMatchObject({
      followUpId: verified.followUpId,
      alertId: 'next',
      timesReopened: 1,
      during: 0.05,
      baseline: { expected: 0.012, upper: 0.018 },
      effect: null,
      closedAt: null,
    });
  });
});

function openOne(): FollowUpRecord {
  const result = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS }).open(
    { alert: alert(), actor: 'amira' },
    hour(3),
  );
  if (result.outcome !== 'done') throw new Error(result.reason);
  return result.followUp as FollowUpRecord;
}

function become(before: FollowUpRecord, input: FollowUpInput, now: number): FollowUpRecord {
  const result = transition(before, input, now);
  if (result.outcome !== 'changed') throw new Error(`${input.kind} changed nothing: ${result.outcome}`);
  return result.followUp;
}

function describeExpected(expected: Expected): string {
  if (expected === 'unchanged') return expected;
  return 'refused' in expected ? `refused: ${expected.refused}` : `${expected[0]}: ${expected[1]}`;
}
