import type { Alert } from '../../src/model/alert.js';
import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import type { FollowUpSettings } from '../../src/model/follow-up.js';
import type { Owner } from '../../src/model/owner.js';
import type { Point } from '../../src/model/point.js';
import { COMBINED, type Verdict } from '../../src/model/verdict.js';
import { JUST_FIRED } from '../support/alert.js';

/** A Monday, 06:00 in London and UTC alike. */
export const T0: Instant = Date.UTC(2024, 0, 8, 6);
export const hour = (index: number): Instant => T0 + index * HOUR;

export const SETTINGS: FollowUpSettings = {
  verifyPoints: 3,
  reopenWindow: 14 * DAY,
  guardWindow: 14 * DAY,
  dueDays: { low: 28, normal: 14, high: 7, urgent: 2 },
  remindBefore: 2 * DAY,
  openFor: [],
  tell: [],
  leadAfter: 0,
};

export const OWNERS: readonly Owner[] = [
  { id: 'amira', name: 'Amira', slack: 'UAMIRA', timezone: 'Europe/London', lead: 'lena' },
  { id: 'kai', name: 'Kai', slack: '', timezone: 'America/New_York', lead: '' },
  { id: 'lena', name: 'Lena', slack: 'ULENA', timezone: 'Europe/Berlin', lead: '' },
];

/** Disputes of GB's orders: 1 % with a band to 1.5 % before, 3 % over three points of 1,000 orders each. */
export function alert(overrides: Partial<Alert> = {}): Alert {
  const point = (index: number) => ({
    bucketStart: hour(index),
    value: 0.03,
    numerator: 30,
    denominator: 1000,
    expected: 0.01,
    lower: 0.005,
    upper: 0.015,
    score: 4,
  });
  return {
    ...JUST_FIRED,
    alertId: 'dispute_rate-up-1-20240108T060000Z',
    fingerprint: 'dispute_rate-up-1',
    metric: 'dispute_rate',
    slice: 'region=GB',
    direction: 'up',
    severity: 'critical',
    state: 'firing',
    title: 'Disputes per delivered order',
    startedAt: T0,
    openedAt: hour(1),
    anomalousRun: 3,
    first: point(0),
    last: point(2),
    worst: point(0),
    episode: { points: 3, numerator: 90, denominator: 3000, amount: 2250 },
    carriers: [],
    owner: 'amira',
    runbook: '',
    impactCount: 60,
    impactAmount: 1500,
    version: 4,
    ...overrides,
  };
}

export interface Seen {
  value: number;
  denominator?: number | null;
  status?: Verdict['status'];
  expected?: number;
  reason?: Verdict['reason'];
}

/** What is seen of GB's disputes in the hour with this index, as a rate unless `denominator` is null. */
export function seen(index: number, { value, denominator = 1000, status, expected = 0.01, reason }: Seen) {
  const series = { metric: 'dispute_rate', slice: 'region=GB', bucketStart: hour(index), value };
  const point: Point = {
    ...series,
    bucketSeconds: 3600,
    numerator: denominator === null ? value : value * denominator,
    denominator,
    amount: 0,
    revision: 1,
  };
  const verdict: Verdict = {
    ...series,
    detector: COMBINED,
    status: status ?? 'normal',
    reason: reason ?? (status === 'not_evaluable' ? 'low_volume' : ''),
    expected,
    lower: 0,
    upper: 1,
    score: 0,
    direction: 'up',
  };
  return { point, verdict };
}
