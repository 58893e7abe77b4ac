import { beginEscalation, restingEscalation } from '../../src/alerts/escalation.js';
import type { AlertInput } from '../../src/alerts/input.js';
import type { AlertRecord } from '../../src/alerts/record.js';
import { PLAIN_ROUTE } from '../../src/alerts/routing.js';
import { transition } from '../../src/alerts/transition.js';
import type { EscalationPolicy, RouteSettings } from '../../src/model/alert.js';
import { alertPoint, DAY, HOUR, hour, MINUTE, POLICY, T0 } from './fixtures.js';

export const RULE = { for: 2, recover: 2, mergeGap: 6 * HOUR, flapping: { changes: 9, within: DAY } };

/** When an input comes: whatever waits has fallen due by then, and long acknowledgements have run out. */
export const NOW = hour(100);

const STEPS: EscalationPolicy = { ...POLICY, worsenBy: 0.5 };
const GROUPED: RouteSettings = {
  ...PLAIN_ROUTE,
  grouping: { by: ['metric'], wait: MINUTE, interval: 5 * MINUTE },
};
const routing = { policy: STEPS, route: GROUPED };
const GROUP = 'g-1';

export const anomalous = (
  overrides: Partial<Extract<AlertInput, { kind: 'anomalous' }>> = {},
): AlertInput => ({
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
    routingFor: () => ({ policy: STEPS, route: PLAIN_ROUTE }),
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

const normal = (isNewNormal = false): AlertInput => ({
  kind: 'normal',
  rule: RULE,
  point: alertPoint({ value: 0.01, score: 0 }),
  outlived: false,
  isNewNormal,
});

/** The step that is due tells this channel. */
export const due = (inhibitor = '', changes: object = {}): AlertInput => ({
  kind: 'due',
  inhibitor,
  place: null,
  targets: ['slack:#disputes'],
  deferUntil: 0,
  ...changes,
});

const SILENCE = { silenceId: 's1', until: NOW + HOUR, author: 'amira', reason: 'a known campaign' };
const silence = { kind: 'silenced', silence: SILENCE, snooze: false } as const;
const acknowledge = { kind: 'acknowledge', actor: 'amira' } as const;
const resolve = { kind: 'resolve', actor: 'amira', outlived: false } as const;

/** What becomes of an alert by an input that changes it. Throws when it does not. */
export function become(before: AlertRecord | null, input: AlertInput, now: number): AlertRecord {
  const result = transition(before, input, now);
  if (result.outcome !== 'changed') throw new Error(`${input.kind} changed nothing: ${result.outcome}`);
  return result.alert;
}

/** Alerts in every situation that the machine tells apart, each made by the machine itself. */
const pending = become(null, anomalous({ point: alertPoint() }), T0);
const second = (changes: Partial<Extract<AlertInput, { kind: 'anomalous' }>> = {}) =>
  become(pending, anomalous({ point: alertPoint({ bucketStart: hour(1) }), ...changes }), hour(1));
const firing = second();
const told = become(firing, due(), hour(1));
const acknowledged = become(told, acknowledge, hour(2));
const held = second({ inhibitor: 'parent' });
const over = (at: number) => become(told, resolve, at);
/** Leads its group, and gives the others time to join before it is told. */
const gathering: AlertRecord = {
  ...firing,
  groupId: GROUP,
  leadsGroup: true,
  escalation: beginEscalation(routing, [], hour(1), MINUTE),
};
const leading = become(gathering, due(), hour(1) + MINUTE);
const member: AlertRecord = {
  ...firing,
  alertId: 'member',
  groupId: GROUP,
  escalation: restingEscalation(routing),
};
const recurring = become(over(NOW - 7 * HOUR), anomalous(), NOW - 2 * HOUR);
const tooOften = anomalous({ rule: { ...RULE, flapping: { changes: 1, within: 3 * HOUR } } });
const flapping = become(recurring, tooOften, NOW - HOUR);
const calm = (alert: AlertRecord): AlertRecord => ({ ...alert, noticeAt: NOW });

export const SITUATIONS = {
  none: null,
  pending,
  firing,
  told,
  'told, one normal': become(told, normal(), hour(2)),
  acknowledged,
  'acknowledged, one normal': become(acknowledged, normal(), hour(3)),
  held,
  'held, acknowledged': become(held, acknowledge, hour(2)),
  releasing: become(held, { kind: 'parent_resolved', parent: 'parent', releaseAt: hour(3) }, hour(2)),
  silenced: become(told, silence, hour(2)),
  'acknowledged, silenced': become(acknowledged, silence, hour(2)),
  gathering,
  leading,
  'leading, with news': { ...leading, noticeAt: NOW },
  'leading, acknowledged': become(leading, acknowledge, hour(2)),
  member,
  'member, acknowledged': become(member, acknowledge, hour(2)),
  flapping,
  'flapping, calm by now': calm(flapping),
  'resolved lately': over(NOW - HOUR),
  'flapping, over, calm by now': calm(become(flapping, resolve, NOW - HOUR)),
  'resolved long ago': over(NOW - 7 * HOUR),
  recurring,
  subsided: become(pending, normal(), NOW - HOUR),
} satisfies Record<string, AlertRecord | null>;

export type Situation = keyof typeof SITUATIONS;

export const INPUTS = {
  anomalous: anomalous(),
  critical: anomalous({ severity: 'critical' }),
  'half as bad again': anomalous({ point: alertPoint({ bucketStart: hour(99), score: 3 }) }),
  'anomalous under a parent': anomalous({ inhibitor: 'parent' }),
  'anomalous once too often': tooOften,
  'anomalous, into a group': anomalous({ place: { groupId: GROUP, leads: false } }),
  'anomalous, under a silence': anomalous({ silence: SILENCE }),
  normal: normal(),
  'new normal': normal(true),
  'not evaluable': { kind: 'not_evaluable' },
  due: due(),
  'due with nobody to tell': due('', { targets: [] }),
  'due out of work hours': due('', { deferUntil: NOW + HOUR }),
  'due under a parent': due('parent'),
  'parent resolved': { kind: 'parent_resolved', parent: 'parent', releaseAt: NOW + HOUR },
  acknowledge,
  resolve,
  silenced: silence,
  snoozed: { ...silence, snooze: true },
  'silence ended': { kind: 'silence_ended', place: null },
  feedback: { kind: 'feedback', feedback: { verdict: 'true', by: 'amira', at: NOW, note: '' } },
  'hand over': { kind: 'hand_over', owner: 'operations', targets: [] },
  'group grew': { kind: 'group_grew', urgent: false },
  lead: { kind: 'lead', from: leading },
  'led by another': { kind: 'led_by_another' },
  'group unacknowledged': { kind: 'unacknowledged' },
  'lead an incident': { kind: 'lead_incident', groupId: GROUP },
  'join an incident': {
    kind: 'join_incident',
    groupId: 'g-2',
    sameCause: { alertId: 'first', slice: 'carrier=X', from: '' },
    shownAt: ['slack:#disputes'],
  },
  'tell also': { kind: 'tell_also', targets: ['slack:#refunds'], policy: null },
  'tell also, by a graver policy': { kind: 'tell_also', targets: [], policy: { ...STEPS, id: 'urgent' } },
  undeliverable: { kind: 'undeliverable', instead: ['slack:#backup'] },
} satisfies Record<string, AlertInput>;

export type Input = keyof typeof INPUTS;
