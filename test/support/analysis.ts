import type { Analysis, ExplainedSlice } from '../../src/model/analysis.js';
import { DAY, HOUR } from '../../src/model/clock.js';

const AT = Date.UTC(2026, 1, 16, 12);

export function explained(slice: Record<string, string>, rest: Partial<ExplainedSlice> = {}): ExplainedSlice {
  return {
    rank: 1,
    slice,
    observed: 140,
    expected: 90,
    excess: 50,
    explained: 0.8,
    confidence: 0.97,
    cause: true,
    ...rest,
  };
}

/** Toys in Great Britain and the telephone, in a rate of disputes; a test says what matters to it. */
export function makeAnalysis(changes: Partial<Analysis> = {}): Analysis {
  return {
    metric: 'dispute_rate',
    slice: 'all',
    span: { from: AT - HOUR, to: AT },
    baseline: [{ from: AT - 8 * DAY, to: AT - DAY }],
    explanation: {
      observed: 400,
      expected: 337.5,
      excess: 62.5,
      whole: 'moved',
      slices: [
        explained({ category: 'toys', region: 'GB' }),
        explained({ channel: 'phone' }, { rank: 2, excess: 10, explained: 0.16, confidence: 0.8 }),
        explained({ region: 'GB' }, { rank: 3, cause: false, confidence: 0.02 }),
      ],
      unexplained: 0.04,
      split: {
        dimension: 'region',
        change: 0.01,
        rate: 0.012,
        mix: -0.002,
        words: 'the rates changed by more than the whole shows; the mix made up for some of it',
        contributions: [],
      },
      depth: 4,
    },
    meanAmount: 20,
    says: [
      {
        term: 'battery swells',
        texts: 31,
        textsBefore: 1,
        score: 7,
        examples: ['the battery swells after a day'],
      },
    ],
    alongside: [
      {
        metric: 'refund_rate',
        title: 'Refunds',
        slice: 'category=toys,region=GB',
        lag: -2 * HOUR,
        value: 0.1,
        expected: 0.04,
        score: 8,
      },
    ],
    facts: [
      { at: AT - 5 * HOUR, kind: 'rule.changed', title: 'returns without a photo', scope: 'category=toys' },
    ],
    common: [{ dimension: 'carrier', value: 'dhl', share: 0.9, shareBefore: 0.2 }],
    evidence: {
      slice: 'category=toys,region=GB',
      cases: 140,
      newest: [{ caseId: 'c-9', orderId: 'o-9', eventId: 'e-9', occurredAt: AT - 1, amount: 20 }],
      costliest: [{ caseId: '', orderId: 'o-1', eventId: 'e-1', occurredAt: AT - HOUR, amount: 900 }],
      query: "SELECT * FROM events WHERE type IN ('dispute.opened')",
    },
    ...changes,
  };
}
