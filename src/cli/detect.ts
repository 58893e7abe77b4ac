import { type Command, InvalidArgumentError } from 'commander';
import { builtinDetectors } from '../../detectors/index.js';
import { didYouMean } from '../config/did-you-mean.js';
import { appointed } from '../config/plug-ins.js';
import type { Detector } from '../detection/contract.js';
import { contained } from '../detection/judgement.js';
import type { ColumnChoice } from '../detection/plain-columns.js';
import { type PlainPoint, type PlainSeries, readPlainSeries } from '../detection/plain-series.js';
import { openInput } from '../ingest/open-input.js';
import { messageOf, RedressError } from '../model/errors.js';
import { loadPlugIn } from '../plug-ins.js';
import { globalOptions } from './context.js';
import { type JudgedPlainPoint, notesOf, statusOf, summaryOf } from './detect-report.js';
import type { CliIo } from './io.js';
import { timezone as zoneOf } from './option-values.js';

interface Options extends ColumnChoice {
  use: string;
  param?: Parameters;
  timezone: string;
}

type Parameters = Readonly<Record<string, unknown>>;

export function register(program: Command, io: CliIo): void {
  program
    .command('detect')
    .description('judge plain series: files of timestamp,value or timestamp,numerator,denominator')
    .argument('<file...>', 'CSV files, also packed with gzip or zstd; - is standard input')
    .option(
      '--use <name>',
      `the detector: ${builtinDetectors.map(({ name }) => name).join(', ')}, ./file.mjs or a package`,
      'auto',
    )
    .option('--param <name=value>', 'a parameter of the detector; once for each', addParameter)
    .option('--timezone <zone>', 'IANA zone of times that name none, and of days and weeks', zoneOf, 'UTC')
    .option('--time <column>', "the times' column, where its heading does not say so")
    .option('--value <column>', 'the column that is judged, where there are several')
    .option('--numerator <column>', 'of a rate: what it counts')
    .option('--denominator <column>', 'of a rate: what it counts them of')
    .action(async (files: string[], options: Options, command: Command) => {
      const { json } = globalOptions(command);
      const { use, param = {}, timezone } = options;
      checkChoice(options);
      const { detector, params } = await choose(use, param);
      let failed = 0;
      for (const [number, file] of files.entries()) {
        try {
          const { name, series } = await read(file, options);
          const { judged, faults } = judgeAll(detector, params, series, timezone);
          if (json) {
            for (const found of judged) io.out(JSON.stringify(toLine(name, found)));
            io.err(notesOf(name, timezone, series));
          } else {
            if (number > 0) io.out('');
            io.out(notesOf(name, timezone, series));
            io.out(summaryOf(judged));
          }
          const [first] = faults;
          if (first !== undefined)
            throw new RedressError(
              'input_unreadable',
              `${name}: the detector '${detector.name}' failed at ${faults.length} of ${judged.length} points, ` +
                `first at ${first.point.timestamp}: ${messageOf(first.error)}`,
            );
        } catch (error) {
          // One file that is none is no reason to say nothing of the others.
          if (files.length === 1 || !(error instanceof RedressError) || error.code === 'usage') throw error;
          io.err(error.message.startsWith(file) ? error.message : `${file}: ${error.message}`);
          failed += 1;
        }
      }
      if (failed > 0)
        throw new RedressError(
          'input_unreadable',
          `${failed} of ${files.length} files ${failed === 1 ? 'was' : 'were'} not judged`,
        );
    });
}

function checkChoice({ value, numerator, denominator }: ColumnChoice): void {
  if ((numerator === undefined) !== (denominator === undefined))
    throw new RedressError(
      'usage',
      '--numerator and --denominator go together: a rate is one over the other',
    );
  if (value !== undefined && numerator !== undefined)
    throw new RedressError('usage', 'either --value, or --numerator and --denominator');
}

async function read(file: string, options: Options): Promise<{ name: string; series: PlainSeries }> {
  const { name, body } = await openInput(file);
  const chunks: Buffer[] = [];
  for await (const chunk of body()) chunks.push(chunk);
  return {
    name,
    series: readPlainSeries(Buffer.concat(chunks).toString('utf8'), name, options.timezone, options),
  };
}

/** What the detector says of each point, and where it failed: there it has said nothing. */
function judgeAll(
  detector: Detector,
  params: unknown,
  { kind, bucketSeconds, points }: PlainSeries,
  timezone: string,
): { judged: JudgedPlainPoint[]; faults: { point: PlainPoint; error: unknown }[] } {
  const judge = appointed(detector, params, { kind, bucketSeconds, timezone });
  if (typeof judge === 'string') throw new RedressError('usage', judge);
  const faults: { point: PlainPoint; error: unknown }[] = [];
  const judged = points.map((point) => ({
    point,
    judgement: contained(
      () => judge.observe({ ...point, annotations: [] }),
      (error) => faults.push({ point, error }),
    ),
  }));
  return { judged, faults };
}

async function choose(use: string, given: Parameters): Promise<{ detector: Detector; params: unknown }> {
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
  const faults = read.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw new RedressError('usage', `--param of ${use}: ${faults.join('; ')}`);
}

function addParameter(text: string, before: Parameters = {}): Parameters {
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
