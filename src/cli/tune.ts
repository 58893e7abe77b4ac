import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type Tuning, tune } from '../backtest/tune.js';
import type { Configuration } from '../config/configuration.js';
import { CONFIGURATION_FILES, loadConfiguration } from '../config/load.js';
import { unifiedDiff } from '../config/unified-diff.js';
import { type Evidence, evidenceFrom } from '../detection/backtest/evidence.js';
import type { Alert } from '../model/alert.js';
import { messageOf } from '../model/errors.js';
import { createDeciders } from '../pipeline/deciding.js';
import { knownDetectors } from '../plug-ins.js';
import { Journal } from '../store/journal.js';
import type { Store } from '../store/store.js';
import { type HistoryOptions, type HistorySession, openHistory, withHistory } from './backtest-session.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { ProgressLine } from './progress-line.js';
import { type MarkedCounts, tuneJson, tuneReport } from './tune-report.js';

interface Options extends HistoryOptions {
  missed: number;
  runs: number;
  write?: string;
}

export function register(program: Command, io: CliIo): void {
  withHistory(program.command('tune'))
    .description(
      "propose parameters from labels and from people's feedback on alerts, as a diff with its effect; changes nothing",
    )
    .option('--missed <n>', 'how many wrong alerts a missed incident is worth', positive, 5)
    .option('--runs <n>', 'how many settings are tried for each metric, at most', positive, 80)
    .option('--write <file>', 'write the diff into this file, for git apply or patch -p1')
    .action(async (options: Options, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const file = join(config, CONFIGURATION_FILES.metrics);
      const before = await readFile(file, 'utf8');
      const session = await openHistory(configuration, options, io.err);
      const line = new ProgressLine();
      try {
        const alerts = await alertsIn(session.open.store, configuration);
        const { evidence, marked } = evidenceOf(session, alerts);
        const load = async (metricsText: string) => {
          const read = await loadConfiguration(config, { env: process.env, ...knownDetectors, metricsText });
          return read.ok ? session.asJudged(read.configuration) : null;
        };
        const judged = session.asJudged(configuration);
        const tunings: Tuning[] = [];
        let text = before;
        for (const metric of session.metrics.filter(({ detect }) => detect.length > 0)) {
          const tuning = await tune(judged, metric, {
            ...session,
            evidence,
            missed: options.missed,
            runs: options.runs,
            text,
            load,
            history: session.historyOf(judged),
            reportFault: ({ detector, metric: id, slice, error }) =>
              io.err(`the detector ${detector} failed on ${id} ${slice}: ${messageOf(error)}`),
            onRun: (run) => line.show(`${metric.id}: trying ${run} of at most ${options.runs}`),
          });
          tunings.push(tuning);
          if (tuning.outcome === 'proposed') text = tuning.text;
        }
        line.clear();
        const diff = unifiedDiff(named(file), before, text);
        if (options.write !== undefined && diff !== '') await writeFile(options.write, diff);
        const report = { evidence, marked, tunings, diff, written: options.write ?? null };
        if (json) for (const row of tuneJson(report)) io.out(JSON.stringify(row));
        else io.out(tuneReport(report));
      } finally {
        line.clear();
        await session.open.close();
      }
    });
}

/** A file as a diff names it: from here, or from the root where it lies elsewhere. */
function named(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? resolve(file) : path;
}

/** The alerts that the service has decided on, with what people have said of them. */
async function alertsIn(store: Store, configuration: Configuration): Promise<readonly Alert[]> {
  const { alerts } = createDeciders(configuration, { saved: [], restateHorizon: 0, reportFault: () => {} });
  alerts.restore(await new Journal(store).read());
  return alerts.alerts();
}

function evidenceOf(
  { labels, metrics, counted }: HistorySession,
  alerts: readonly Alert[],
): { evidence: Evidence; marked: MarkedCounts } {
  const ids = new Set(metrics.map(({ id }) => id));
  const [only] = metrics.length === 1 ? metrics : [];
  // Where one metric is asked about, a label that names none is of that one.
  const named = labels?.map((label) => ({ ...label, metric: label.metric ?? only?.id ?? null })) ?? null;
  const concerned = alerts.filter(({ metric }) => ids.has(metric));
  const evidence = evidenceFrom(named, concerned, counted.to);
  const marked = { true: 0, false_alarm: 0, expected: 0, new_normal: 0 };
  for (const { verdict } of evidence.marked) marked[verdict] += 1;
  return { evidence, marked };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isInteger(number))
    throw new InvalidArgumentError('not a whole number above 0');
  return number;
}
