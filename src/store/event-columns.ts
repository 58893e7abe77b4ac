import type { EventSelector } from '../model/metric.js';

/** The parameters of a statement whose parts are put together: each value gets a name of its own. */
export class Bindings {
  readonly parameters: Record<string, unknown> = {};
  #count = 0;

  /** Takes a value up and answers what stands for it in the statement. */
  bind(type: string, value: unknown): string {
    const name = `bound_${this.#count++}`;
    this.parameters[name] = value;
    return `{${name}:${type}}`;
  }
}

/** The fields of an event that are text, by their names on the wire, which are also the columns'. */
const TEXT_COLUMNS: ReadonlySet<string> = new Set([
  'event_id',
  'type',
  'order_id',
  'case_id',
  'merchant_id',
  'region',
  'category',
  'scenario',
  'channel',
  'currency',
  'outcome',
  'text',
]);

/** A field's text; any name that is not a field's is an attribute's, empty where an event does not have it. */
export function textColumn(name: string, bindings: Bindings): string {
  return TEXT_COLUMNS.has(name) ? `events_log.${name}` : `attributes[${bindings.bind('String', name)}]`;
}

/**
 * A field's number as a decimal, so that a sum does not depend on the order; NULL where an event has none.
 * `duration` is the time from `started_at` to `occurred_at` in seconds; any name but `amount` is an attribute's.
 */
export function numberColumn(name: string, bindings: Bindings): string {
  if (name === 'amount') return 'events_log.amount';
  if (name === 'duration')
    return 'toDecimal128(toUnixTimestamp64Milli(occurred_at) - toUnixTimestamp64Milli(started_at), 18) / 1000';
  return `toDecimal128OrNull(attributes[${bindings.bind('String', name)}], 18)`;
}

/** What a selector asks of its events beside their type. */
export function conditions(
  { where, except, bounds }: Pick<EventSelector, 'where' | 'except' | 'bounds'>,
  bindings: Bindings,
): string {
  const found = ['true'];
  for (const [name, values] of Object.entries(where))
    found.push(`${textColumn(name, bindings)} IN ${bindings.bind('Array(String)', values)}`);
  for (const [name, values] of Object.entries(except ?? {}))
    found.push(`${textColumn(name, bindings)} NOT IN ${bindings.bind('Array(String)', values)}`);
  for (const [name, { atLeast, below }] of Object.entries(bounds ?? {})) {
    const limit = (value: number) => `toDecimal128(${bindings.bind('String', decimal(value))}, 18)`;
    if (atLeast !== undefined) found.push(`(${numberColumn(name, bindings)}) >= ${limit(atLeast)}`);
    if (below !== undefined) found.push(`(${numberColumn(name, bindings)}) < ${limit(below)}`);
  }
  return found.join(' AND ');
}

/** Digits without an exponent, which a decimal does not read. */
function decimal(value: number): string {
  return value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 18 });
}

/**
 * The last of some instants (ms, ascending) that is not after a date: the bucket that it lies in. One that is known
 * beforehand is not looked up for each event. Instants at even distances are written as one run, because the engine takes no
 * parameter of more than 128 KiB (`http_max_field_value_size`) and a week has ten thousand minutes.
 */
export function startOf(date: string, starts: readonly number[], bindings: Bindings): string {
  if (starts.length === 1) return bindings.bind('Int64', starts[0]);
  const runs = bindings.bind('Array(Array(Int64))', runsOf(starts));
  const all = `arrayFlatten(arrayMap(run -> range(run[1], run[1] + run[2] * run[3], run[2]), ${runs}))`;
  return `roundDown(toUnixTimestamp64Milli(assumeNotNull(${date})), ${all})`;
}

type Run = [from: number, step: number, count: number];

function runsOf(instants: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const instant of instants) {
    const run = runs.at(-1);
    if (run !== undefined && run[2] === 1) run[1] = instant - run[0];
    if (run !== undefined && instant === run[0] + run[1] * run[2]) run[2] += 1;
    else runs.push([instant, 1, 1]);
  }
  return runs;
}

/** Puts the parts of a statement in their places, written `{{name}}`. */
export function filled(text: string, parts: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? '');
}
