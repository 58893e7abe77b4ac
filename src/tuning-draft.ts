import { builtinDetectors } from '../detectors/index.js';
import { setInYaml } from './config/edit-yaml.js';
import { resolveMetric } from './config/resolve.js';
import { MetricsFileSchema } from './config/schema-metrics.js';
import { YamlSource } from './config/yaml-source.js';
import type { Changes } from './detection/backtest/search.js';
import type { Tunable } from './detection/backtest/tunables.js';
import type { Json } from './model/json.js';
import type { MetricDefinition } from './model/metric.js';

/** A metrics file with some settings changed. */
export interface Draft {
  text: string;
  metric: MetricDefinition;
}

/**
 * Writes changes into the text of the metrics file and reads the metric back from it, so that what is tried is what
 * the file would say. Null when a change cannot be written there by itself, or is not allowed together with the rest.
 */
export function draftOf(
  file: string,
  text: string,
  id: string,
  tunables: readonly Tunable[],
  changes: Changes,
): Draft | null {
  let edited = text;
  const index = indexOf(file, text, id);
  if (index === null) return null;
  for (const [which, value] of changes) {
    const tunable = tunables[which];
    if (tunable === undefined) return null;
    const next =
      setInYaml(edited, [index, ...tunable.path], value) ?? setInAuto(file, edited, index, tunable, value);
    if (next === null) return null;
    edited = next;
  }
  const read = MetricsFileSchema.safeParse(new YamlSource(file, Buffer.from(edited)).value);
  const input = read.success ? read.data.find((entry) => entry.id === id) : undefined;
  if (input === undefined) return null;
  const metric = resolveMetric(input);
  return metric.detect.every(isAllowed) ? { text: edited, metric } : null;
}

/** `detect: auto` has no place for a parameter: it becomes the list that it is short for, with the parameter. */
function setInAuto(
  file: string,
  text: string,
  index: number,
  { path: [first, , parameter] }: Tunable,
  value: number,
): string | null {
  const entry = (new YamlSource(file, Buffer.from(text)).value as { detect?: Json }[])[index];
  if (first !== 'detect' || entry?.detect !== 'auto') return null;
  return setInYaml(text, [index, 'detect'], [{ use: 'auto', [String(parameter)]: value }]);
}

function indexOf(file: string, text: string, id: string): number | null {
  const { value } = new YamlSource(file, Buffer.from(text));
  const index = Array.isArray(value) ? value.findIndex((entry: { id?: unknown }) => entry?.id === id) : -1;
  return index < 0 ? null : index;
}

function isAllowed({ use, params }: MetricDefinition['detect'][number]): boolean {
  const detector = builtinDetectors.find(({ name }) => name === use);
  return detector?.parameters.safeParse(params).success ?? false;
}
