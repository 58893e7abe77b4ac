import type { Alert } from '../../src/model/alert.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { FollowUp } from '../../src/model/follow-up.js';
import type { AlertNotification, FollowUpNotification } from '../../src/notify/contract.js';
import { JUST_FIRED } from '../support/alert.js';

/** Monday noon, in London's winter. */
export const NOON = Date.UTC(2026, 1, 16, 12);

export function makeAlert(changes: Partial<Alert> = {}): Alert {
  const point = {
    bucketStart: NOON,
    value: 0.041,
    numerator: 82,
    denominator: 2_000,
    expected: 0.013,
    lower: 0.009,
    upper: 0.018,
    score: 5.6,
  };
  return {
    ...JUST_FIRED,
    alertId: 'a-1',
    fingerprint: 'dispute_rate|category=toys,region=GB|up',
    metric: 'dispute_rate',
    slice: 'category=toys,region=GB',
    direction: 'up',
    severity: 'critical',
    state: 'firing',
    title: 'Disputes per delivered order',
    startedAt: NOON - HOUR,
    openedAt: NOON + HOUR,
    anomalousRun: 2,
    first: point,
    last: point,
    worst: point,
    carriers: [
      { slice: 'category=toys,region=GB,scenario=not_received', excess: 48, share: 0.86 },
      { slice: 'category=toys,region=GB,scenario=damaged', excess: 8, share: 0.14 },
    ],
    owner: 'after-sales-gb',
    runbook: 'https://wiki.example.com/disputes?a=1&b=2',
    impactCount: 56.4,
    impactAmount: 1_234.5,
    episode: { points: 2, numerator: 160, denominator: 4_000, amount: 3_000 },
    version: 3,
    ...changes,
  };
}

export function makeDelivery(changes: Partial<Delivery> = {}): Delivery {
  return {
    deliveryId: 'd-1',
    subject: { kind: 'alert', id: 'a-1', version: 3 },
    alertId: 'a-1',
    target: 'slack:#disputes',
    reason: 'first_notification',
    state: 'pending',
    attempts: 0,
    createdAt: NOON + HOUR,
    dueAt: NOON + HOUR,
    sentAt: null,
    failure: '',
    messageRef: '',
    version: 1,
    ...changes,
  };
}

export function makeFollowUp(changes: Partial<FollowUp> = {}): FollowUp {
  return {
    followUpId: 'f-1',
    alertId: 'a-1',
    fingerprint: 'dispute_rate|category=toys,region=GB|up',
    metric: 'dispute_rate',
    slice: 'category=toys,region=GB',
    direction: 'up',
    title: 'Bring the toys disputes down',
    owner: 'after-sales-gb',
    state: 'in_progress',
    priority: 'high',
    dueAt: NOON + 3 * DAY,
    openedAt: NOON,
    closedAt: null,
    fixShippedAt: null,
    timesReopened: 0,
    baseline: { expected: 0.013, lower: 0.009, upper: 0.018 },
    during: 0.041,
    watch: null,
    effect: null,
    note: '',
    previous: '',
    remindedAt: null,
    version: 1,
    alertIds: ['a-1'],
    marks: [],
    work: { action: '', notes: [], links: [] },
    ...changes,
  };
}

export function makeNotification(changes: Partial<AlertNotification> = {}): AlertNotification {
  return {
    kind: 'alert',
    delivery: makeDelivery(),
    alert: makeAlert(),
    followUp: null,
    annotations: [],
    display: {
      title: 'Disputes per delivered order',
      unit: 'rate',
      counted: 'disputes',
      timezone: 'Europe/London',
      currency: 'GBP',
    },
    group: null,
    rootRef: '',
    ...changes,
  };
}

export function makeFollowUpNotification(changes: Partial<FollowUpNotification> = {}): FollowUpNotification {
  const { display, rootRef } = makeNotification();
  return {
    kind: 'follow_up',
    delivery: makeDelivery({
      deliveryId: 'd-2',
      subject: { kind: 'follow_up', id: 'f-1', version: 1 },
      reason: 'follow_up_changed',
    }),
    followUp: makeFollowUp(),
    alert: makeAlert(),
    display,
    rootRef,
    ...changes,
  };
}

export const CONTEXT = {
  owners: [
    {
      id: 'after-sales-gb',
      name: 'After-sales GB',
      slack: 'U0OWNER',
      timezone: 'Europe/London',
      lead: '',
    },
  ],
  dashboardsUrl: 'https://grafana.example.com/d/redress',
};
