import type { z } from 'zod';
import type { Detector, Judge, SeriesContext } from '../detection/contract.js';
import { messageOf } from '../model/errors.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Problem } from './problems.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

/** A detector as configuration needs to know it. */
export interface KnownDetector {
  name: string;
  parameters: z.ZodType;
}

/** Loads what a `use` names that is not known; null where it is the name of nothing that can be loaded. */
export type LoadPlugIn = (
  use: string,
  folder: string,
) => Promise<{ ok: true; detector: Detector } | { ok: false; message: string } | null>;

/** The detectors from outside that metrics use, by what stands in `use`. */
export interface PlugIns {
  byUse: ReadonlyMap<string, Detector>;
  /** Those that could not be loaded. */
  failed: ReadonlySet<string>;
  problems: readonly Problem[];
}

/** Loads every detector that metrics use and that is not known; each problem at every place that uses it. */
export async function loadPlugIns(
  source: YamlSource,
  folder: string,
  known: readonly KnownDetector[],
  load: LoadPlugIn,
): Promise<PlugIns> {
  const byUse = new Map<string, Detector>();
  const failed = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { use, path, metric, params } of usesOf(source)) {
    if (known.some(({ name }) => name === use)) continue;
    if (!byUse.has(use) && !failed.has(use)) {
      const loaded = await load(use, folder);
      if (loaded?.ok === false) failed.set(use, loaded.message);
      const twin = loaded?.ok === true ? twinOf(loaded.detector, use, byUse) : undefined;
      if (twin !== undefined) failed.set(use, `'${use}' has the same name as '${twin}'`);
      else if (loaded?.ok === true) byUse.set(use, loaded.detector);
    }
    const detector = byUse.get(use);
    const message = failed.get(use) ?? (detector === undefined ? null : faultOf(detector, metric, params));
    if (message !== null) problems.push(source.problem(path, message));
  }
  return { byUse, failed: new Set(failed.keys()), problems };
}

/** Metrics that name detectors from outside by the names that those give themselves, which are shown and stored. */
export function byTheirNames(
  metrics: readonly MetricDefinition[],
  { byUse }: Pick<PlugIns, 'byUse'>,
): MetricDefinition[] {
  return metrics.map((metric) => ({
    ...metric,
    detect: metric.detect.map(({ use, params }) => ({ use: byUse.get(use)?.name ?? use, params })),
  }));
}

function usesOf(source: YamlSource) {
  return itemsOf(source.value).flatMap((metric, index) =>
    itemsOf(isRecord(metric) ? metric.detect : []).flatMap((entry, position) => {
      if (!isRecord(metric) || !isRecord(entry) || typeof entry.use !== 'string') return [];
      const path: SettingPath = [index, 'detect', position, 'use'];
      const { use, ...params } = entry;
      return [{ use: entry.use, path, metric, params }];
    }),
  );
}

function twinOf(detector: Detector, use: string, byUse: ReadonlyMap<string, Detector>): string | undefined {
  return [...byUse].find(([other, { name }]) => other !== use && name === detector.name)?.[0];
}

/** What a detector does wrong when it is asked for a judge, as the metric would; null for nothing. */
function faultOf(detector: Detector, { kind }: Record<string, unknown>, params: unknown): string | null {
  const parameters = detector.parameters.safeParse(params);
  // What is wrong with the parameters is said at each of them.
  if (!parameters.success) return null;
  const isRate = kind === 'ratio' || kind === 'breach';
  const series = { kind: isRate ? 'rate' : 'value', bucketSeconds: 3600, timezone: 'UTC' } as const;
  const judge = appointed(detector, parameters.data, series);
  return typeof judge === 'string' ? judge : null;
}

/** A judge of a detector that may be anybody's; what is wrong with the detector where it makes none. */
export function appointed(detector: Detector, params: unknown, series: SeriesContext): Judge | string {
  try {
    const judge: Partial<Judge> = detector.create(params, series);
    if (typeof judge?.observe === 'function' && typeof judge.save === 'function') return judge as Judge;
    return `the detector '${detector.name}' makes a judge without observe and save`;
  } catch (error) {
    return `the detector '${detector.name}' makes no judge: ${messageOf(error)}`;
  }
}
