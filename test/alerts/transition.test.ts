import { describe, expect, test } from 'vitest';
import type { Transition } from '../../src/alerts/outcome.js';
import type { AlertReason, AlertRecord } from '../../src/alerts/record.js';
import { PLAIN_ROUTE } from '../../src/alerts/routing.js';
import { type AlertInput, transition } from '../../src/alerts/transition.js';
import type { AlertState } from '../../src/model/alert.js';
import { alertPoint, HOUR, hour, MINUTE, POLICY, T0 } from './fixtures.js';

const RULE = { for: 2, recover: 2, mergeGap: 6 * HOUR };
const NOW = hour(100);

const anomalous = (overrides: Partial<Extract<AlertInput, { kind: 'anomalous' }>> = {}): AlertInput => ({
  kind: 'anomalous',
  subject: {
    kind: 'metric',
    metric: 'dispute_rate',
    slice: 'region=GB',
    direction: 'up',
    title: 'Disputes per delivered order',
    owner: 'after-sales-gb',
    runbook: '',
    bucketSeconds: 3600,
    routingFor: () => ({ policy: POLICY, route: PLAIN_ROUTE }),
  },
  rule: RULE,
  point: alertPoint({ bucketStart: hour(99) }),
  amount: 500,
  severity: 'warning',
  carriers: [],
  inhibitor: '',
  silence: null,
  place: null,
  ...overrides,
});

/** The step that is due tells this channel. */
const due = (inhibitor = '', changes: object = {}): AlertInput => ({
  kind: 'due',
  inhibitor,
  place: null,
  targets: ['slack:#disputes'],
  deferUntil: 0,
  ...changes,
});

const SILENCE = { silenceId: 's1', until: NOW + HOUR, author: 'amira', reason: 'a known campaign' };

const INPUTS = {
  anomalous: anomalous(),
  critical: anomalous({ severity: 'critical' }),
  'anomalous under a parent': anomalous({ inhibitor: 'parent' }),
  normal: { kind: 'normal', rule: RULE, point: alertPoint({ value: 0.01, score: 0 }), outlived: false },
  'not evaluable': { kind: 'not_evaluable' },
  due: due(),
  'due under a parent': due('parent'),
  'parent resolved': { kind: 'parent_resolved', parent: 'parent', releaseAt: NOW + HOUR },
  acknowledge: { kind: 'acknowledge', actor: 'amira' },
  resolve: { kind: 'resolve', outlived: false },
  silenced: { kind: 'silenced', silence: SILENCE, snooze: false },
  'silence ended': { kind: 'silence_ended', place: null },
  feedback: { kind: 'feedback', feedback: { verdict: 'true', by: 'amira', at: NOW, note: '' } },
  'hand over': { kind: 'hand_over', owner: 'operations', targets: [] },
} satisfies Record<string, AlertInput>;

/** Alerts in every situation that the machine tells apart, each made by the machine itself. */
const pending = become(null, anomalous({ point: alertPoint() }), T0);
const firing = become(pending, anomalous({ point: alertPoint({ bucketStart: hour(1) }) }), hour(1));
const told = become(firing, due(), hour(1));
const acknowledged = become(told, INPUTS.acknowledge, hour(2));
const held = become(pending, anomalous({ inhibitor: 'parent' }), hour(1));
const heldAcknowledged = become(held, INPUTS.acknowledge, hour(2));
const releasing = become(held, { kind: 'parent_resolved', parent: 'parent', releaseAt: hour(3) }, hour(2));
const resolvedLately = become(told, INPUTS.resolve, NOW - HOUR);
const resolvedLongAgo = become(told, INPUTS.resolve, NOW - 7 * HOUR);
const recurring = become(become(told, INPUTS.resolve, NOW - 7 * HOUR), anomalous(), NOW - 2 * HOUR);
const silenced = become(told, INPUTS.silenced, hour(2));
const acknowledgedSilenced = become(acknowledged, INPUTS.silenced, hour(2));
const subsided = become(pending, INPUTS.normal, NOW - HOUR);

