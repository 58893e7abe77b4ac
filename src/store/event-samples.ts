import { DAY, type Instant } from '../model/clock.js';
import type { EventDate } from '../model/event.js';
import type { EventSelector } from '../model/metric.js';
import { Bindings, conditions, filled } from './event-columns.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** A case that is due in a span was opened, and perhaps answered, at most so long before it. */
const OPENED_BEFORE = 90 * DAY;

/** The ids of the newest cases that a selector's events in `[from, to)` are about; those with an answer are left out. */
export async function eventSamples(
  store: Store,
  query: {
    selector: EventSelector;
    date: EventDate;
    from: Instant;
    to: Instant;
    /** Event types that answer a case; none for whatever its answer. */
    answers: readonly string[];
    most: number;
  },
): Promise<string[]> {
  const bindings = new Bindings();
  const text = filled(queryText('event_samples'), {
    date: query.date,
    conditions: conditions(query.selector, bindings),
  });
  const parameters = {
    ...bindings.parameters,
    types: query.selector.event,
    from: query.from,
    to: query.to,
    answers: query.answers,
    answers_from: query.from - OPENED_BEFORE,
    most: query.most,
  };
  const samples: string[] = [];
  for await (const rows of store.rows<{ sample: string }>(text, parameters))
    for (const { sample } of rows) samples.push(sample);
  return samples;
}
