import { DateTime } from 'luxon';
import type { AnalysisOutcome, Span } from '../model/analysis.js';
import { SECOND } from '../model/clock.js';
import {
  type EventSelector,
  type MetricDefinition,
  type NumberField,
  nominalSeconds,
  type TrailingWindow,
} from '../model/metric.js';
import type { SliceLabels } from '../model/slice.js';

/** Events to be counted by slice in the same number of spans: the one that is asked about, then the baseline's. */
export interface CountedEvents {
  selector: EventSelector;
  spans: readonly Span[];
}

/** How a metric is made of counts that slices share, which is what an explanation needs. */
export type MeasurePlan =
  | { kind: 'count'; of: CountedEvents }
  /** Of the events' amounts. */
  | { kind: 'sum'; of: CountedEvents }
  /** The values of the events that have one, over their number. */
  | { kind: 'mean'; of: CountedEvents; value: NumberField }
  /** `isShare`: no numerator can be above its denominator. */
  | {
      kind: 'rate';
      numerator: CountedEvents;
      denominator: CountedEvents;
      ignored: readonly string[];
      isShare: boolean;
    }
  | { kind: 'breach'; opened: CountedEvents; answered: EventSelector }
  /** The events above the value that the quantile had in the baseline, as a share of those that have a value. */
  | { kind: 'quantile'; of: CountedEvents; value: NumberField; level: number };

export type PlanOutcome = MeasurePlan | Extract<AnalysisOutcome, { status: 'refused' }>;

/** The plan for a metric within a slice; different values cannot be shared out among slices, and are refused. */
export function planOf(metric: MetricDefinition, slice: SliceLabels, spans: readonly Span[]): PlanOutcome {
  const { measure } = metric;
  switch (measure.kind) {
    case 'distinct':
      return {
        status: 'refused',
        reason: 'not_countable',
        detail: `different values of ${measure.by} do not add up: one that is in two slices counts in both`,
      };
    case 'count':
    case 'sum':
      return { kind: measure.kind, of: { selector: within(measure.of, slice), spans } };
    case 'mean':
      return { kind: 'mean', of: { selector: within(measure.of, slice), spans }, value: measure.value };
    case 'quantile': {
      const { value, level } = measure;
      return { kind: 'quantile', of: { selector: within(measure.of, slice), spans }, value, level };
    }
    case 'breach': {
      const opened = { selector: within(measure.opened, slice), spans };
      return { kind: 'breach', opened, answered: measure.answered };
    }
    case 'ratio': {
      const ignored = measure.denominator.ignore;
      const known = Object.fromEntries(Object.entries(slice).filter(([name]) => !ignored.includes(name)));
      const { window } = measure;
      return {
        kind: 'rate',
        numerator: { selector: within(measure.numerator, slice), spans },
        denominator: {
          selector: within(measure.denominator, known),
          spans: window === undefined ? spans : spans.map((span) => overWindow(span, window, metric)),
        },
        ignored,
        isShare: window === undefined,
      };
    }
  }
}

/** The events that a metric is about, whose texts and cases say why. */
export function mainSelector({ measure }: MetricDefinition): EventSelector {
  if (measure.kind === 'ratio') return measure.numerator;
  return measure.kind === 'breach' ? measure.opened : measure.of;
}

/** The events of a selector within a slice. */
export function within(selector: EventSelector, slice: SliceLabels): EventSelector {
  const narrowed = Object.entries(slice).map(([name, value]) => {
    const allowed = selector.where[name];
    // A slice outside of what the metric counts has no events, which an impossible condition says.
    return [name, allowed === undefined || allowed.includes(value) ? [value] : []] as const;
  });
  return { ...selector, where: { ...selector.where, ...Object.fromEntries(narrowed) } };
}

/** The time that the denominators of a span's buckets are counted over, from the first one's to the last one's. */
function overWindow({ from, to }: Span, { over, lag }: TrailingWindow, metric: MetricDefinition): Span {
  const local = (at: number) => DateTime.fromMillis(at, { zone: metric.timezone });
  const late = (at: DateTime) => (lag === null ? at : at.minus({ [`${lag.unit}s`]: lag.count }));
  const firstEnd = Math.min(to, from + nominalSeconds(metric.bucket) * SECOND);
  return {
    from: late(local(firstEnd))
      .minus({ [`${over.unit}s`]: over.count })
      .toMillis(),
    to: late(local(to)).toMillis(),
  };
}
