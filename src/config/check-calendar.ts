import { checkDuplicates, checkName } from './check-names.js';
import { idsOf } from './check-references.js';
import type { Problem } from './problems.js';
import { knownCountries, split } from './public-holidays.js';
import { PUBLIC_HOLIDAYS } from './schema-calendar.js';
import { listWords } from './schema-check.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

const DATED = ['title', 'starts_at', 'ends_at'];

/**
 * What a schema of one field cannot see in `calendar.yaml`: which fields belong to a kind, countries, and the metrics
 * that entries name. `metrics` is null where that file could not be read.
 */
export async function checkCalendar(source: YamlSource, metrics: YamlSource | null): Promise<Problem[]> {
  const problems = checkDuplicates(source, [], source.value);
  const known = metrics === null ? null : idsOf(metrics.value);
  for (const [index, entry] of itemsOf(source.value).entries()) {
    if (!isRecord(entry)) continue;
    const isRule = entry.kind === PUBLIC_HOLIDAYS;
    for (const field of isRule ? ['country'] : DATED)
      if (entry[field] === undefined) problems.push(source.problem([index, field], 'is missing'));
    for (const field of isRule ? DATED : ['country'])
      if (entry[field] !== undefined) {
        const message = isRule
          ? `'${field}' does not belong to public_holidays, which come with their names and dates`
          : `'country' belongs to entries of the kind public_holidays`;
        problems.push(source.problem([index, field], message, 'key'));
      }
    if (isRule && typeof entry.country === 'string')
      problems.push(...(await checkCountry(source, [index, 'country'], entry.country)));
    const startsAt = Date.parse(String(entry.starts_at));
    const endsAt = Date.parse(String(entry.ends_at));
    if (endsAt <= startsAt) problems.push(source.problem([index, 'ends_at'], 'must be later than starts_at'));
    for (const [position, name] of itemsOf(entry.metrics).entries())
      problems.push(...checkName(source, [index, 'metrics', position], name, 'metric', known));
  }
  return problems;
}

/** The countries in `owners.yaml` whose holidays are people's days off. */
export async function checkWorkCountries(source: YamlSource): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, owner] of itemsOf(source.value).entries()) {
    const work = isRecord(owner) ? owner.work : null;
    if (isRecord(work) && typeof work.country === 'string')
      problems.push(...(await checkCountry(source, [index, 'work', 'country'], work.country)));
  }
  return problems;
}

async function checkCountry(source: YamlSource, path: SettingPath, code: string): Promise<Problem[]> {
  const { countries, parts } = await knownCountries(code);
  const { country, part } = split(code);
  if (!countries.includes(country)) {
    const message = `no country with known holidays has the code '${country}'; codes are ISO 3166's, such as GB, or GB-SCT for a part of it`;
    return [source.problem(path, message)];
  }
  if (part === '' || parts.includes(part)) return [];
  const there =
    parts.length === 0
      ? 'it has none with holidays of its own'
      : `there are ${listWords(parts).replace(' or ', ' and ')}`;
  return [source.problem(path, `'${part}' is no part of ${country}: ${there}`)];
}
