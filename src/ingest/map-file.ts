import { readFile } from 'node:fs/promises';
import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf, RedressError } from '../model/errors.js';
import { EVENT_FIELDS } from '../model/event-schema.js';

/** A ClickHouse expression and where in the map file it stands. */
export interface MapExpression {
  /** The event's field, or `attributes.KEY`. */
  field: string;
  expression: string;
  /** `file:line:column`. */
  place: string;
}

/** How one row becomes one event. */
export interface EventTemplate {
  fields: readonly MapExpression[];
  /** Rows for which it is false give no such event; null takes every row. */
  where: MapExpression | null;
}

/** How a foreign table becomes events. */
export interface EventMap {
  file: string;
  /** IANA name, for local times. */
  timezone: string;
  /** Rows for which it is false are left out; null takes every row. */
  where: MapExpression | null;
  /** Each row gives one event by each template. */
  events: readonly EventTemplate[];
}

const Expression = z
  .union([z.string().min(1), z.number()], {
    error: ({ input }) =>
      input === undefined ? 'is missing, and every event has it' : 'is not an expression, which is text',
  })
  .transform(String);
const { attributes: _, ...plainFields } = EVENT_FIELDS;

const TemplateSchema = z.strictObject({
  ...Object.fromEntries(
    Object.values(plainFields).map((field) => [
      field.name,
      field.required ? Expression : Expression.optional(),
    ]),
  ),
  attributes: z.record(z.string(), Expression).optional(),
  where: Expression.optional(),
});

/** A map file: where its times are, which rows count, and what each becomes. */
const MapFileSchema = z.strictObject({
  timezone: z.string().refine(isTimezone, 'is not a time zone, such as Europe/London').default('UTC'),
  where: Expression.optional(),
  events: z.array(TemplateSchema).min(1),
});

/** Reads a map file. Throws `config_invalid` with every mistake in it, one a line, each with its place. */
export async function loadMap(file: string): Promise<EventMap> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new RedressError('config_invalid', `${file}: cannot read the map: ${messageOf(cause)}`, { cause });
  }
  return parseMap(file, text);
}

/** As {@link loadMap}, from a map's text. */
export function parseMap(file: string, text: string): EventMap {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    throw mapProblems(
      document.errors.map((error) => `${at(error.pos[0])}  is not valid YAML: ${error.message}`),
    );

  /** Where the setting stands, or the nearest thing around it that is there. */
  const placeOf = (path: readonly PropertyKey[]): string => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };
  const keyPlace = (path: readonly PropertyKey[], key: string): string => {
    const around = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(around) ? around.items.find((item) => String(item.key) === key) : undefined;
    return isNode(pair?.key) && pair.key.range ? at(pair.key.range[0]) : placeOf(path);
  };

  const parsed = MapFileSchema.safeParse(document.toJS());
  if (!parsed.success)
    throw mapProblems(
      parsed.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `${keyPlace(issue.path, key)}  ${key}: a map has no such setting`)
          : [`${placeOf(issue.path)}  ${issue.path.join('.')}: ${issue.message}`],
      ),
    );

  const expression = (path: readonly PropertyKey[], value: string): MapExpression => ({
    field: path.slice(path[0] === 'events' ? 2 : 0).join('.'),
    expression: value,
    place: placeOf(path),
  });
  const { timezone, where, events } = parsed.data;
  return {
    file,
    timezone,
    where: where === undefined ? null : expression(['where'], where),
    events: events.map(({ where: only, attributes = {}, ...fields }, index) => ({
      fields: [
        ...Object.entries(fields as Record<string, string>).map(([field, value]) =>
          expression(['events', index, field], value),
        ),
        ...Object.entries(attributes).map(([key, value]) =>
          expression(['events', index, 'attributes', key], value),
        ),
      ],
      where: only === undefined ? null : expression(['events', index, 'where'], only),
    })),
  };
}

/** One error for all problems, each of which begins with its place, in the order of the file. */
export function mapProblems(problems: readonly string[]): RedressError {
  const inOrder = [...problems].sort(new Intl.Collator('en', { numeric: true }).compare);
  return new RedressError('config_invalid', inOrder.join('\n'));
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
