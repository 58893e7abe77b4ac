import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { adviseOn } from './advice.js';
import { checkCalendar, checkWorkCountries } from './check-calendar.js';
import { checkFollowUps } from './check-follow-ups.js';
import { checkMetrics } from './check-metrics.js';
import { checkReferences, type Sources } from './check-references.js';
import { checkPastedSecrets, checkService } from './check-service.js';
import type { Configuration } from './configuration.js';
import { didYouMean } from './did-you-mean.js';
import { type Environment, readEnvironment } from './environment.js';
import { byTheirNames, type KnownDetector, type LoadPlugIn, loadPlugIns, type PlugIns } from './plug-ins.js';
import { type Problem, sortProblems } from './problems.js';
import { publicHolidays } from './public-holidays.js';
import { resolveMetric, resolveOwners, resolveService } from './resolve.js';
import { resolveAnnotations, resolveHolidays } from './resolve-calendar.js';
import { shareFalseAlerts } from './resolve-detection.js';
import { resolveEscalation } from './resolve-escalation.js';
import { resolveDigest, resolveFollowUps } from './resolve-follow-ups.js';
import { CalendarFileSchema } from './schema-calendar.js';
import { checkSchema } from './schema-check.js';
import { EscalationFileSchema } from './schema-escalation.js';
import { MetricsFileSchema } from './schema-metrics.js';
import { OwnersFileSchema } from './schema-people.js';
import { ServiceFileSchema } from './schema-service.js';
import { readSource, YamlSource } from './yaml-source.js';

/** The files of a configuration folder. */
export const CONFIGURATION_FILES = {
  service: 'redress.yaml',
  metrics: 'metrics.yaml',
  escalation: 'escalation.yaml',
  owners: 'owners.yaml',
  calendar: 'calendar.yaml',
} as const;

type FileName = keyof typeof CONFIGURATION_FILES;
const FILE_NAMES = Object.keys(CONFIGURATION_FILES) as FileName[];

export type LoadedConfiguration =
  | { ok: true; configuration: Configuration; warnings: readonly Problem[] }
  | { ok: false; problems: readonly Problem[]; warnings: readonly Problem[] };

/**
 * Reads a configuration folder and checks it against itself, the environment and the detectors that there
 * are. Every problem of every file is found in one go. Only `metrics.yaml` has to be there. Warnings are
 * things that work and may surprise.
 */
export async function loadConfiguration(
  folder: string,
  options: {
    env: Environment;
    detectors: readonly KnownDetector[];
    /** Loads detectors that do not come with Redress; without it there are none. */
    loadPlugIn?: LoadPlugIn;
    /** Stands in for what `metrics.yaml` holds, to see what a change would make of it before it is written. */
    metricsText?: string;
  },
): Promise<LoadedConfiguration> {
  const { env, detectors, loadPlugIn = async () => null, metricsText } = options;
  const problems: Problem[] = [];
  const warnings: Problem[] = await findStrayFiles(folder);
  const sources: Sources = {};
  const unreadable = new Set<FileName>();
  for (const name of FILE_NAMES) {
    const file = join(folder, CONFIGURATION_FILES[name]);
    const source =
      name === 'metrics' && metricsText !== undefined
        ? new YamlSource(file, Buffer.from(metricsText))
        : await readSource(file);
    if (source instanceof YamlSource) {
      problems.push(...source.syntaxProblems);
      if (source.value === undefined) unreadable.add(name);
      else sources[name] = source;
    } else if (source !== null) {
      problems.push(source);
      unreadable.add(name);
    }
  }
  if (sources.metrics === undefined && !unreadable.has('metrics')) {
    const message = "is missing; 'redress init' writes one to start from";
    problems.push({ file: join(folder, CONFIGURATION_FILES.metrics), line: 1, column: 1, path: '', message });
  }

  const environment = readEnvironment(env);
  problems.push(...environment.problems);
  const metrics = checkFile(MetricsFileSchema, sources.metrics, problems);
  const service = checkFile(ServiceFileSchema, sources.service, problems);
  const escalation = checkFile(EscalationFileSchema, sources.escalation, problems);
  const owners = checkFile(OwnersFileSchema, sources.owners, problems);
  const calendar = checkFile(CalendarFileSchema, sources.calendar, problems);
  let plugIns: PlugIns = { byUse: new Map(), failed: new Set(), problems: [] };
  if (sources.metrics !== undefined) {
    plugIns = await loadPlugIns(sources.metrics, folder, detectors, loadPlugIn);
    problems.push(...checkMetrics(sources.metrics, detectors, plugIns));
  }
  problems.push(...checkReferences(sources, unreadable));
  if (sources.calendar !== undefined)
    problems.push(...(await checkCalendar(sources.calendar, sources.metrics ?? null)));
  if (sources.owners !== undefined) problems.push(...(await checkWorkCountries(sources.owners)));
  problems.push(...checkFollowUps(sources, unreadable, env));
  problems.push(...checkService(sources.service, environment.settings, env));
  for (const source of Object.values(sources)) problems.push(...checkPastedSecrets(source));
  warnings.push(...adviseOn(sources, environment.settings));

  if (problems.length > 0 || metrics === null) {
    return { ok: false, problems: sortProblems(problems), warnings: sortProblems(warnings) };
  }
  const serviceInput = service ?? ServiceFileSchema.parse({});
  const slackIsOn = environment.settings.slackBotToken !== '';
  const resolved = await resolveOwners(owners ?? []);
  const holidays = resolveHolidays(calendar ?? []);
  const configuration: Configuration = {
    folder,
    service: resolveService(serviceInput, environment.settings, env),
    metrics: byTheirNames(shareFalseAlerts(metrics.map(resolveMetric), metrics, serviceInput), plugIns),
    plugIns: [...plugIns.byUse.values()],
    ...resolveEscalation(escalation, slackIsOn),
    owners: resolved,
    annotations: resolveAnnotations(calendar ?? []),
    ...(holidays.length === 0 ? {} : { holidaysOf: await publicHolidays(holidays) }),
    followUps: resolveFollowUps(serviceInput.follow_ups, slackIsOn),
    digest: resolveDigest(serviceInput.digest, resolved, slackIsOn),
  };
  return { ok: true, configuration, warnings: sortProblems(warnings) };
}

/** A file's value by its schema; null when it is absent, empty or wrong. */
function checkFile<Schema extends Parameters<typeof checkSchema>[0]>(
  schema: Schema,
  source: YamlSource | undefined,
  problems: Problem[],
) {
  if (source === undefined) return null;
  // An optional file of which everything is commented out says nothing; `metrics.yaml` has to say something.
  if (source.value === null && schema !== (MetricsFileSchema as unknown)) return null;
  const checked = checkSchema(schema, source, source.value);
  problems.push(...checked.problems);
  return checked.value;
}

/** YAML files that nothing reads are most often a misspelt name, and silence about them costs an hour. */
async function findStrayFiles(folder: string): Promise<Problem[]> {
  const known: readonly string[] = Object.values(CONFIGURATION_FILES);
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => /\.ya?ml$/.test(name) && !known.includes(name))
    .map((name) => {
      const message = `is not read${didYouMean(name, known)}`;
      return { file: join(folder, name), line: 1, column: 1, path: '', message };
    });
}
