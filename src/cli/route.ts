import type { Command } from 'commander';
import { type ForecastStep, forecast } from '../alerts/forecast.js';
import { RedressError } from '../model/errors.js';
import type { Severity } from '../model/metric.js';
import { ownerOf } from '../model/owner.js';
import { formatSlice, parseSlice } from '../model/slice.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { formatFacts, formatTable } from './table.js';

interface RouteOptions {
  metric: string;
  slice: string;
  severity: string;
  direction: 'up' | 'down';
  at?: string;
}

const SEVERITIES = ['info', 'warning', 'critical'];

export function register(program: Command, io: CliIo): void {
  program
    .command('route')
    .description('who would be told of an alert, and when, if nobody acknowledged it')
    .requiredOption('--metric <id>')
    .option('--slice <slice>', 'such as region=GB', 'all')
    .option('--severity <severity>', 'info, warning or critical', 'warning')
    .option('--direction <direction>', 'up or down', 'up')
    .option('--at <when>', 'when it fires, ISO 8601 with an offset; now unless given')
    .action(async (options: RouteOptions, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const metric = configuration.metrics.find(({ id }) => id === options.metric);
      if (metric === undefined) throw new RedressError('usage', `no metric is called '${options.metric}'`);
      if (!SEVERITIES.includes(options.severity))
        throw new RedressError('usage', `'${options.severity}' is not info, warning or critical`);
      const at = options.at === undefined ? Date.now() : Date.parse(options.at);
      if (Number.isNaN(at)) throw new RedressError('usage', `'${options.at}' is not a date and time`);
      const slice = formatSlice(parseSlice(options.slice));
      const { owners, schedules = [] } = configuration;
      const owner = ownerOf(owners, metric.id, slice, metric.owner);
      const alert = {
        metric: metric.id,
        slice,
        severity: options.severity as Severity,
        direction: options.direction,
        owner,
      };
      const told = forecast(alert, { ...configuration, owners, schedules }, at);
      if (json) {
        io.out(
          JSON.stringify({ ...told, steps: told.steps.map((step) => ({ ...step, at: new Date(step.at) })) }),
        );
        return;
      }
      io.out(
        [
          formatFacts([
            ['Policy', told.policy === '' ? 'none: nobody is told' : told.policy],
            ['Route', told.routes.map((match) => (match === '{}' ? 'all alerts' : match)).join(' and ')],
            ['Owner', owner],
            ['Grouped by', told.groupedBy === null ? '' : told.groupedBy.join(', ') || 'everything together'],
            ['Fallback', told.fallback.join(', ')],
            ['Repeats', told.repeatsAfter === null ? '' : `after ${told.repeatsAfter} minutes`],
          ]),
          '',
          formatTable(
            [{ heading: 'WHEN (UTC)' }, { heading: 'TELLS' }, { heading: 'AS ASKED' }],
            told.steps.map(stepRow),
          ),
        ].join('\n'),
      );
    });
}

function stepRow({ at, asked, told, waited }: ForecastStep): string[] {
  const when = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return [
    when,
    told.length === 0 ? 'nobody, so the next step follows at once' : told.join(', '),
    `${asked.join(', ')}${waited ? ' (waits for work hours)' : ''}`,
  ];
}
