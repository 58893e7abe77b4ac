import type { AnalysisOutcome, Span } from '../model/analysis.js';
import type { CountedLeaves } from './count-leaves.js';
import { expectCounts, expectRates } from './expectation.js';
import type { JudgedLeaves } from './leaves.js';

type Refused = Extract<AnalysisOutcome, { status: 'refused' }>;

/**
 * Holds what was counted in the span against what the baseline leads to expect; refuses where there is neither. A
 * part of the baseline without any event is from before there was data, or an outage, and says nothing.
 */
export function judgeCounted(
  { leaves, numerator, denominator, unit, isShare, baseline }: CountedLeaves,
  span: Span,
): JudgedLeaves | Refused {
  const weighed = denominator ?? numerator;
  const [now, ...before] = weighed.map((counts) => counts.some((each) => each !== 0));
  const told = baseline.map((_, index) => index).filter((index) => before[index] === true);
  if (told.length === 0)
    return {
      status: 'refused',
      reason: 'no_baseline',
      detail: 'nothing was counted in the time to compare with',
    };
  if (denominator !== null && now !== true)
    return { status: 'refused', reason: 'no_events', detail: 'nothing was counted in the span' };
  const partsOf = (counts: readonly Float64Array[]) => told.map((index) => counts[index + 1] as Float64Array);
  if (denominator === null) {
    const length = span.to - span.from;
    const lengths = told.map((index) => spanLength(baseline[index] as Span) / length);
    const counts = { now: numerator[0] as Float64Array, before: partsOf(numerator), lengths, unit };
    return expectCounts(leaves, counts);
  }
  const each = Float64Array.from({ length: leaves.size }, (_, leaf) => leaf);
  return expectRates(
    leaves,
    { numerator: numerator[0] as Float64Array, denominator: denominator[0] as Float64Array },
    {
      leaf: Int32Array.from(joined(told.map(() => each))),
      bucket: Int32Array.from(joined(told.map((_, bucket) => new Float64Array(leaves.size).fill(bucket)))),
      numerator: joined(partsOf(numerator)),
      denominator: joined(partsOf(denominator)),
      buckets: told.length,
    },
    { unit, isShare },
  );
}

function spanLength({ from, to }: Span): number {
  return to - from;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
