import type { Instant } from '../model/clock.js';
import type { EventSelector, MetricDefinition } from '../model/metric.js';
import { parseSlice } from '../model/slice.js';
import type { Direction } from '../model/verdict.js';
import { eventSamples } from '../store/event-samples.js';
import type { Store } from '../store/store.js';

/** A series and the time in which it went wrong. */
export interface SampleRequest {
  metric: string;
  slice: string;
  direction: Direction;
  from: Instant;
  to: Instant;
}

/** As many cases as somebody looks at before they see what they have in common. */
const MOST_SAMPLES = 10;

/**
 * Cases that a person who looks into the trouble can begin with, the newest first: what the metric counted, of a breach
 * what nobody has answered. What there were too few of has none.
 */
export async function sampleCases(
  { metric: id, slice, direction, from, to }: SampleRequest,
  metrics: readonly MetricDefinition[],
  store: Store,
): Promise<readonly string[]> {
  const metric = metrics.find((it) => it.id === id);
  if (metric === undefined || direction === 'down') return [];
  const { measure } = metric;
  const selector =
    measure.kind === 'ratio' ? measure.numerator : measure.kind === 'breach' ? measure.opened : measure.of;
  return eventSamples(store, {
    selector: within(selector, slice),
    date: metric.date,
    ...{ from, to, answers: measure.kind === 'breach' ? measure.answered.event : [], most: MOST_SAMPLES },
  });
}

/** The selector's events that a slice holds. */
function within(selector: EventSelector, slice: string): EventSelector {
  const labels = Object.entries(parseSlice(slice)).filter(([name]) => !selector.ignore.includes(name));
  const where = Object.fromEntries(labels.map(([name, value]) => [name, [value]]));
  // A label that the selector asks for as well narrows it no further than it is: the series exists.
  return { ...selector, where: { ...selector.where, ...where } };
}
