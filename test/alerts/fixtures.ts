import type { Observation } from '../../src/alerts/metric-desk.js';
import type { AlertPoint, EscalationPolicy } from '../../src/model/alert.js';
import { DAY, HOUR, type Instant, MINUTE } from '../../src/model/clock.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { COMBINED, type Direction, type Verdict } from '../../src/model/verdict.js';

export const T0: Instant = Date.UTC(2024, 0, 8, 6);

export const POLICY = {
  id: 'after-sales',
  steps: [
    { delay: 0, targets: ['slack:#disputes'] },
    { delay: 15 * MINUTE, targets: ['slack:#disputes', 'slack:#leads'] },
    { delay: 30 * MINUTE, targets: ['webhook:pager'] },
  ],
  ackTimeout: 4 * HOUR,
} satisfies EscalationPolicy;

export const ROUTES = [{ match: {}, policy: POLICY.id }];

export function metric(overrides: Partial<MetricDefinition> = {}): MetricDefinition {
  return {
    id: 'dispute_rate',
    title: 'Disputes per delivered order',
    measure: {
      kind: 'ratio',
      numerator: { event: ['dispute.opened'], where: {}, ignore: [] },
      denominator: { event: ['order.delivered'], where: {}, ignore: [] },
    },
    date: 'occurred_at',
    bucket: { count: 1, unit: 'hour' },
    timezone: 'Europe/London',
    bad: 'up',
    minDenominator: 200,
    allowedLateness: 10 * MINUTE,
    slices: [[], ['region']],
    empty: 'absent',
    detect: [{ use: 'z-score', params: {} }],
    combine: 'any',
    minDeviation: 0,
    alert: { for: 1, recover: 2, mergeGap: 6 * HOUR, criticalScore: 3 },
    owner: 'after-sales-gb',
    runbook: 'https://runbooks.example/disputes',
    ...overrides,
  };
}

/** A dispute rate that is expected to be 1 % with a band from 0.5 % to 1.5 %. */
export function alertPoint(overrides: Partial<AlertPoint> = {}): AlertPoint {
  return {
    bucketStart: T0,
    value: 0.02,
    numerator: 20,
    denominator: 1000,
    expected: 0.01,
    lower: 0.005,
    upper: 0.015,
    score: 2,
    ...overrides,
  };
}

/** What is seen of a slice in the hour from `bucketStart`: `disputes` among 1,000 orders. */
export function seen(
  bucketStart: Instant,
  status: 'up' | 'down' | 'normal' | 'not_evaluable',
  {
    slice = 'all',
    disputes = status === 'up' ? 20 : status === 'down' ? 2 : 10,
    score = status === 'normal' ? 0.2 : 2,
    of = metric(),
  } = {},
): Observation {
  const value = disputes / 1000;
  const point: Point = {
    metric: of.id,
    slice,
    bucketStart,
    bucketSeconds: 3600,
    value,
    numerator: disputes,
    denominator: 1000,
    amount: disputes * 25,
    revision: 1,
  };
  const judged = status !== 'not_evaluable';
  const direction: Direction | null =
    status === 'up' || status === 'down' ? status : judged ? (value < 0.01 ? 'down' : 'up') : null;
  const verdict: Verdict = {
    metric: of.id,
    slice,
    bucketStart,
    detector: COMBINED,
    status: status === 'up' || status === 'down' ? 'anomalous' : status,
    reason: judged ? '' : 'stale',
    value,
    expected: judged ? 0.01 : null,
    lower: judged ? 0.005 : null,
    upper: judged ? 0.015 : null,
    score: judged ? score : null,
    direction,
  };
  return { metric: of, point, verdict, carriers: [] };
}

/** The moment at which the hour's point is there. */
export function afterHour(bucketStart: Instant): Instant {
  return bucketStart + HOUR + 10 * MINUTE;
}

export const hour = (index: number): Instant => T0 + index * HOUR;
export { DAY, HOUR, MINUTE };
