import { parseDocument } from 'yaml';
import type { Configuration } from '../config/configuration.js';
import { setInYaml } from '../config/edit-yaml.js';
import type { Changes } from '../detection/backtest/search.js';
import type { Tunable } from '../detection/backtest/tunables.js';
import type { MetricDefinition } from '../model/metric.js';

/** A configuration as it would be with another metrics file. */
export interface Draft {
  /** The metrics file. */
  text: string;
  configuration: Configuration;
  metric: MetricDefinition;
}

/** The configuration as it would be with a metrics file of this text; null when it would be refused. */
export type LoadDraft = (text: string) => Promise<Configuration | null>;

/**
 * Writes changes of one metric into the text of the metrics file and reads the configuration back from it, so that what
 * is tried is what the file would say. Null when a change cannot be written there by itself, or is not allowed together
 * with the rest.
 */
export async function draftOf(
  text: string,
  id: string,
  tunables: readonly Tunable[],
  changes: Changes,
  load: LoadDraft,
): Promise<Draft | null> {
  let edited = text;
  for (const [which, value] of changes) {
    const tunable = tunables[which];
    const next = tunable === undefined ? null : withChange(edited, id, tunable, value);
    if (next === null) return null;
    edited = next;
  }
  const configuration = await load(edited);
  const metric = configuration?.metrics.find((it) => it.id === id);
  return configuration === null || metric === undefined ? null : { text: edited, configuration, metric };
}

function withChange(text: string, id: string, { path }: Tunable, value: number): string | null {
  const entries = parseDocument(text, { merge: true }).toJS() as { id?: unknown; detect?: unknown }[];
  const index = entries.findIndex((entry) => entry?.id === id);
  if (index < 0) return null;
  const [first, , parameter] = path;
  // `detect: auto` has no place for a parameter: it becomes the list that it is short for.
  return first === 'detect' && entries[index]?.detect === 'auto'
    ? setInYaml(text, [index, 'detect'], [{ use: 'auto', [String(parameter)]: value }])
    : setInYaml(text, [index, ...path], value);
}
