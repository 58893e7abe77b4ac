import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { historySpan } from '../backtest/backtest.js';
import { BacktestHistory } from '../backtest/backtest-history.js';
import type { Configuration } from '../config/configuration.js';
import { didYouMean } from '../config/did-you-mean.js';
import { readLabels } from '../detection/backtest/label-file.js';
import { DEFAULT_GRACE, type Label } from '../detection/backtest/labels.js';
import type { Span } from '../detection/backtest/score.js';
import type { Instant } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { MetricDefinition } from '../model/metric.js';
import { withAnnounced } from '../pipeline/announcements.js';
import { isLive } from '../pipeline/replay.js';
import { AnnotationTable } from '../store/annotation-table.js';
import { runningEngine } from '../store/embedded/engine.js';
import { insistOnTables } from '../store/migrate.js';
import { type OpenStore, openStore } from '../store/open-store.js';
import { duration, instant } from './option-values.js';

/** What the commands that run over stored history have in common. */
export interface HistoryOptions {
  from?: Instant;
  to?: Instant;
  labels?: string;
  metric?: string[];
  grace: number;
  remake: boolean;
}

/** Adds the common options to a command. */
export function withHistory(command: Command): Command {
  return command
    .option(
      '--from <time>',
      'count alerts from then on, ISO 8601; what came before still teaches the judges',
      instant,
    )
    .option('--to <time>', "stop there, ISO 8601; when the last event's buckets close by default", instant)
    .option(
      '--labels <file>',
      'when something was wrong: CSV, YAML or NDJSON with from, to, metric, slice, title',
    )
    .option('--metric <id...>', 'these metrics only')
    .addOption(
      new Option('--grace <duration>', 'an alert belongs to an incident until so long after its end')
        .argParser(duration)
        .default(DEFAULT_GRACE, '1d'),
    )
    .option('--remake', 'make every point from the events again, in memory, whatever is stored', false);
}

/** The store, the history in it and what is asked of it. */
export interface HistorySession {
  open: OpenStore;
  /** All of the history, up to `--to`. */
  span: Span;
  /** The part of it in which alerts and labels count. */
  counted: Span;
  labels: readonly Label[] | null;
  grace: number;
  metrics: readonly MetricDefinition[];
  historyOf(configuration: Configuration): BacktestHistory;
  /** A configuration with what was announced while the service ran. */
  asJudged(configuration: Configuration): Configuration;
}

/** Opens the store, beside a service that runs over it too. The labels are read first: they are cheaper to have wrong. */
export async function openHistory(
  configuration: Configuration,
  options: HistoryOptions,
  warn: (text: string) => void,
): Promise<HistorySession> {
  const labels = options.labels === undefined ? null : await labelsIn(options.labels);
  for (const text of strangers(labels ?? [], configuration)) warn(text);
  const metrics = chosen(configuration, options.metric);
  const open = await openBeside(configuration.service.clickhouse);
  const kept = await new AnnotationTable(open.store).kept();
  const asJudged = (wanted: Configuration) => withAnnounced(wanted, kept);
  const historyOf = ({ annotations }: Configuration) =>
    new BacktestHistory(open.store, annotations, { remake: options.remake });
  try {
    const all = await historySpan(configuration, historyOf(configuration), {
      isLive: await isLive(open.store),
    });
    const span = { from: all.from, to: options.to ?? all.to };
    const counted = { from: Math.max(options.from ?? span.from, span.from), to: span.to };
    if (counted.from >= counted.to)
      throw new RedressError(
        'usage',
        `there is nothing between --from and --to: the history is from ${iso(all.from)} to ${iso(all.to)}`,
      );
    return { open, span, counted, labels, grace: options.grace, metrics, historyOf, asJudged };
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function labelsIn(file: string): Promise<Label[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const detail = isMissing ? 'there is no such file' : `cannot be read: ${messageOf(cause)}`;
    throw new RedressError('input_unreadable', `${file}: ${detail}`, { cause });
  });
  return readLabels(text, basename(file));
}

/**
 * Labels of metrics that are not configured ask for nothing, and a dimension that no metric is sliced by agrees with
 * every alert: both may be meant, or a slip of the pen.
 */
function strangers(labels: readonly Label[], { metrics }: Configuration): string[] {
  const ids = metrics.map(({ id }) => id);
  const known = new Set(metrics.flatMap(({ slices }) => slices.flat()));
  return labels.flatMap(({ metric, slice, place }) => [
    ...(metric === null || ids.includes(metric)
      ? []
      : [`${place}: there is no metric '${metric}'${didYouMean(metric, ids)}`]),
    ...Object.keys(slice)
      .filter((dimension) => !known.has(dimension))
      .map((dimension) => `${place}: no metric is sliced by '${dimension}'${didYouMean(dimension, known)}`),
  ]);
}

/** The metrics of the names. Throws `usage` for one that is not configured. */
function chosen(
  { metrics }: Pick<Configuration, 'metrics'>,
  names: readonly string[] | undefined,
): readonly MetricDefinition[] {
  const ids = metrics.map(({ id }) => id);
  for (const name of names ?? [])
    if (!ids.includes(name))
      throw new RedressError('usage', `there is no metric '${name}'${didYouMean(name, ids)}`);
  return names === undefined ? metrics : metrics.filter(({ id }) => names.includes(id));
}

/** The store that is configured, as it is; where another process runs the embedded engine, that one. */
async function openBeside(settings: Configuration['service']['clickhouse']): Promise<OpenStore> {
  const running = settings.url === null ? await runningEngine(settings.data) : null;
  return openStore(running === null ? settings : { ...settings, url: running }, async (address) => {
    await insistOnTables(address);
    return [];
  });
}

const iso = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
