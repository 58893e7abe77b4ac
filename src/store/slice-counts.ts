import type { EventDate } from '../model/event.js';
import type { EventSelector, NumberField } from '../model/metric.js';
import { Bindings, conditions, filled, numberColumn, textColumn } from './event-columns.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** Half-open, ms. */
interface Span {
  from: number;
  to: number;
}

/** The events of one selector in some spans, and the dimensions to tell them apart by. */
export interface SliceQuery {
  selector: EventSelector;
  date: EventDate;
  spans: readonly Span[];
  /** Where the spans begin and end, ascending: between two of them time is in the same spans. */
  edges: readonly number[];
  dimensions: readonly string[];
  /** Only events that have this number; null for all. */
  value: NumberField | null;
}

/** For a dimension the values that are told apart; all others come as null. */
type NamedValues = ReadonlyMap<string, readonly string[]>;

/** Stands for the values that are too rare to be named, in the engine's answer. */
const UNNAMED = '\u0001';

/** Counts by slice and stretch of time, by columns. */
export interface SliceCounts {
  /** For each dimension the value of each row; null for one that is too rare to be named. */
  values: readonly (readonly (string | null)[])[];
  /** The start of each row's stretch, one of the spans' edges. */
  bucket: readonly number[];
  events: readonly number[];
  /** Sums of the number asked for, and of its squares; of nothing zeros. */
  value: readonly number[];
  squares: readonly number[];
}

/** Counts of events by the finest slices there are, for looking where a change sits. */
export class SliceCountTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** How many values each dimension has, and how many combinations, among at most `most` of the events. */
  async widths(
    query: SliceQuery,
    most: number,
  ): Promise<{ events: number; combinations: number; widths: number[] }> {
    const { columns, parts, parameters } = partsOf(query);
    const text = filled(queryText('slice_widths'), {
      ...parts,
      dimensions: columns.map((column, i) => `${column} AS d${i}`).join(', '),
      combination: `(${columns.map((_, i) => `d${i}`).join(', ')})`,
      widths: columns.map((_, i) => `uniq(d${i})`).join(', '),
    });
    const found = { events: 0, combinations: 0, widths: columns.map(() => 0) };
    for await (const rows of this.#store.rows<typeof found>(text, { ...parameters, most }))
      for (const row of rows) Object.assign(found, row);
    return found;
  }

  /** The counts of each value of one dimension: in the first span, and in all of them. */
  async marginals(
    query: SliceQuery,
    dimension: string,
  ): Promise<{ name: string; now: number; events: number }[]> {
    const { parts, bindings, parameters } = partsOf(query);
    const first = query.spans[0] as Span;
    const text = filled(queryText('slice_marginals'), {
      ...parts,
      dimension: textColumn(dimension, bindings),
      is_now: inSpans(query.date, [first], bindings),
    });
    const found: { name: string; now: number; events: number }[] = [];
    for await (const rows of this.#store.rows<(typeof found)[number]>(text, parameters)) found.push(...rows);
    return found;
  }

  /** Counts by slice and stretch; null where there would be more than `most` rows. */
  async counts(query: SliceQuery, named: NamedValues, most: number): Promise<SliceCounts | null> {
    const { columns, parts, bindings, parameters } = partsOf(query);
    const value = query.value === null ? null : numberColumn(query.value, bindings);
    const dimensions = query.dimensions.map((name, i) => {
      const kept = named.get(name);
      const column = columns[i] as string;
      const text =
        kept === undefined
          ? column
          : `if(${column} IN ${bindings.bind('Array(String)', kept)}, toString(${column}), '${UNNAMED}')`;
      return `${text} AS d${i}, `;
    });
    const text = filled(queryText('slice_counts'), {
      ...parts,
      dimensions: dimensions.join(''),
      bucket: bucketOf(query, bindings),
      value: value === null ? '0' : `toFloat64(sum(assumeNotNull(${value})))`,
      squares: value === null ? '0' : `sum(pow(toFloat64(assumeNotNull(${value})), 2))`,
      groups: ['bucket', ...columns.map((_, i) => `d${i}`)].join(', '),
    });
    const found = await this.#store.columns<Record<string, string[] | number[]>>(text, {
      ...parameters,
      most: most + 1,
    });
    const bucket = (found.bucket ?? []) as number[];
    if (bucket.length > most) return null;
    return {
      values: query.dimensions.map((name, i) => {
        const column = (found[`d${i}`] ?? []) as string[];
        return named.has(name) ? column.map((each) => (each === UNNAMED ? null : each)) : column;
      }),
      bucket,
      events: (found.events ?? []) as number[],
      value: (found.value ?? []) as number[],
      squares: (found.squares ?? []) as number[],
    };
  }
}

function partsOf(query: SliceQuery) {
  const bindings = new Bindings();
  const kept = query.value === null ? 'true' : `isNotNull(${numberColumn(query.value, bindings)})`;
  return {
    bindings,
    columns: query.dimensions.map((name) => textColumn(name, bindings)),
    parts: {
      spans: inSpans(query.date, query.spans, bindings),
      conditions: `${kept} AND ${conditions(query.selector, bindings)}`,
    },
    // The bindings fill up while the statement is written.
    parameters: Object.assign(bindings.parameters, { types: query.selector.event }),
  };
}

/** Spans that touch are asked for as one, because each costs a comparison for every event. */
function inSpans(date: EventDate, spans: readonly Span[], bindings: Bindings): string {
  const joined: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  const instant = (at: number) => `fromUnixTimestamp64Milli(${bindings.bind('Int64', at)})`;
  return joined
    .map(({ from, to }) => `(${date} >= ${instant(from)} AND ${date} < ${instant(to)})`)
    .join(' OR ');
}

function bucketOf({ date, edges }: SliceQuery, bindings: Bindings): string {
  if (edges.length === 2) return bindings.bind('Int64', edges[0]);
  return `roundDown(toUnixTimestamp64Milli(assumeNotNull(${date})), ${bindings.bind('Array(Int64)', edges)})`;
}
