import type { EventDate } from '../model/event.js';
import type { EventSelector, NumberField } from '../model/metric.js';
import { Bindings, conditions, filled, numberColumn, startOf, textColumn } from './event-columns.js';
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

/** Which values a query's dimensions have, as far as that is known. */
export interface ToldApart {
  /** For a dimension the values that are told apart; all others come as null. */
  named: ReadonlyMap<string, readonly string[]>;
  /** For the other dimensions values that were seen among some of the events; there may be more. */
  seen: ReadonlyMap<string, readonly string[]>;
}

/** Stands for the values that are too rare to be named, in the engine's answer. */
const UNNAMED = '\u0001';

/** More values of one dimension are not asked for, and what lies beyond is not known. */
const MOST_SEEN = 10_000;
/** The engine takes no parameter of more than 128 KiB (`http_max_field_value_size`). */
const LONGEST_LIST = 131_072;
/** A slice as one number must be read exactly. */
const MOST_KEYS = Number.MAX_SAFE_INTEGER;

/** What some of the events say of a query's dimensions. */
export interface SliceWidths {
  events: number;
  combinations: number;
  /** For each dimension how many values it has, and which. */
  widths: number[];
  seen: string[][];
}

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

  /** How many values each dimension has, some of them, and how many combinations, among at most `most` of the events. */
  async widths(query: SliceQuery, most: number): Promise<SliceWidths> {
    const { columns, parts, parameters } = partsOf(query);
    const text = filled(queryText('slice_widths'), {
      ...parts,
      dimensions: columns.map((column, i) => `${column} AS d${i}`).join(', '),
      combination: `(${columns.map((_, i) => `d${i}`).join(', ')})`,
      widths: columns.map((_, i) => `uniq(d${i})`).join(', '),
      seen: columns.map((_, i) => `groupUniqArray(${MOST_SEEN})(toString(d${i}))`).join(', '),
    });
    const found: SliceWidths = {
      ...{ events: 0, combinations: 0 },
      widths: columns.map(() => 0),
      seen: columns.map(() => []),
    };
    for await (const rows of this.#store.rows<SliceWidths>(text, { ...parameters, most }))
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
  async counts(query: SliceQuery, told: ToldApart, most: number): Promise<SliceCounts | null> {
    const coded = await this.#coded(query, told, most);
    return coded === 'unknown' ? this.#byName(query, told.named, most) : coded;
  }

  /** By the places of the values in the lists that are known; `unknown` where a value turns up that is in none. */
  async #coded(
    query: SliceQuery,
    { named, seen }: ToldApart,
    most: number,
  ): Promise<SliceCounts | null | 'unknown'> {
    const { columns, parts, bindings, parameters } = partsOf(query);
    const lists = query.dimensions.map((name) => named.get(name) ?? seen.get(name) ?? []);
    const sizes = lists.map(({ length }) => length + 1);
    if (sizes.reduce((all, size) => all * size, 1) > MOST_KEYS || lists.some(isTooLong)) return 'unknown';
    const key = columns.reduce((text, column, i) => {
      const list = lists[i] as readonly string[];
      if (list.length === 0) return text;
      const places = list.map((_, place) => place + 1);
      const place = `transform(${column}, ${bindings.bind('Array(String)', list)}, ${bindings.bind('Array(UInt32)', places)}, toUInt32(0))`;
      return `(${text}) * ${sizes[i]} + toUInt64(${place})`;
    }, 'toUInt64(0)');
    const number = query.value === null ? null : numberColumn(query.value, bindings);
    const text = filled(queryText('slice_counts_coded'), {
      ...parts,
      key,
      bucket: startOf(query.date, query.edges.slice(0, -1), bindings),
      number: number === null ? '0' : `assumeNotNull(${number})`,
      sums:
        number === null ? '' : ', toFloat64(sum(number)) AS value, sum(pow(toFloat64(number), 2)) AS squares',
    });
    const found = await this.#store.columns<Partial<Record<string, number[]>>>(text, {
      ...parameters,
      most: most + 1,
    });
    const { key: keys = [], bucket = [], events = [], value, squares } = found;
    if (bucket.length > most) return null;
    let left = keys;
    const values: (string | null)[][] = [];
    for (let i = columns.length - 1; i >= 0; i--) {
      const list = lists[i] as readonly string[];
      const size = sizes[i] as number;
      const isNamed = named.has(query.dimensions[i] as string);
      const places = left.map((each) => each % size);
      if (!isNamed && places.includes(0)) return 'unknown';
      values.unshift(places.map((place) => (place === 0 ? null : (list[place - 1] as string))));
      left = left.map((each) => Math.floor(each / size));
    }
    const zeros = () => new Array<number>(events.length).fill(0);
    return { values, bucket, events, value: value ?? zeros(), squares: squares ?? zeros() };
  }

  /** By the values themselves, whatever they are. */
  async #byName(query: SliceQuery, named: ToldApart['named'], most: number): Promise<SliceCounts | null> {
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
      bucket: startOf(query.date, query.edges.slice(0, -1), bindings),
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

/** Whether a list may be too long for a parameter, in which each value has quotes, a comma, and maybe escapes. */
function isTooLong(list: readonly string[]): boolean {
  const most = (value: string) => Buffer.byteLength(value) * (/[\\'\p{Cc}]/u.test(value) ? 2 : 1) + 3;
  return list.reduce((bytes, value) => bytes + most(value), 0) > LONGEST_LIST;
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