const SITUATIONS = {
  none: null,
  pending,
  firing,
  told,
  'told, one normal': become(told, INPUTS.normal, hour(2)),
  acknowledged,
  'acknowledged, one normal': become(acknowledged, INPUTS.normal, hour(3)),
  held,
  'held, acknowledged': heldAcknowledged,
  releasing,
  silenced,
  'acknowledged, silenced': acknowledgedSilenced,
  'resolved lately': resolvedLately,
  'resolved long ago': resolvedLongAgo,
  recurring,
  subsided,
} satisfies Record<string, AlertRecord | null>;

type Expected = readonly [state: AlertState, reason: AlertReason] | 'unchanged' | { refused: string };
type Row = Record<keyof typeof INPUTS, Expected>;

const no = (refused: string): Expected => ({ refused });
const same = 'unchanged';

/** Every situation with every input. */
const TABLE: Record<keyof typeof SITUATIONS, Row> = {
  none: {
    anomalous: ['pending', 'pending'],
    critical: ['pending', 'pending'],
    'anomalous under a parent': ['pending', 'pending'],
    normal: same,
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: no('not_firing'),
    resolve: no('not_firing'),
    silenced: no('not_firing'),
    'silence ended': same,
    feedback: no('not_firing'),
    'hand over': no('not_firing'),
  },
  pending: {
    anomalous: ['firing', 'fired'],
    critical: ['firing', 'fired'],
    'anomalous under a parent': ['firing', 'inhibited'],
    normal: ['resolved', 'subsided'],
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: no('not_firing'),
    resolve: no('not_firing'),
    silenced: no('not_firing'),
    'silence ended': same,
    feedback: no('not_firing'),
    'hand over': no('not_firing'),
  },
  firing: {
    anomalous: ['firing', 'anomalous'],
    critical: ['firing', 'worsened'],
    'anomalous under a parent': ['firing', 'anomalous'],
    normal: ['firing', 'recovering'],
    'not evaluable': same,
    due: ['firing', 'first_notification'],
    'due under a parent': ['firing', 'first_notification'],
    'parent resolved': same,
    acknowledge: ['acknowledged', 'acknowledged'],
    resolve: ['resolved', 'resolved'],
    silenced: ['firing', 'silenced'],
    'silence ended': same,
    feedback: ['firing', 'feedback'],
    'hand over': ['firing', 'handed_over'],
  },
  told: {
    anomalous: ['firing', 'anomalous'],
    critical: ['firing', 'worsened'],
    'anomalous under a parent': ['firing', 'anomalous'],
    normal: ['firing', 'recovering'],
    'not evaluable': same,
    due: ['firing', 'escalated'],
    'due under a parent': ['firing', 'escalated'],
    'parent resolved': same,
    acknowledge: ['acknowledged', 'acknowledged'],
    resolve: ['resolved', 'resolved'],
    silenced: ['firing', 'silenced'],
    'silence ended': same,
    feedback: ['firing', 'feedback'],
    'hand over': ['firing', 'handed_over'],
  },
  'told, one normal': {
    anomalous: ['firing', 'anomalous'],
    critical: ['firing', 'worsened'],
    'anomalous under a parent': ['firing', 'anomalous'],
    normal: ['resolved', 'resolved'],
    'not evaluable': same,
    due: ['firing', 'escalated'],
    'due under a parent': ['firing', 'escalated'],
    'parent resolved': same,
    acknowledge: ['acknowledged', 'acknowledged'],
    resolve: ['resolved', 'resolved'],
    silenced: ['firing', 'silenced'],
    'silence ended': same,
    feedback: ['firing', 'feedback'],
    'hand over': ['firing', 'handed_over'],
  },
  acknowledged: {
    anomalous: ['acknowledged', 'anomalous'],
    critical: ['acknowledged', 'worsened'],
    'anomalous under a parent': ['acknowledged', 'anomalous'],
    normal: ['acknowledged', 'recovering'],
    'not evaluable': same,
    due: ['firing', 'ack_timed_out'],
    'due under a parent': ['firing', 'ack_timed_out'],
    'parent resolved': same,
    acknowledge: no('already_acknowledged'),
    resolve: ['resolved', 'resolved'],
    silenced: ['acknowledged', 'silenced'],
    'silence ended': same,
    feedback: ['acknowledged', 'feedback'],
    'hand over': ['acknowledged', 'handed_over'],
  },
  'acknowledged, one normal': {
    anomalous: ['acknowledged', 'anomalous'],
    critical: ['acknowledged', 'worsened'],
    'anomalous under a parent': ['acknowledged', 'anomalous'],
    normal: ['resolved', 'resolved'],
    'not evaluable': same,
    due: ['firing', 'ack_timed_out'],
    'due under a parent': ['firing', 'ack_timed_out'],
    'parent resolved': same,
    acknowledge: no('already_acknowledged'),
    resolve: ['resolved', 'resolved'],
    silenced: ['acknowledged', 'silenced'],
    'silence ended': same,
    feedback: ['acknowledged', 'feedback'],
    'hand over': ['acknowledged', 'handed_over'],
  },
  held: {
    anomalous: ['firing', 'inhibition_ended'],
    critical: ['firing', 'inhibition_ended'],
    'anomalous under a parent': ['firing', 'anomalous'],
    normal: ['firing', 'recovering'],
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': ['firing', 'parent_resolved'],
    acknowledge: ['acknowledged', 'acknowledged'],
    resolve: ['resolved', 'resolved'],
    silenced: ['firing', 'silenced'],
    'silence ended': same,
    feedback: ['firing', 'feedback'],
    'hand over': ['firing', 'handed_over'],
  },
  'held, acknowledged': {
    anomalous: ['acknowledged', 'anomalous'],
    critical: ['acknowledged', 'worsened'],
    'anomalous under a parent': ['acknowledged', 'anomalous'],
    normal: ['acknowledged', 'recovering'],
    'not evaluable': same,
    due: ['firing', 'ack_timed_out'],
    'due under a parent': ['firing', 'ack_timed_out'],
    'parent resolved': same,
    acknowledge: no('already_acknowledged'),
    resolve: ['resolved', 'resolved'],
    silenced: ['acknowledged', 'silenced'],
    'silence ended': same,
    feedback: ['acknowledged', 'feedback'],
    'hand over': ['acknowledged', 'handed_over'],
  },
  releasing: {
    anomalous: ['firing', 'inhibition_ended'],
    critical: ['firing', 'inhibition_ended'],
    'anomalous under a parent': ['firing', 'anomalous'],
    normal: ['firing', 'recovering'],
    'not evaluable': same,
    due: ['firing', 'inhibition_ended'],
    'due under a parent': ['firing', 'inhibited'],
    'parent resolved': ['firing', 'parent_resolved'],
    acknowledge: ['acknowledged', 'acknowledged'],
    resolve: ['resolved', 'resolved'],
    silenced: ['firing', 'silenced'],
    'silence ended': same,
    feedback: ['firing', 'feedback'],
    'hand over': ['firing', 'handed_over'],
  },
  silenced: {
    anomalous: ['firing', 'anomalous'],
    critical: ['firing', 'worsened'],
    'anomalous under a parent': ['firing', 'anomalous'],
    normal: ['firing', 'recovering'],
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: ['acknowledged', 'acknowledged'],
    resolve: ['resolved', 'resolved'],
    silenced: ['firing', 'silenced'],
    'silence ended': ['firing', 'silence_ended'],
    feedback: ['firing', 'feedback'],
    'hand over': ['firing', 'handed_over'],
  },
  'acknowledged, silenced': {
    anomalous: ['acknowledged', 'anomalous'],
    critical: ['acknowledged', 'worsened'],
    'anomalous under a parent': ['acknowledged', 'anomalous'],
    normal: ['acknowledged', 'recovering'],
    'not evaluable': same,
    due: ['firing', 'ack_timed_out'],
    'due under a parent': ['firing', 'ack_timed_out'],
    'parent resolved': same,
    acknowledge: no('already_acknowledged'),
    resolve: ['resolved', 'resolved'],
    silenced: ['acknowledged', 'silenced'],
    'silence ended': ['acknowledged', 'silence_ended'],
    feedback: ['acknowledged', 'feedback'],
    'hand over': ['acknowledged', 'handed_over'],
  },
  'resolved lately': {
    anomalous: ['resolved', 'recurring'],
    critical: ['resolved', 'recurring'],
    'anomalous under a parent': ['resolved', 'recurring'],
    normal: same,
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: no('already_resolved'),
    resolve: no('already_resolved'),
    silenced: no('already_resolved'),
    'silence ended': same,
    feedback: ['resolved', 'feedback'],
    'hand over': no('already_resolved'),
  },
  'resolved long ago': {
    anomalous: ['pending', 'pending'],
    critical: ['pending', 'pending'],
    'anomalous under a parent': ['pending', 'pending'],
    normal: same,
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: no('already_resolved'),
    resolve: no('already_resolved'),
    silenced: no('already_resolved'),
    'silence ended': same,
    feedback: ['resolved', 'feedback'],
    'hand over': no('already_resolved'),
  },
  recurring: {
    anomalous: ['firing', 'reopened'],
    critical: ['firing', 'reopened'],
    'anomalous under a parent': ['firing', 'inhibited'],
    normal: ['resolved', 'subsided'],
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: no('already_resolved'),
    resolve: no('already_resolved'),
    silenced: no('already_resolved'),
    'silence ended': same,
    feedback: ['resolved', 'feedback'],
    'hand over': no('already_resolved'),
  },
  subsided: {
    anomalous: ['pending', 'pending'],
    critical: ['pending', 'pending'],
    'anomalous under a parent': ['pending', 'pending'],
    normal: same,
    'not evaluable': same,
    due: same,
    'due under a parent': same,
    'parent resolved': same,
    acknowledge: no('already_resolved'),
    resolve: no('already_resolved'),
    silenced: no('already_resolved'),
    'silence ended': same,
    feedback: no('not_firing'),
    'hand over': no('already_resolved'),
  },
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
          expect([stateOf(result), result.outcome === 'changed' && result.reason]).toEqual(expected);
        }
      });
    }
  }

  test('a run that began within the merge gap may end after it', () => {
    expect(NOW - (recurring.resolvedAt ?? NOW)).toBeGreaterThan(RULE.mergeGap);
    const reopened = become(recurring, anomalous(), NOW);
    expect(reopened).toMatchObject({ alertId: told.alertId, timesReopened: 1, resolvedAt: null });
    expect(reopened.openedAt).toBe(told.openedAt);
  });

  test('a later episode is another alert with the same fingerprint', () => {
    const next = become(resolvedLongAgo, anomalous(), NOW);
    expect(next.fingerprint).toBe(told.fingerprint);
    expect(next.alertId).not.toBe(told.alertId);
    expect(next).toMatchObject({ version: 1, startedAt: hour(99) });
  });

  test('without a run to wait for, the first anomalous point fires', () => {
    const fired = become(null, anomalous({ rule: { ...RULE, for: 1 } }), NOW);
    expect(fired).toMatchObject({ state: 'firing', openedAt: NOW, version: 1 });
    expect(fired.escalation.nextAt).toBe(NOW);
  });

  test('the alert resolves at the normal point that completes the run, not before', () => {
    const one = become(told, INPUTS.normal, hour(2));
    const broken = become(one, anomalous(), hour(3));
    const again = become(broken, INPUTS.normal, hour(4));
    expect(again.state).toBe('firing');
    expect(become(again, INPUTS.normal, hour(5))).toMatchObject({ state: 'resolved', resolvedAt: hour(5) });
  });

  test('the state version moves with the state only', () => {
    expect(told.version).toBeGreaterThan(told.stateVersion);
    expect(told.stateVersion).toBe(firing.version);
    expect(acknowledged.stateVersion).toBe(acknowledged.version);
  });
});

