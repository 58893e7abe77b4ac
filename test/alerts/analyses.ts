import type { AnalysisOutcome } from '../../src/model/analysis.js';
import { formatSlice, type SliceLabels } from '../../src/model/slice.js';
import { HOUR, T0 } from './fixtures.js';

/** A cause as an analysis names it: the slice within what was looked at, and its share of the change. */
export interface NamedCause {
  slice: SliceLabels;
  share?: number | null;
  excess?: number;
  confidence?: number;
}

/** An analysis that names these causes and knows nothing else. */
export function naming(...causes: NamedCause[]): AnalysisOutcome {
  return {
    status: 'explained',
    analysis: {
      metric: 'dispute_rate',
      slice: 'all',
      span: { from: T0, to: T0 + HOUR },
      baseline: [],
      explanation: {
        observed: 20,
        expected: 10,
        excess: 10,
        whole: 'moved',
        slices: causes.map(({ slice, share = 1, excess = 10, confidence = 0.9 }, index) => ({
          ...{ rank: index + 1, slice, observed: 20, expected: 20 - excess, excess, confidence },
          ...{ explained: share, cause: true },
        })),
        unexplained: 0,
        split: null,
        depth: 4,
      },
      meanAmount: null,
      says: [],
      alongside: [],
      facts: [],
      common: [],
      evidence: { slice: formatSlice({}), cases: 0, newest: [], costliest: [], query: '' },
    },
  };
}
