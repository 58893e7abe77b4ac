import type { CommonValue, NearbyFact, Span } from '../model/analysis.js';
import { DAY, WEEK } from '../model/clock.js';
import { ALL, formatSlice, parseSlice, type SliceLabels } from '../model/slice.js';
import { likelihoodRatio } from './evidence.js';

/** Half of the cases have to have a value before it counts as common to them, and half as many again as before. */
const LEAST_SHARE = 0.5;
const LEAST_GAIN = 1.5;
/** A chance of about one in a thousand for each value that is looked at, some tens of them. */
const LEAST_EVIDENCE = 18;
const MOST_COMMON = 4;
const MOST_FACTS = 8;

/** Where facts are looked for: a little before the span, from a day to a week, and in it. */
export function factSpan({ from, to }: Span): Span {
  return { from: from - Math.min(WEEK, Math.max(DAY, 2 * (to - from))), to };
}

/** A dated fact as the store has it: what it concerns is a slice, or labels. */
export interface DatedFact {
  at: number;
  kind: string;
  title: string;
  scope: string;
  labels: Readonly<Record<string, string>>;
}

/** The facts that may concern a cause, newest first: none that is about another value of one of its dimensions. */
export function factsAbout(facts: readonly DatedFact[], cause: SliceLabels): NearbyFact[] {
  return facts
    .filter(
      ({ scope, labels }) => !contradicts(scope === '' || scope === ALL ? labels : labelsOf(scope), cause),
    )
    .map(({ at, kind, title, scope, labels }) => ({
      at,
      kind,
      title: title === '' ? wordsOf(labels) : title,
      scope: scope === '' ? formatSlice(onlyKnown(labels, cause)) : scope,
    }))
    .sort((a, b) => b.at - a.at || (a.title < b.title ? -1 : 1))
    .slice(0, MOST_FACTS);
}

/** The values that most of a cause's cases share and that came much less often before. */
export function commonValues(
  values: readonly { dimension: string; value: string; now: number; before: number }[],
  cases: { now: number; before: number },
  cause: SliceLabels,
): CommonValue[] {
  return values
    .filter(({ dimension }) => cause[dimension] === undefined)
    .map(({ dimension, value, now, before }) => ({
      dimension,
      value,
      share: now / Math.max(1, cases.now),
      // As if half a case more had been seen, so that what never came before is not infinitely more.
      shareBefore: (before + 0.5) / (cases.before + 1),
      count: now,
    }))
    .filter(
      ({ share, shareBefore, count }) =>
        share >= LEAST_SHARE &&
        share >= LEAST_GAIN * shareBefore &&
        likelihoodRatio(count, cases.now * Math.min(1, shareBefore), cases.now) >= LEAST_EVIDENCE,
    )
    .sort((a, b) => b.share / b.shareBefore - a.share / a.shareBefore)
    .slice(0, MOST_COMMON)
    .map(({ count: _count, ...common }) => common);
}

function contradicts(labels: SliceLabels, cause: SliceLabels): boolean {
  return Object.entries(labels).some(([name, value]) => cause[name] !== undefined && cause[name] !== value);
}

/** A scope that somebody wrote by hand may be no slice; then it contradicts nothing. */
function labelsOf(scope: string): SliceLabels {
  try {
    return parseSlice(scope);
  } catch {
    return {};
  }
}

function onlyKnown(labels: SliceLabels, cause: SliceLabels): SliceLabels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => cause[name] !== undefined));
}

function wordsOf(labels: SliceLabels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
