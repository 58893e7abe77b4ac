import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { builtinDetectors } from '../../detectors/index.js';
import { didYouMean } from '../config/did-you-mean.js';
import { contained } from '../detection/asking.js';
import type { Detector } from '../detection/contract.js';
import type { GuardedJudgement } from '../detection/guards.js';
import { type PlainPoint, type PlainSeries, readPlainSeries } from '../detection/plain-series.js';
import { openInput } from '../ingest/open-input.js';
import { messageOf, RedressError } from '../model/errors.js';
import { loadPlugIn } from '../plug-ins.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { timezone as zoneOf } from './option-values.js';
import { formatFacts, formatTable } from './table.js';

interface Options {
  use: string;
  param: Readonly<Record<string, unknown>>;
  timezone: string;
}

interface JudgedPlainPoint {
  point: PlainPoint;
  judgement: GuardedJudgement;
}

export function register(program: Command, io: CliIo): void {
  program
    .command('detect')
    .description('judge plain series: files of timestamp,value or timestamp,numerator,denominator')
    .argument('<file...>', 'CSV files, also packed with gzip; - is standard input')
    .option(
      '--use <name>',
      `the detector: ${builtinDetectors.map(({ name }) => name).join(', ')}, ./file.js or a package`,
      'auto',
    )
    .option('--param <name=value>', 'a parameter of the detector; once for each', addParameter, {})
    .option('--timezone <zone>', 'IANA zone of times that name none, and of days and weeks', zoneOf, 'UTC')
    .action(async (files: string[], { use, param, timezone }: Options, command: Command) => {
      const { json } = globalOptions(command);
      const { detector, params } = await choose(use, param);
      let failed = 0;
      for (const [number, file] of files.entries()) {
        try {
          const { name, series } = await read(file, timezone);
          const { judged, faults } = judgeAll(detector, params, series, timezone);
          if (faults[0] !== undefined)
            io.err(`${name}: ${detector.name} failed on ${faults.length} points: ${messageOf(faults[0])}`);
          if (json) {
            for (const found of judged) io.out(JSON.stringify(toLine(name, found)));
            io.err(notesOf(name, series));
          } else {
            if (number > 0) io.out('');
            io.out(notesOf(name, series));
            io.out(summaryOf(judged));
          }
        } catch (error) {
          // One file that is none is no reason to say nothing of the others.
          if (files.length === 1 || !(error instanceof RedressError)) throw error;
          io.err(error.message.startsWith(file) ? error.message : `${file}: ${error.message}`);
          failed += 1;
        }
      }
      if (failed > 0)
        throw new RedressError('input_unreadable', `${failed} of ${files.length} files were not judged`);
    });
}

async function read(file: string, timezone: string): Promise<{ name: string; series: PlainSeries }> {
  const { name, body } = await openInput(file);
  const chunks: Buffer[] = [];
  for await (const chunk of body()) chunks.push(chunk);
  return { name, series: readPlainSeries(Buffer.concat(chunks).toString('utf8'), name, timezone) };
}

function judgeAll(
  detector: Detector,
  params: unknown,
  { kind, bucketSeconds, points }: PlainSeries,
  timezone: string,
): { judged: JudgedPlainPoint[]; faults: unknown[] } {
  const faults: unknown[] = [];
  const judge = detector.create(params, { kind, bucketSeconds, timezone });
  const judged = points.map((point) => ({
    point,
    judgement: contained(
      () => judge.observe({ ...point, annotations: [] }),
      (error) => faults.push(error),
    ),
  }));
  return { judged, faults };
}

async function choose(
  use: string,
  given: Options['param'],
): Promise<{ detector: Detector; params: unknown }> {
  const names = builtinDetectors.map(({ name }) => name);
  const builtin = builtinDetectors.find(({ name }) => name === use);
  const loaded = builtin === undefined ? await loadPlugIn(use, process.cwd()) : null;
  if (loaded?.ok === false) throw new RedressError('usage', loaded.message);
  const detector = builtin ?? loaded?.detector;
  if (detector === undefined)
    throw new RedressError(
      'usage',
      `no detector is called '${use}'${didYouMean(use, names)}; there is ${names.join(', ')}`,
    );
  const read = detector.parameters.safeParse(given);
  if (read.success) return { detector, params: read.data };
  throw new RedressError('usage', `--param of ${use}: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`);
}

