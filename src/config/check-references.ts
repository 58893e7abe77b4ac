import { didYouMean } from './did-you-mean.js';
import type { Problem } from './problems.js';
import { listWords } from './schema-check.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

/** The files of a folder that are there and are YAML. */
export interface Sources {
  service?: YamlSource;
  metrics?: YamlSource;
  escalation?: YamlSource;
  owners?: YamlSource;
  calendar?: YamlSource;
}

/** The ids that may be referred to; null where the file that defines them could not be read. */
interface Known {
  owners: readonly string[] | null;
  metrics: readonly string[] | null;
  policies: readonly string[] | null;
  webhooks: readonly string[] | null;
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

function checkEscalation(
  source: YamlSource,
  escalation: Record<string, unknown>,
  dimensions: readonly string[],
  known: Known,
): Problem[] {
  const problems = checkDuplicates(source, ['policies'], escalation.policies);
  for (const [index, policy] of itemsOf(escalation.policies).entries()) {
    if (!isRecord(policy)) continue;
    for (const [position, step] of itemsOf(policy.steps).entries()) {
      if (!isRecord(step)) continue;
      for (const [item, target] of itemsOf(step.tell).entries()) {
        if (typeof target !== 'string' || !target.startsWith('webhook:')) continue;
        const path: SettingPath = ['policies', index, 'steps', position, 'tell', item];
        const name = target.slice('webhook:'.length);
        problems.push(...checkName(source, path, name, 'webhook', known.webhooks));
      }
    }
  }
  const routes = itemsOf(escalation.routes);
  for (const [index, route] of routes.entries()) {
    if (!isRecord(route)) continue;
    problems.push(...checkName(source, ['routes', index, 'policy'], route.policy, 'policy', known.policies));
    const match = isRecord(route.match) ? route.match : {};
    const last = index === routes.length - 1;
    if (Object.keys(match).length === 0 && !last) {
      problems.push(
        source.problem(['routes', index], 'matches everything, so the routes after it are never used'),
      );
    }
    if (Object.keys(match).length > 0 && last) {
      const message =
        'is the last route and must match everything, or some alerts would go to nobody; add one without match';
      problems.push(source.problem(['routes', index], message));
    }
    for (const [label, values] of Object.entries(match)) {
      problems.push(
        ...checkMatch(source, ['routes', index, 'match', label], label, values, dimensions, known),
      );
    }
  }
  return problems;
}

const SEVERITIES = ['info', 'warning', 'critical'];

function checkMatch(
  source: YamlSource,
  path: SettingPath,
  label: string,
  values: unknown,
  dimensions: readonly string[],
  known: Known,
): Problem[] {
  if (label === 'metric' || label === 'severity') {
    const words = label === 'metric' ? known.metrics : SEVERITIES;
    return (Array.isArray(values) ? values : [values]).flatMap((value, index) => {
      const place = Array.isArray(values) ? [...path, index] : path;
      return checkName(source, place, value, label, words);
    });
  }
  if (known.metrics === null || dimensions.includes(label)) return [];
  const labels = ['metric', 'severity', ...dimensions];
  const message = `no metric is sliced by '${label}'${didYouMean(label, labels)}; ${listWords(labels)} can be matched`;
  return [source.problem(path, message, 'key')];
}

/** A name that nothing is called by. */
export function checkName(
  source: YamlSource,
  path: SettingPath,
  name: unknown,
  what: string,
  known: readonly string[] | null,
): Problem[] {
  if (typeof name !== 'string' || known === null || known.includes(name)) return [];
  return [source.problem(path, `no ${what} is called '${name}'${didYouMean(name, known)}`)];
}

/** Ids that an earlier entry of the list has taken. */
export function checkDuplicates(source: YamlSource, base: SettingPath, items: unknown): Problem[] {
  const seen = new Set<string>();
  return itemsOf(items).flatMap((item, index) => {
    if (!isRecord(item) || typeof item.id !== 'string') return [];
    if (!seen.has(item.id)) {
      seen.add(item.id);
      return [];
    }
    return [source.problem([...base, index, 'id'], `'${item.id}' is the id of an earlier entry`)];
  });
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
