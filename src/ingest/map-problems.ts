import { RedressError } from '../model/errors.js';
import { EVENT_FIELDS } from '../model/event-schema.js';
import type { StagedColumn } from '../store/staging-statements.js';
import { both, soundRows } from './map-conditions.js';
import { type EventMap, type MapExpression, mapProblems } from './map-file.js';
import type { StagedTable } from './staging.js';
import { isStructure } from './table-columns.js';
import { ownNames } from './table-forms.js';

/** As many of a table's columns as a message names, and as much of each. */
const NAMED_COLUMNS = 40;
const NAME_LENGTH = 60;

/**
 * The map of a table whose columns are called as events' fields are, `attributes.KEY` included. Of columns that hold
 * structures only `attributes` can be one.
 */
export function namesakes(name: string, all: readonly StagedColumn[]): EventMap {
  const attributes = EVENT_FIELDS.attributes.name;
  const columns = all.filter((column) => isStructure(column.type) === (column.name === attributes));
  const names = ownNames(columns);
  const known = new Set<string>(Object.values(EVENT_FIELDS).map((field) => field.name));
  const missing = Object.values(EVENT_FIELDS).filter(
    (field) => field.required && !names.includes(field.name),
  );
  const foreign = names.filter((column) => !known.has(column) && !column.startsWith('attributes.'));
  if (missing.length > 0 || foreign.length > 0) {
    const problem =
      missing.length > 0
        ? `there is no column ${missing.map((field) => field.name).join(', ')}, which every event has`
        : `${listed(foreign)}: no event has such a field; call it attributes.${listed(foreign.slice(0, 1))}`;
    throw new RedressError(
      'input_unreadable',
      `${name}: ${problem}. Its columns are ${listed(names)}. A map file (--map) tells what they mean`,
    );
  }
  const fields = names.map((column) => ({ field: column, expression: `\`${column}\``, place: name }));
  return { file: name, timezone: 'UTC', where: null, events: [{ fields, where: null }] };
}

/** The types of a map's expressions. When not all of them fit the table, one answer names all that do not. */
export async function typesOf(
  map: EventMap,
  staged: StagedTable,
  columns: readonly StagedColumn[],
): Promise<Map<MapExpression, string>> {
  const expressions = expressionsOf(map, columns).map(({ value }) => value);
  const types = await staged.types(
    expressions.map(({ expression }) => expression),
    map.timezone,
  );
  if (types !== null)
    return new Map(expressions.map((expression, index) => [expression, types[index] ?? '']));
  throw mapProblems(await problemsOf(map, staged, columns));
}

/** What is wrong with each of a map's expressions over the table and those rows in it for which it is evaluated. */
export async function problemsOf(
  map: EventMap,
  staged: StagedTable,
  columns: readonly StagedColumn[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const { value, where } of expressionsOf(map, columns)) {
    const { place, field, expression } = value;
    const problem = await staged.check(expression, where, map.timezone);
    if (problem === null) continue;
    const { kind, detail, row } = problem;
    const unknown =
      kind === 'unknown_column' ? ` (the table has the columns ${listed(ownNames(columns))}, and _row)` : '';
    const strict =
      row === null
        ? ''
        : `, at row ${row}. A function that ends in OrNull gives nothing there, and only that row is rejected`;
    problems.push(`${place}  ${field}: ${expression}: ${detail}${unknown}${strict}`);
  }
  return problems;
}

/** A map's expressions, each with the condition of the rows for which it is evaluated. */
function expressionsOf(
  map: EventMap,
  columns: readonly StagedColumn[],
): { value: MapExpression; where: string }[] {
  const sound = soundRows(columns);
  const outer = both(sound, map.where?.expression ?? '');
  return [
    ...(map.where === null ? [] : [{ value: map.where, where: sound }]),
    ...map.events.flatMap(({ fields, where }) => {
      const inner = both(outer, where?.expression ?? '');
      return [
        ...fields.map((value) => ({ value, where: inner })),
        ...(where === null ? [] : [{ value: where, where: outer }]),
      ];
    }),
  ];
}

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, NAMED_COLUMNS)
    .map((name) => (name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH)}…` : name));
  const left = names.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
