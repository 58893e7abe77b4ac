import type { EventSelector, Measure, MetricDefinition } from '../../src/model/metric.js';

/** A selector of one event type, of everything. */
export function selector(event: string | string[], rest: Partial<EventSelector> = {}): EventSelector {
  return { event: typeof event === 'string' ? [event] : event, where: {}, ignore: [], ...rest };
}

const DISPUTES: Measure = {
  kind: 'ratio',
  numerator: selector('dispute.opened'),
  denominator: selector('order.delivered', { ignore: ['scenario'] }),
};

/** A complete definition; a test says what matters to it. */
export function metric(overrides: Partial<MetricDefinition> = {}): MetricDefinition {
  return {
    id: 'dispute_rate',
    title: 'Disputes per delivered order',
    measure: DISPUTES,
    date: 'occurred_at',
    bucket: { count: 1, unit: 'hour' },
    timezone: 'UTC',
    bad: 'up',
    minDenominator: 1,
    allowedLateness: 0,
    slices: [[]],
    empty: 'zero',
    detect: [],
    combine: 'any',
    minDeviation: 0,
    alert: { for: 1, recover: 1, mergeGap: 0, criticalScore: 3 },
    owner: '',
    runbook: '',
    ...overrides,
  };
}
