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
    query: CauseQuery,
  ): Promise<{ cases: number; meanAmount: number | null; newest: StoredCase[]; costliest: StoredCase[] }> {
    const bindings = new Bindings();
    const text = filled(queryText('cause_cases'), {
      date: query.date,
      conditions: conditions(query.selector, bindings),
      most: String(MOST_CASES),
    });
    const found: CaseRow[] = [];
    const parameters = { ...bindings.parameters, types: query.selector.event, ...query.span };
    for await (const rows of this.#store.rows<CaseRow>(text, parameters)) found.push(...rows);
    const [row] = found;
    return {
      cases: row?.cases ?? 0,
      meanAmount: row?.meanAmount ?? null,
      newest: (row?.newest ?? []).map(caseOf),
      costliest: (row?.costliest ?? []).map(caseOf),
    };
  }

  /** The most frequent values of each field and attribute, in the span and before it. */
  async values(
    query: CauseQuery,
  ): Promise<{ dimension: string; value: string; now: number; before: number }[]> {
    const bindings = new Bindings();
    const inSpan = ({ from, to }: Span, date: string) =>
      `(${date} >= fromUnixTimestamp64Milli(${bindings.bind('Int64', from)}) AND ${date} < fromUnixTimestamp64Milli(${bindings.bind('Int64', to)}))`;
    const text = filled(queryText('cause_values'), {
      date: query.date,
      is_now: inSpan(query.span, 'at'),
      spans: [query.span, query.baseline].map((span) => inSpan(span, query.date)).join(' OR '),
      conditions: conditions(query.selector, bindings),
    });
    const found: { dimension: string; value: string; now: number; before: number }[] = [];
    const parameters = { ...bindings.parameters, types: query.selector.event };
    for await (const rows of this.#store.rows<(typeof found)[number]>(text, parameters)) found.push(...rows);
    return found;
  }

  /** A statement on the table `events`, with its values in it, that lists all the cases for whoever asks by hand. */
  static listing({ selector, date, span }: Omit<CauseQuery, 'baseline'>): string {
    const bindings = new Bindings();
    const types = bindings.bind('Array(String)', selector.event);
    const wanted = conditions(selector, bindings)
      .replaceAll('events_log.', '')
      .replace(/^true AND /, '');
    const instant = (at: number) => `'${new Date(at).toISOString().replace('T', ' ').replace('Z', '')}'`;
    const text = `SELECT * FROM events WHERE type IN ${types} AND ${date} >= ${instant(span.from)} AND ${date} < ${instant(span.to)}${wanted === 'true' ? '' : ` AND ${wanted}`} ORDER BY ${date}`;
    return text.replaceAll(/\{(\w+):[\w()]+\}/g, (_, name: string) => literal(bindings.parameters[name]));
  }

  /** Annotations and changes of rules that began in a stretch of time, oldest first. */
  async facts(span: Span): Promise<StoredFact[]> {
    return this.#store.query<StoredFact>('nearby_facts', { ...span });
  }
}

type CaseRow = {
  cases: number;
  meanAmount: number | null;
  newest: CaseTuple[];
  costliest: CaseTuple[];
};

type CaseTuple = [
  occurredAt: number,
  eventId: string,
  caseId: string,
  orderId: string,
  amount: number | null,
];

function literal(value: unknown): string {
  if (Array.isArray(value)) return `(${value.length === 0 ? "''" : value.map(literal).join(', ')})`;
  return typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : String(value);
}

function caseOf([occurredAt, eventId, caseId, orderId, amount]: CaseTuple): StoredCase {
  return { caseId, orderId, eventId, occurredAt, amount };
}
