import type { EventDate } from '../model/event.js';
import type { EventSelector } from '../model/metric.js';
import { Bindings, conditions, filled } from './event-columns.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** Half-open, ms. */
interface Span {
  from: number;
  to: number;
}

/** Texts of each side that are read; more would not change what stands out. */
const MOST_TEXTS = 20_000;

/** What people wrote in the events of a selector, in a span and in its baseline. */
export async function eventTexts(
  store: Store,
  query: { selector: EventSelector; date: EventDate; span: Span; baseline: Span; every: number },
): Promise<{ now: string[]; before: string[] }> {
  const bindings = new Bindings();
  const text = filled(queryText('event_texts'), {
    date: query.date,
    conditions: conditions(query.selector, bindings),
  });
  const found = { now: [] as string[], before: [] as string[] };
  const parameters = {
    ...bindings.parameters,
    types: query.selector.event,
    span_from: query.span.from,
    span_to: query.span.to,
    from: query.baseline.from,
    to: query.baseline.to,
    most: MOST_TEXTS,
    every: query.every,
  };
  for await (const rows of store.rows<{ text: string; isNow: number }>(text, parameters))
    for (const row of rows) found[row.isNow === 1 ? 'now' : 'before'].push(row.text);
  return found;
}
