import { checkEscalation } from './check-escalation.js';
import { checkDuplicates, checkName, type Known } from './check-names.js';
import { didYouMean } from './did-you-mean.js';
import type { Problem } from './problems.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

/** The files of a folder that are there and are YAML. */
export interface Sources {
  service?: YamlSource;
  metrics?: YamlSource;
  escalation?: YamlSource;
  owners?: YamlSource;
  calendar?: YamlSource;
}

/**
 * Names in one file that another must define, and lists whose items refer to each other. `unreadable` are the
 * files with broken YAML: what they would have defined is unknown, so nothing that refers to it is reported.
 */
export function checkReferences(sources: Sources, unreadable: ReadonlySet<keyof Sources>): Problem[] {
  const value = (name: keyof Sources): unknown => sources[name]?.value;
  const escalation = isRecord(value('escalation')) ? (value('escalation') as Record<string, unknown>) : {};
  const service = isRecord(value('service')) ? (value('service') as Record<string, unknown>) : {};
  const webhooks = isRecord(service.webhooks) ? Object.keys(service.webhooks) : [];
  const known: Known = {
    owners: unreadable.has('owners') ? null : idsOf(value('owners')),
    metrics: unreadable.has('metrics') ? null : idsOf(value('metrics')),
    policies: idsOf(escalation.policies),
    webhooks: unreadable.has('service') ? null : webhooks,
  };
  return [
    ...(sources.metrics === undefined ? [] : checkMetricOwners(sources.metrics, known)),
    ...(sources.owners === undefined
      ? []
      : checkOwners(sources.owners, dimensionsOf(value('metrics')), known)),
    ...(sources.escalation === undefined
      ? []
      : checkEscalation(sources.escalation, escalation, dimensionsOf(value('metrics')), known)),
  ];
}

function checkMetricOwners(source: YamlSource, known: Known): Problem[] {
  return itemsOf(source.value).flatMap((metric, index) => {
    if (!isRecord(metric)) return [];
    return checkName(source, [index, 'owner'], metric.owner, 'owner', known.owners);
  });
}

/** An entry for a metric or a dimension that there is not would own nothing, and nobody would notice. */
function checkOwned(
  source: YamlSource,
  index: number,
  owns: unknown,
  dimensions: readonly string[],
  known: Known,
): Problem[] {
  return itemsOf(owns).flatMap((entry, position) => {
    if (!isRecord(entry)) return [];
    const path: SettingPath = [index, 'owns', position];
    const strangers = isRecord(entry.slice)
      ? Object.keys(entry.slice).filter((label) => known.metrics !== null && !dimensions.includes(label))
      : [];
    return [
      ...checkName(source, [...path, 'metric'], entry.metric, 'metric', known.metrics),
      ...strangers.map((label) =>
        source.problem(
          [...path, 'slice', label],
          `no metric is sliced by '${label}'${didYouMean(label, dimensions)}`,
          'key',
        ),
      ),
    ];
  });
}

function checkOwners(source: YamlSource, dimensions: readonly string[], known: Known): Problem[] {
  const problems = checkDuplicates(source, [], source.value);
  const leads = new Map<string, unknown>();
  for (const owner of itemsOf(source.value)) if (isRecord(owner)) leads.set(String(owner.id), owner.lead);
  for (const [index, owner] of itemsOf(source.value).entries()) {
    if (!isRecord(owner)) continue;
    problems.push(...checkOwned(source, index, owner.owns, dimensions, known));
    const unknown = checkName(source, [index, 'lead'], owner.lead, 'owner', known.owners);
    problems.push(...unknown);
    if (unknown.length === 0 && leadsBackTo(String(owner.id), leads)) {
      problems.push(source.problem([index, 'lead'], `leads in a circle back to '${String(owner.id)}'`));
    }
  }
  return problems;
}

function leadsBackTo(start: string, leads: ReadonlyMap<string, unknown>): boolean {
  let lead = leads.get(start);
  for (let steps = 0; typeof lead === 'string' && steps <= leads.size; steps++) {
    if (lead === start) return true;
    lead = leads.get(lead);
  }
  return false;
}

/** The ids of a list's entries. */
export function idsOf(items: unknown): string[] {
  return itemsOf(items).flatMap((item) => (isRecord(item) && typeof item.id === 'string' ? [item.id] : []));
}

function dimensionsOf(metrics: unknown): string[] {
  const dimensions = itemsOf(metrics).flatMap((metric) =>
    itemsOf(isRecord(metric) ? metric.slices : []).flatMap((slice) => itemsOf(slice)),
  );
  return [...new Set(dimensions.filter((dimension) => typeof dimension === 'string'))].sort();
}
