import type { Instant } from './clock.js';

/** Half-open. */
export interface Span {
  from: Instant;
  to: Instant;
}

/** One slice that explains a part of the change. */
export interface ExplainedSlice {
  /** 1 for the slice that explains the change best if only one may be named. */
  rank: number;
  /** Dimension to value; empty for the whole. */
  slice: Readonly<Record<string, string>>;
  observed: number;
  expected: number;
  /** Observed less expected, in events or in the unit of a sum. */
  excess: number;
  /** The excess as a share of the whole's; slices that overlap may add up to more than 1. Null where the whole is flat. */
  explained: number | null;
  /** From 0 to 1: that it moved at all, and that no wider or narrower slice says it better. */
  confidence: number;
  /** True for the slices that together are taken to be the answer. */
  cause: boolean;
}

/** What one slice contributes to the change of the whole's rate. */
export interface Contribution {
  slice: string;
  /** From its own rate's change. */
  rate: number;
  /** From its changed share of the denominator. */
  mix: number;
  /** The change of its share of the denominator. */
  weight: number;
}

/** The change of a rate in two parts. */
export interface RateOrMix {
  /** The whole's rate after less before. */
  change: number;
  rate: number;
  mix: number;
  /** By size, greatest first; all parts add up to the change. */
  contributions: Contribution[];
}

/** Where a change sits. */
export interface Explanation {
  observed: number;
  expected: number;
  excess: number;
  /** `flat` when the whole hardly moved; causes found nevertheless are masked shifts, which cancel out. */
  whole: 'moved' | 'flat';
  /** The causes among the best slices, best first. */
  slices: ExplainedSlice[];
  /** The share of the whole's excess that lies outside all causes; null where the whole is flat. */
  unexplained: number | null;
  /** For a rate: how much of its change is mix, by the dimension whose changed weights did most. */
  split: (RateOrMix & { dimension: string; words: string }) | null;
  /** The most dimensions of a slice that was looked at. */
  depth: number;
}

/** A word or a phrase of two words that people use more than they did. */
export interface RisenTerm {
  term: string;
  /** Texts that have it, in the span and in the baseline. */
  texts: number;
  textsBefore: number;
  /** How many standard errors its log-odds are above the baseline's. */
  score: number;
  /** Texts that have it, personal data masked, cut to a readable length. */
  examples: string[];
}

/** Another metric that moved on the same slice, at the time or near it. */
export interface MovedMetric {
  metric: string;
  title: string;
  slice: string;
  /** When its first bucket out of the ordinary began, less the span's beginning, in ms: below 0 it led. */
  lag: number;
  value: number;
  expected: number;
  /** Standard errors by which it departed, with its sign. */
  score: number;
}

/** Something dated that began shortly before the change or in it. */
export interface NearbyFact {
  at: Instant;
  /** An annotation's kind, or an event's type. */
  kind: string;
  title: string;
  /** The slice that it concerns, `all` for everything. */
  scope: string;
}

/** A value that the cause's cases share: far more of them have it than had it before. */
export interface CommonValue {
  dimension: string;
  value: string;
  /** Of the cause's cases in the span, and in the baseline. */
  share: number;
  shareBefore: number;
}

/** One case, for a person to look at. */
export interface SampleCase {
  caseId: string;
  orderId: string;
  eventId: string;
  occurredAt: Instant;
  amount: number | null;
}

/** The cases behind the first cause. */
export interface CaseEvidence {
  /** The slice that they are of. */
  slice: string;
  cases: number;
  newest: SampleCase[];
  costliest: SampleCase[];
  /** SQL on the table `events` that lists them all. */
  query: string;
}

/** Where and why a metric moved, as it is stored, sent and shown. */
export interface Analysis {
  metric: string;
  /** What was looked within. */
  slice: string;
  span: Span;
  baseline: Span[];
  explanation: Explanation;
  /** What an event of the cause is worth in the mean, in the marketplace's currency; null where events have no amounts. */
  meanAmount: number | null;
  says: RisenTerm[];
  alongside: MovedMetric[];
  facts: NearbyFact[];
  common: CommonValue[];
  evidence: CaseEvidence;
}

export type AnalysisRefusal = 'not_countable' | 'no_events' | 'no_baseline' | 'too_many_slices';

export type AnalysisOutcome =
  | { status: 'explained'; analysis: Analysis }
  | { status: 'refused'; reason: AnalysisRefusal; detail: string };

/** The analysis that came with an alert. */
export interface AlertAnalysis {
  alertId: string;
  /** When it was asked for: the moment that the alert fired. */
  at: Instant;
  outcome: AnalysisOutcome;
}

/** True when an analysis names a cause that is narrower than what was looked at: there is something to tell. */
export function isWorthTelling(outcome: AnalysisOutcome | null): boolean {
  return causesOf(outcome).some(({ slice }) => Object.keys(slice).length > 0);
}

/** The causes of an analysis, best first; none where it was refused or nothing stands out. */
export function causesOf(outcome: AnalysisOutcome | null): readonly ExplainedSlice[] {
  return outcome?.status === 'explained'
    ? outcome.analysis.explanation.slices.filter(({ cause }) => cause)
    : [];
}
