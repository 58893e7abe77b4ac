import type { Command } from 'commander';
import { gapsOf } from '../alerts/on-call.js';
import { missingFor, missingText, orphansOf, orphanText } from '../alerts/orphans.js';
import { loadConfiguration } from '../config/load.js';
import { formatProblems } from '../config/problems.js';
import { AlertListSchema } from '../http/alert-wire.js';
import { FollowUpListSchema } from '../http/follow-up-wire.js';
import { WEEK } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Schedule } from '../model/schedule.js';
import { formatInstant } from '../notify/wording.js';
import { knownDetectors } from '../plug-ins.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withService } from './service-client.js';

export function register(program: Command, io: CliIo): void {
  withService(
    program
      .command('check')
      .description('validate the configuration; each problem with file, line and column')
      .option(
        '--against-running',
        'say as well which open alerts and follow-ups of the running service it would leave alone',
        false,
      ),
  ).action(async (options: { againstRunning: boolean; url: string }, command: Command) => {
    const { config, json } = globalOptions(command);
    const loaded = await loadConfiguration(config, { env: process.env, ...knownDetectors });
    const problems = loaded.ok ? [] : loaded.problems;
    if (json) {
      for (const problem of problems) io.out(JSON.stringify({ level: 'error', ...problem }));
      for (const warning of loaded.warnings) io.out(JSON.stringify({ level: 'warning', ...warning }));
    } else {
      if (loaded.warnings.length > 0) io.err(formatProblems(loaded.warnings));
      if (problems.length > 0) io.out(formatProblems(problems));
    }
    if (!loaded.ok)
      throw new RedressError(
        'config_invalid',
        `${config}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
      );
    const { metrics, policies, owners, schedules = [] } = loaded.configuration;
    for (const gap of schedules.flatMap((schedule) => gapsAhead(schedule, Date.now())))
      if (json) io.out(JSON.stringify({ level: 'warning', ...gap }));
      else io.err(`${gap.path}: ${gap.message}`);
    const orphans = options.againstRunning ? await orphanedBy(metrics, options) : [];
    for (const orphan of orphans)
      if (json) io.out(JSON.stringify({ level: 'warning', ...orphan }));
      else io.err(orphan.message);
    if (!json)
      io.out(
        `${config}: fine. ${metrics.length} metrics, ${policies.length} escalation policies, ${owners.length} owners.`,
      );
  });
}

/** What is open in the running service and would be left alone: alerts that would not end, fixes that would not be proven. */
async function orphanedBy(
  metrics: readonly MetricDefinition[],
  service: { url: string },
): Promise<{ message: string }[]> {
  const client = clientFor(service);
  const { alerts } = await client.get('/v1/alerts?state=open&limit=10000', AlertListSchema);
  const { follow_ups } = await client.get('/v1/follow-ups?state=not_closed&limit=10000', FollowUpListSchema);
  const orphans = orphansOf(
    alerts.map(({ alert_id: alertId, ...alert }) => ({ alertId, ...alert })),
    metrics,
  );
  const missing = missingFor(metrics);
  return [
    ...orphans.map((orphan) => ({ message: orphanText(orphan), ...orphan })),
    ...follow_ups.flatMap(({ follow_up_id: followUpId, metric, slice }) => {
      const found = missing({ metric, slice });
      if (found === null) return [];
      const message = `follow-up ${followUpId} is open and could not be verified: ${missingText(found)}`;
      return [{ message, followUpId, ...found }];
    }),
  ];
}

const AHEAD = 4 * WEEK;
/** A rota with free nights has dozens of gaps, all of one kind. */
const MOST_GAPS = 3;

/** When nobody is on call in the next weeks: a step that tells only them goes on to the next at once. */
function gapsAhead(schedule: Schedule, now: number): { path: string; message: string }[] {
  const path = `schedules.${schedule.id}`;
  const local = (at: number) => formatInstant(at, schedule.timezone);
  const gaps = gapsOf(schedule, now, now + AHEAD);
  const told = gaps.slice(0, MOST_GAPS).map(({ from, to }) => ({
    path,
    message: `nobody is on call from ${local(from)} to ${local(to)}`,
  }));
  const more = gaps.length - told.length;
  return more > 0 ? [...told, { path, message: `and ${more} more gaps in the next four weeks` }] : told;
}