describe('escalation', () => {
  test('each step waits its delay after the one before', () => {
    const leads = due('', { targets: ['slack:#leads'] });
    const second = become(told, leads, hour(1) + 15 * MINUTE);
    expect(told.escalation).toMatchObject({ nextStep: 1, nextAt: hour(1) + 15 * MINUTE });
    expect(second.escalation).toMatchObject({
      nextStep: 2,
      nextAt: hour(1) + 45 * MINUTE,
      told: ['slack:#disputes', 'slack:#leads'],
    });
    const last = become(second, due(), hour(1) + 45 * MINUTE);
    expect(last.escalation).toMatchObject({ nextStep: 3, nextAt: null });
  });

  test('an acknowledgement stops it, is reminded of at half time, and when it runs out the same step is the next', () => {
    const halfTime = hour(2) + POLICY.ackTimeout / 2;
    const end = hour(2) + POLICY.ackTimeout;
    expect(acknowledged.escalation).toMatchObject({ nextStep: 1, nextAt: halfTime, ackEndsAt: end });
    expect(transition(acknowledged, due(), halfTime - 1)).toEqual({ outcome: 'unchanged' });
    const reminded = transition(acknowledged, due(), halfTime);
    expect(reminded).toMatchObject({ reason: 'ack_reminder', alert: { state: 'acknowledged' } });
    const back = become(become(acknowledged, due(), halfTime), due(), end);
    expect(back).toMatchObject({ state: 'firing', acknowledgedAt: null, acknowledgedBy: '' });
    expect(back.escalation).toMatchObject({ nextStep: 1, nextAt: end + 15 * MINUTE, ackEndsAt: null });
  });

  test('how long an acknowledgement holds can hang on the severity', () => {
    const byHour = { info: 8 * HOUR, warning: 4 * HOUR, critical: HOUR };
    const policy = { ...POLICY, ackTimeout: byHour };
    const critical = { ...told, severity: 'critical' as const, escalation: { ...told.escalation, policy } };
    expect(become(critical, INPUTS.acknowledge, hour(2)).escalation.ackEndsAt).toBe(hour(3));
  });

  test('a step waits for the owner to be at work, and then is taken', () => {
    const waiting = become(told, due('', { deferUntil: hour(9) }), hour(2));
    expect(waiting.escalation).toMatchObject({ nextStep: 1, nextAt: hour(9), told: ['slack:#disputes'] });
    expect(transition(told, due('', { deferUntil: hour(9) }), hour(2))).toMatchObject({
      reason: 'waits_for_work',
    });
    expect(become(waiting, due(), hour(9)).escalation.nextStep).toBe(2);
  });

  test('the steps begin anew so often as the policy says, and then what was said is repeated', () => {
    const policy = {
      ...POLICY,
      steps: [{ delay: 0, targets: ['console'] }],
      repeat: { times: 1, after: HOUR },
    };
    const route = { ...PLAIN_ROUTE, repeatInterval: 6 * HOUR };
    let alert: AlertRecord = { ...firing, escalation: { ...firing.escalation, policy, route } };
    const words: string[] = [];
    for (let step = 0; step < 4; step++) {
      const result = transition(alert, due(), alert.escalation.nextAt ?? 0);
      if (result.outcome !== 'changed') throw new Error(result.outcome);
      alert = result.alert;
      words.push(`${result.reason} ${((alert.escalation.nextAt ?? 0) - hour(1)) / HOUR}`);
    }
    expect(words).toEqual(['first_notification 1', 'escalated 7', 'repeat 13', 'repeat 19']);
  });

  test('whoever was told before hears of the recurrence itself, and the second step follows', () => {
    expect(become(recurring, anomalous(), NOW).escalation).toMatchObject({
      nextStep: 1,
      nextAt: NOW + 15 * MINUTE,
      told: ['slack:#disputes'],
    });
  });
});

function become(before: AlertRecord | null, input: AlertInput, now: number): AlertRecord {
  const result = transition(before, input, now);
  if (result.outcome !== 'changed') throw new Error(`${input.kind} changed nothing: ${result.outcome}`);
  return result.alert;
}

function stateOf(result: Transition): AlertState | null {
  return result.outcome === 'changed' ? result.alert.state : null;
}

function describeExpected(expected: Expected): string {
  if (expected === 'unchanged') return expected;
  return 'refused' in expected ? `refused: ${expected.refused}` : `${expected[0]}: ${expected[1]}`;
}
