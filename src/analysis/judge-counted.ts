import type { AnalysisOutcome, Span } from '../model/analysis.js';
import type { CountedLeaves } from './count-leaves.js';
import { expectCounts, expectRates } from './expectation.js';
import type { JudgedLeaves } from './leaves.js';

type Refused = Extract<AnalysisOutcome, { status: 'refused' }>;

/** Holds what was counted in the span against what the baseline leads to expect; refuses where there is neither. */
export function judgeCounted(
  counted: CountedLeaves,
  span: Span,
  baseline: readonly Span[],
): JudgedLeaves | Refused {
  const { leaves, numerator, denominator, unit, isShare } = counted;
  const weighed = denominator ?? numerator;
  const isEmpty = (window: Float64Array) => window.every((each) => each === 0);
  if (weighed.slice(1).every(isEmpty))
    return {
      status: 'refused',
      reason: 'no_baseline',
      detail: 'nothing was counted in the time to compare with',
    };
  if (denominator !== null && isEmpty(weighed[0] as Float64Array))
    return { status: 'refused', reason: 'no_events', detail: 'nothing was counted in the span' };
  const [now, ...before] = numerator as [Float64Array, ...Float64Array[]];
  if (denominator === null) {
    const lengths = baseline.map(({ from, to }) => (to - from) / (span.to - span.from));
    return expectCounts(leaves, { now, before, lengths, unit });
  }
  const [trials, ...trialsBefore] = denominator as [Float64Array, ...Float64Array[]];
  const each = Int32Array.from({ length: leaves.size }, (_, leaf) => leaf);
  return expectRates(
    leaves,
    { numerator: now, denominator: trials },
    {
      leaf: joined(before.map(() => each)),
      bucket: joined(before.map((_, bucket) => new Int32Array(leaves.size).fill(bucket))),
      numerator: joinedFloats(before),
      denominator: joinedFloats(trialsBefore),
      buckets: before.length,
    },
    { unit, isShare },
  );
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinedFloats(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
