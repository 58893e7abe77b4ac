import type { Command } from 'commander';
import type { BacktestOptions } from '../backtest/backtest.js';
import { type Evaluation, evaluate } from '../backtest/backtest-evaluation.js';
import type { Configuration } from '../config/configuration.js';
import { type Difference, difference } from '../detection/backtest/compare.js';
import type { Episode } from '../detection/backtest/labels.js';
import type { JudgedPoint } from '../detection/judging.js';
import { messageOf } from '../model/errors.js';
import { chartedSpan, writeAlertChart } from './alert-charts.js';
import { backtestJson } from './backtest-json.js';
import { backtestReport, type Compared } from './backtest-report.js';
import { type HistoryOptions, type HistorySession, openHistory, withHistory } from './backtest-session.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { ProgressLine } from './progress-line.js';

interface Options extends HistoryOptions {
  compare?: string;
  charts?: string;
}

export function register(program: Command, io: CliIo): void {
  withHistory(program.command('backtest'))
    .description(
      'what the configuration would have told of stored history; nothing is stored and nobody is told',
    )
    .option('--compare <dir>', 'another configuration: which alerts it adds and removes, and both scores')
    .option('--charts <dir>', 'draw each alert into this folder')
    .action(async (options: Options, command: Command) => {
      const begun = performance.now();
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const other = options.compare === undefined ? null : await readConfiguration(options.compare, io);
      const session = await openHistory(configuration, options, io.err);
      const line = new ProgressLine();
      try {
        const run = (given: Configuration, extra: Partial<BacktestOptions> = {}) => {
          const of = session.asJudged(given);
          return evaluate(of, {
            ...session,
            metrics: of.metrics.filter(({ id }) => options.metric?.includes(id) ?? true),
            history: session.historyOf(of),
            reportFault: ({ detector, metric, slice, error }) =>
              io.err(`the detector ${detector} failed on ${metric} ${slice}: ${messageOf(error)}`),
            onMoment: (moment) => line.show(`judging ${new Date(moment).toISOString().slice(0, 16)}`),
            ...extra,
          });
        };
        const evaluation = await run(configuration);
        const compared = other === null ? null : await compare(evaluation, await run(other), session, other);
        const charts =
          options.charts === undefined
            ? new Map<string, string>()
            : await draw(evaluation, options.charts, configuration, (onJudged) =>
                run(configuration, { onJudged }),
              );
        line.clear();
        const report = {
          configuration,
          evaluation,
          compared,
          charts,
          seconds: (performance.now() - begun) / 1_000,
        };
        if (json) for (const row of backtestJson(report)) io.out(JSON.stringify(row));
        else io.out(backtestReport(report));
      } finally {
        line.clear();
        await session.open.close();
      }
    });
}

async function compare(
  before: Evaluation,
  after: Evaluation,
  { counted }: HistorySession,
  configuration: Configuration,
): Promise<Compared> {
  const told = ({ run }: Evaluation) => counting(run.episodes, counted);
  const found: Difference = difference(told(before), told(after), counted.to);
  return { evaluation: after, configuration, difference: found };
}

/** The alerts that people would have been told of, from then to then. */
function counting(episodes: readonly Episode[], { from, to }: HistorySession['counted']): Episode[] {
  return episodes.filter(
    ({ alert: { openedAt }, announcedAt }) =>
      announcedAt.length > 0 && openedAt !== null && openedAt >= from && openedAt < to,
  );
}

/**
 * Draws each alert with the verdicts of the run. They are gathered in a second run, which is the same as the first, so
 * that only what is drawn is held in memory.
 */
async function draw(
  { run, counted }: Evaluation,
  folder: string,
  configuration: Configuration,
  again: (onJudged: (judged: JudgedPoint) => void) => Promise<unknown>,
): Promise<Map<string, string>> {
  const episodes = counting(run.episodes, counted);
  const wanted = episodes.map(({ alert }) => ({
    alert,
    ...chartedSpan(alert, configuration),
    series: [] as Drawn[],
  }));
  const bySeries = new Map<string, typeof wanted>();
  for (const each of wanted)
    bySeries.set(seriesOf(each.alert), [...(bySeries.get(seriesOf(each.alert)) ?? []), each]);
  await again(({ point, combined }) => {
    for (const { from, to, series } of bySeries.get(seriesOf(point)) ?? [])
      if (point.bucketStart >= from && point.bucketStart < to) series.push({ point, verdict: combined });
  });
  const files = new Map<string, string>();
  for (const [index, { alert, series }] of wanted.entries())
    files.set(alert.alertId, await writeAlertChart(folder, index + 1, alert, series, configuration));
  return files;
}

type Drawn = Parameters<typeof writeAlertChart>[3][number];

const seriesOf = ({ metric, slice }: { metric: string; slice: string }): string => `${metric} ${slice}`;
