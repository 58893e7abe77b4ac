import { describe, expect, test } from 'vitest';
import { transition } from '../../src/alerts/transition.js';
import { hour } from './fixtures.js';
import {
  anomalous,
  become,
  INPUTS,
  type Input,
  NOW,
  RULE,
  SITUATIONS,
  type Situation,
} from './situations.js';

/** Fired and not over: nobody works on it and nothing holds it back. */
const FIRING: readonly Situation[] = [
  ...([
    'firing',
    'told',
    'told, one normal',
    'silenced',
    'gathering',
    'leading',
    'leading, with news',
  ] as const),
  ...(['member', 'flapping', 'flapping, calm by now'] as const),
];
const HELD: readonly Situation[] = ['held', 'releasing'];
const ACKNOWLEDGED: readonly Situation[] = [
  ...(['acknowledged', 'acknowledged, one normal', 'held, acknowledged'] as const),
  ...(['acknowledged, silenced', 'leading, acknowledged', 'member, acknowledged'] as const),
];
const LATELY: readonly Situation[] = ['resolved lately', 'flapping, over, calm by now'];
const OVER: readonly Situation[] = [...LATELY, 'resolved long ago', 'recurring', 'subsided'];
/** What an anomalous point is the first of an episode to. */
const BLANK: readonly Situation[] = ['none', 'resolved long ago', 'subsided'];
/** A step of theirs is what is due. */
const STEPPING: readonly Situation[] = ['told', 'told, one normal', 'leading'];
const NOT_FIRED: readonly Situation[] = ['none', 'pending'];

const but = (all: readonly Situation[], ...others: Situation[]) =>
  all.filter((each) => !others.includes(each));

/** What becomes of which situations by an input: the state and the word. Whatever is not named is left unchanged. */
type Outcomes = Record<string, readonly Situation[]>;

const WHEN_ANOMALOUS: Outcomes = {
  'pending: pending': BLANK,
  'firing: fired': ['pending'],
  'firing: anomalous': FIRING,
  'firing: inhibition_ended': HELD,
  'acknowledged: anomalous': ACKNOWLEDGED,
  'resolved: recurring': LATELY,
  'firing: reopened': ['recurring'],
};

const WHEN_WORSE: Outcomes = {
  ...without(WHEN_ANOMALOUS, 'firing: anomalous', 'acknowledged: anomalous'),
  'firing: worsened': FIRING,
  'acknowledged: worsened': ACKNOWLEDGED,
};

/** What is due to those that do not wait for a step. */
const WHEN_DUE: Outcomes = {
  'firing: ack_timed_out': but(ACKNOWLEDGED, 'member, acknowledged'),
  'firing: inhibition_ended': ['releasing'],
  'firing: group_changed': ['leading, with news'],
  'firing: flapping_ended': ['flapping, calm by now'],
  'resolved: flapping_ended': ['flapping, over, calm by now'],
};

const STEP_TAKEN: Outcomes = {
  'firing: first_notification': ['firing', 'gathering'],
  'firing: escalated': STEPPING,
};

/** Only what has fired and is not over can be acted on by people. */
const byPerson = (word: string): Outcomes => ({
  'refused: not_firing': NOT_FIRED,
  [`firing: ${word}`]: [...FIRING, ...HELD],
  [`acknowledged: ${word}`]: ACKNOWLEDGED,
  'refused: already_resolved': OVER,
});

