import type { Span } from '../model/analysis.js';
import { DAY, WEEK } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { MetricDefinition } from '../model/metric.js';
import type { SliceLabels } from '../model/slice.js';

/**
 * What to compare with: the time of the same length just before, the same time a week before, what the same time
 * of the four weeks before leads to expect, or a span of one's own.
 */
export type Against = 'previous' | 'last-week' | 'expected' | Span;

/** What is asked of a metric. */
export interface Question {
  metric: MetricDefinition;
  span: Span;
  /** The spans that the baseline is made of. */
  baseline: readonly Span[];
  /** Within it; empty for the whole. */
  slice: SliceLabels;
  /** Null for those of the metric's slices and the standing ones. */
  dimensions: readonly string[] | null;
}

const EXPECTED_WEEKS = 4;
/** A baseline is cut into so many parts at most; more say little more of how much it varies. */
const MOST_PARTS = 50;

/** The spans that the baseline is made of. Throws `usage` where the span would be a part of its own baseline. */
export function baselineOf(against: Against, span: Span): Span[] {
  const length = span.to - span.from;
  if ((against === 'last-week' || against === 'expected') && length > WEEK)
    throw new RedressError('usage', 'a span of more than a week cannot be compared with the weeks before');
  if (typeof against === 'object' && against.from < span.to && span.from < against.to)
    throw new RedressError('usage', 'the span and what it is compared with overlap');
  if (against === 'previous') return [back(span, length)];
  if (against === 'last-week') return [back(span, WEEK)];
  if (against === 'expected')
    return Array.from({ length: EXPECTED_WEEKS }, (_, week) => back(span, (week + 1) * WEEK));
  return partsOf(against, length, MOST_PARTS);
}

/** Parts as long as the span show how much it varies by itself. */
function partsOf({ from, to }: Span, length: number, most: number): Span[] {
  const parts = Math.min(most, Math.max(1, Math.floor((to - from) / length)));
  const step = (to - from) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    from: Math.round(from + part * step),
    to: Math.round(from + (part + 1) * step),
  }));
}

/** Parts of an alert's baseline: enough to tell how much it varies, and few enough to be read at once. */
const ALERT_PARTS = 14;
const ALERT_WEEKS = 4;

/**
 * What an alert's span is held against. A rate hardly depends on the hour, so it is held against all of the week
 * before, or of four times the span where that is longer; what is counted is held against the same time of the
 * seven days before, or of the four weeks before where the span is longer than a day.
 */
export function alertBaseline(span: Span, isRate: boolean): Span[] {
  const length = span.to - span.from;
  if (isRate) {
    const long = Math.max(WEEK, 4 * length);
    return partsOf({ from: span.from - long, to: span.from }, length, ALERT_PARTS);
  }
  const [step, times] = length <= DAY ? [DAY, 7] : [Math.ceil(length / WEEK) * WEEK, ALERT_WEEKS];
  return Array.from({ length: times }, (_, index) => back(span, (index + 1) * step));
}

function back({ from, to }: Span, by: number): Span {
  return { from: from - by, to: to - by };
}
