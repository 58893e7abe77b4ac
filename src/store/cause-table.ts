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

export interface CauseQuery {
  selector: EventSelector;
  date: EventDate;
  span: Span;
  baseline: Span;
  /** Of very many events one in so many is looked at, always the same ones. */
  every: number;
}

export interface StoredCase {
  caseId: string;
  orderId: string;
  eventId: string;
  occurredAt: number;
  amount: number | null;
}

export interface StoredFact {
  at: number;
  kind: string;
  title: string;
  /** A slice; empty where the labels say what it concerns. */
  scope: string;
  labels: Readonly<Record<string, string>>;
}

const MOST_CASES = 5;

/** What the store knows of the events behind a cause, and of what happened around it. */
export class CauseTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** How many cases there are in the span, what one is worth in the mean, and some of them. */
  async cases(
    query: Pick<CauseQuery, 'selector' | 'date' | 'span'>,
  ): Promise<{ cases: number; meanAmount: number | null; newest: StoredCase[]; costliest: StoredCase[] }> {
    const bindings = new Bindings();
    const wanted = [
      `type IN ${bindings.bind('Array(String)', query.selector.event)}`,
      inSpan(query.span, query.date, bindings),
      conditions(query.selector, bindings),
    ].join(' AND ');
    const text = filled(queryText('cause_cases'), { wanted });
    const found: CaseRow[] = [];
    for await (const rows of this.#store.rows<CaseRow>(text, { ...bindings.parameters, most: MOST_CASES }))
      found.push(...rows);
    const those = (which: CaseRow['which']) =>
      found
        .filter((row) => row.which === which)
        .map(({ caseId, orderId, eventId, occurredAt, amount }) => ({
          caseId,
          orderId,
          eventId,
          occurredAt,
          amount,
        }));
    const costliest = those('costliest').sort((a, b) => (b.amount ?? 0) - (a.amount ?? 0));
    const newest = those('newest').sort((a, b) => b.occurredAt - a.occurredAt);
    return { cases: found[0]?.cases ?? 0, meanAmount: found[0]?.meanAmount ?? null, newest, costliest };
  }

  /** The most frequent values of each field and attribute, in the span and before it. */
  async values(
    query: CauseQuery,
  ): Promise<{ dimension: string; value: string; now: number; before: number }[]> {
    const bindings = new Bindings();
    const text = filled(queryText('cause_values'), {
      date: query.date,
      is_now: inSpan(query.span, 'at', bindings),
      spans: [query.span, query.baseline].map((span) => inSpan(span, query.date, bindings)).join(' OR '),
      conditions: conditions(query.selector, bindings),
    });
    const found: { dimension: string; value: string; now: number; before: number }[] = [];
    const parameters = { ...bindings.parameters, types: query.selector.event, every: query.every };
    for await (const rows of this.#store.rows<(typeof found)[number]>(text, parameters)) found.push(...rows);
    return found;
  }

  /** A statement on the table `events`, with its values in it, that lists all the cases for whoever asks by hand. */
  static listing({ selector, date, span }: Pick<CauseQuery, 'selector' | 'date' | 'span'>): string {
    const bindings = new Bindings();
    const types = bindings.bind('Array(String)', selector.event);
    const wanted = conditions(selector, bindings)
      .replaceAll('events_log.', '')
      .replace(/^true AND /, '');
    const instant = (at: number) => `'${new Date(at).toISOString().replace('T', ' ').replace('Z', '')}'`;
    const text = `SELECT * FROM events WHERE type IN ${types} AND ${date} >= ${instant(span.from)} AND ${date} < ${instant(span.to)}${wanted === 'true' ? '' : ` AND ${wanted}`} ORDER BY ${date}`;
    return text.replaceAll(/\{(\w+):[\w()]+\}/g, (_, name: string) => literal(bindings.parameters[name]));
  }

  /** Annotations, fixes among them, and changes of rules that began in a stretch of time, oldest first. */
  async facts(span: Span): Promise<StoredFact[]> {
    return this.#store.query<StoredFact>('nearby_facts', { ...span });
  }
}

type CaseRow = StoredCase & { which: 'newest' | 'costliest'; cases: number; meanAmount: number | null };

function inSpan({ from, to }: Span, date: string, bindings: Bindings): string {
  const instant = (at: number) => `fromUnixTimestamp64Milli(${bindings.bind('Int64', at)})`;
  return `(${date} >= ${instant(from)} AND ${date} < ${instant(to)})`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `(${value.length === 0 ? "''" : value.map(literal).join(', ')})`;
  return typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : String(value);
}
