import { didYouMean } from './did-you-mean.js';
import type { Problem } from './problems.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

/** The ids that may be referred to; null where the file that defines them could not be read. */
export interface Known {
  owners: readonly string[] | null;
  metrics: readonly string[] | null;
  policies: readonly string[] | null;
  webhooks: readonly string[] | null;
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
