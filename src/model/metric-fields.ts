import { EVENT_FIELDS } from './event-schema.js';
import type { EventSelector, MetricDefinition } from './metric.js';

const FIELDS: ReadonlySet<string> = new Set(Object.values(EVENT_FIELDS).map(({ name }) => name));

/** The attributes that metrics cut, filter, measure or count by. */
export function attributesInUse(metrics: readonly MetricDefinition[]): string[] {
  const names = new Set(metrics.flatMap(namesIn));
  return [...names].filter((name) => !FIELDS.has(name) && name !== 'duration').sort();
}

function namesIn({ measure, slices }: MetricDefinition): string[] {
  const selectors: EventSelector[] = [];
  for (const part of Object.values(measure)) if (isSelector(part)) selectors.push(part);
  return [
    ...slices.flat(),
    ...selectors.flatMap(({ where, except = {}, bounds = {} }) =>
      [where, except, bounds].flatMap((named) => Object.keys(named)),
    ),
    ...('value' in measure ? [measure.value] : []),
    ...('by' in measure ? [measure.by] : []),
  ];
}

const isSelector = (part: unknown): part is EventSelector =>
  typeof part === 'object' && part !== null && 'event' in part;