const TABLE: Record<Input, Outcomes> = {
  anomalous: WHEN_ANOMALOUS,
  critical: WHEN_WORSE,
  'half as bad again': WHEN_WORSE,
  'anomalous under a parent': {
    ...without(WHEN_ANOMALOUS, 'firing: fired', 'firing: reopened', 'firing: inhibition_ended'),
    'firing: anomalous': [...FIRING, ...HELD],
    'firing: inhibited': ['pending', 'recurring'],
  },
  'anomalous once too often': WHEN_ANOMALOUS,
  'anomalous, into a group': {
    ...without(WHEN_ANOMALOUS, 'firing: fired', 'firing: reopened'),
    'firing: joined_group': ['pending', 'recurring'],
  },
  'anomalous, under a silence': WHEN_ANOMALOUS,
  normal: {
    'firing: recovering': [...but(FIRING, 'told, one normal'), ...HELD],
    'acknowledged: recovering': but(ACKNOWLEDGED, 'acknowledged, one normal'),
    'resolved: resolved': ['told, one normal', 'acknowledged, one normal'],
    'resolved: subsided': ['pending', 'recurring'],
  },
  'new normal': {
    'resolved: new_normal': [...FIRING, ...HELD, ...ACKNOWLEDGED],
    'resolved: subsided': ['pending', 'recurring'],
  },
  'not evaluable': {},
  due: { ...WHEN_DUE, ...STEP_TAKEN },
  'due with nobody to tell': { ...WHEN_DUE, 'firing: nobody_to_tell': ['firing', 'gathering', ...STEPPING] },
  'due out of work hours': { ...WHEN_DUE, 'firing: waits_for_work': ['firing', 'gathering', ...STEPPING] },
  'due under a parent': {
    ...without(WHEN_DUE, 'firing: inhibition_ended'),
    ...STEP_TAKEN,
    'firing: inhibited': ['releasing'],
  },
  'parent resolved': { 'firing: parent_resolved': HELD },
  acknowledge: {
    'refused: not_firing': NOT_FIRED,
    'acknowledged: acknowledged': [...FIRING, ...HELD],
    'refused: already_acknowledged': ACKNOWLEDGED,
    'refused: already_resolved': OVER,
  },
  resolve: {
    'refused: not_firing': NOT_FIRED,
    'resolved: resolved': [...FIRING, ...HELD, ...ACKNOWLEDGED],
    'refused: already_resolved': OVER,
  },
  silenced: byPerson('silenced'),
  snoozed: byPerson('snoozed'),
  'silence ended': {
    'firing: silence_ended': ['silenced'],
    'acknowledged: silence_ended': ['acknowledged, silenced'],
  },
  feedback: {
    ...without(byPerson('feedback'), 'refused: already_resolved'),
    'refused: not_firing': [...NOT_FIRED, 'subsided'],
    'resolved: feedback': but(OVER, 'subsided'),
  },
  'hand over': byPerson('handed_over'),
  'group grew': {
    'firing: group_grew': ['leading'],
    'acknowledged: group_grew': ['leading, acknowledged'],
  },
  lead: { 'firing: leads_group': ['member', 'member, acknowledged'] },
  'led by another': {
    'firing: led_by_another': ['gathering', 'leading', 'leading, with news'],
    'acknowledged: led_by_another': ['leading, acknowledged'],
  },
  'group unacknowledged': { 'firing: group_ack_timed_out': ACKNOWLEDGED },
  'lead an incident': {
    'firing: leads_incident': [
      'firing',
      'silenced',
      'flapping',
      'flapping, calm by now',
      'told',
      'told, one normal',
      ...HELD,
    ],
    'acknowledged: leads_incident': but(ACKNOWLEDGED, 'leading, acknowledged', 'member, acknowledged'),
  },
  'join an incident': {
    'firing: joined_incident': [...FIRING, ...HELD],
    'acknowledged: joined_incident': ACKNOWLEDGED,
  },
  'tell also': {
    'firing: tells_also': ['firing', 'gathering', 'leading, with news', ...STEPPING],
    'acknowledged: tells_also': ['acknowledged', 'acknowledged, one normal', 'leading, acknowledged'],
  },
  'tell also, by a graver policy': {
    'firing: rerouted': ['firing', 'gathering', 'leading, with news', ...STEPPING],
  },
  undeliverable: {
    'firing: fell_back': ['firing', 'gathering', 'leading, with news', ...STEPPING],
    'acknowledged: fell_back': ['acknowledged', 'acknowledged, one normal', 'leading, acknowledged'],
  },
};

describe('the transition table', () => {
  test.each(Object.keys(INPUTS) as Input[])('%s', (input) => {
    const expected = Object.entries(TABLE[input]).flatMap(([outcome, situations]) =>
      situations.map((situation) => [situation, outcome] as const),
    );
    expect(new Set(expected.map(([situation]) => situation)).size).toBe(expected.length);
    const outcomes = Object.entries(SITUATIONS).map(([situation, before]) => {
      const result = transition(before, INPUTS[input], NOW);
      if (result.outcome === 'changed') return [situation, `${result.alert.state}: ${result.reason}`];
      return [situation, result.outcome === 'refused' ? `refused: ${result.reason}` : 'unchanged'];
    });
    const rest = Object.keys(SITUATIONS).map((situation) => [situation, 'unchanged'] as const);
    expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries([...rest, ...expected]));
  });
});

const { firing, told, acknowledged, recurring } = SITUATIONS;

describe('an episode', () => {
  test('a run that began within the merge gap may end after it', () => {
    expect(NOW - (recurring.resolvedAt ?? NOW)).toBeGreaterThan(RULE.mergeGap);
    const reopened = become(recurring, anomalous(), NOW);
    expect(reopened).toMatchObject({ alertId: told.alertId, timesReopened: 1, resolvedAt: null });
    expect(reopened.openedAt).toBe(told.openedAt);
  });

  test('a later episode is another alert with the same fingerprint', () => {
    const next = become(SITUATIONS['resolved long ago'], anomalous(), NOW);
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

function without(outcomes: Outcomes, ...words: string[]): Outcomes {
  return Object.fromEntries(Object.entries(outcomes).filter(([word]) => !words.includes(word)));
}