function addParameter(text: string, before: Options['param']): Options['param'] {
  const [, name, value] = /^([a-z0-9_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('not of the form name=value');
  return { ...before, [name]: readValue(value) };
}

/** Numbers, true, false and whatever else is JSON; any other text is itself. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function statusOf(judgement: GuardedJudgement): 'normal' | 'anomalous' | 'not_evaluable' {
  if (judgement.status === 'not_evaluable') return 'not_evaluable';
  return judgement.score > 1 ? 'anomalous' : 'normal';
}

/** A point and its verdict under the names of the table `verdicts`. */
function toLine(file: string, { point, judgement }: JudgedPlainPoint): object {
  const { timestamp, bucketStart, value, numerator, denominator } = point;
  const found = judgement.status === 'judged' ? judgement : null;
  return {
    file,
    timestamp,
    bucket_start: new Date(bucketStart).toISOString(),
    value,
    ...(denominator === null ? {} : { numerator, denominator }),
    status: statusOf(judgement),
    reason: judgement.status === 'not_evaluable' ? judgement.reason : '',
    expected: found?.expected ?? null,
    lower: found?.lower ?? null,
    upper: found?.upper ?? null,
    score: found?.score ?? null,
    direction: found?.direction ?? null,
  };
}

const EMPTY = {
  value: 'rows without a number',
  rate: 'rows without a number, or counted over nothing,',
} as const;

function notesOf(name: string, { kind, bucketSeconds, points, notes }: PlainSeries): string {
  const count = (number: number, what: string) => (number === 0 ? '' : `${number} ${what}`);
  const { duplicates, outOfOrder, gaps, absentBuckets, empty, unreadable } = notes;
  const [first] = unreadable;
  return formatFacts([
    [name, `${points.length} points of ${notes.rows} rows, read as a ${kind}`],
    ['from, to', `${points[0]?.timestamp} to ${points.at(-1)?.timestamp}`],
    ['bucket', spanOf(bucketSeconds)],
    ['gaps', count(gaps, `with ${absentBuckets} absent buckets, left absent`)],
    ['duplicates', count(duplicates, 'rows repeat a time; the last row of a time counts')],
    ['order', count(outOfOrder, 'rows came after a later one and were put in order')],
    ['empty', count(empty, `${EMPTY[kind]} were left out`)],
    [
      'unreadable',
      first === undefined
        ? ''
        : `${unreadable.length} rows were left out; line ${first.line}: ${first.reason}`,
    ],
  ]);
}

/** The anomalous points, those that follow each other as one line. */
function summaryOf(judged: readonly JudgedPlainPoint[]): string {
  const episodes: JudgedPlainPoint[][] = [];
  let open = false;
  for (const found of judged) {
    const anomalous = statusOf(found.judgement) === 'anomalous';
    if (anomalous && open) episodes.at(-1)?.push(found);
    else if (anomalous) episodes.push([found]);
    open = anomalous;
  }
  const points = episodes.reduce((sum, episode) => sum + episode.length, 0);
  const verdict = `${points} of ${judged.length} points anomalous, in ${episodes.length} ${episodes.length === 1 ? 'episode' : 'episodes'}; ${unjudged(judged)}`;
  if (episodes.length === 0) return verdict;
  const columns = [
    { heading: 'from' },
    { heading: 'to' },
    ...['points', 'value', 'expected', 'score'].map((heading) => ({ heading, align: 'right' as const })),
    { heading: 'direction' },
  ];
  return `${verdict}\n${formatTable(columns, episodes.map(rowOf))}`;
}

/** `24 not evaluable (cold start)`. */
function unjudged(judged: readonly JudgedPlainPoint[]): string {
  const reasons = judged.flatMap(({ judgement }) =>
    judgement.status === 'not_evaluable' ? [judgement.reason.replaceAll('_', ' ')] : [],
  );
  const different = [...new Set(reasons)];
  return `${reasons.length} not evaluable${different.length === 0 ? '' : ` (${different.join(', ')})`}`;
}

function rowOf(episode: readonly JudgedPlainPoint[]): string[] {
  const scoreOf = ({ judgement }: JudgedPlainPoint) => (judgement.status === 'judged' ? judgement.score : 0);
  const peak = episode.reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a));
  const expected = peak.judgement.status === 'judged' ? peak.judgement.expected : 0;
  const direction = peak.judgement.status === 'judged' ? peak.judgement.direction : '';
  return [
    episode[0]?.point.timestamp ?? '',
    episode.at(-1)?.point.timestamp ?? '',
    `${episode.length}`,
    short(peak.point.value),
    short(expected),
    scoreOf(peak).toFixed(2),
    direction,
  ];
}

const short = (number: number): string => String(Number(number.toPrecision(4)));

function spanOf(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const;
  const [unit, length] = units.find(([, span]) => seconds % span === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}
