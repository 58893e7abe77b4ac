import { type Command, InvalidArgumentError } from 'commander';
import { explain } from '../analysis/explain.js';
import type { Against } from '../analysis/question.js';
import { displayFor } from '../messages/display.js';
import type { ExplainedSlice } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import { ALL, parseSlice } from '../model/slice.js';
import { formatInstant, formatSliceWords } from '../notify/wording.js';
import { explainRequest } from '../pipeline/explanation.js';
import { openStore } from '../store/open-store.js';
import { globalOptions, readConfiguration } from './context.js';
import { drawExplanation } from './explain-chart.js';
import { analysisPage, explanationPage } from './explain-page.js';
import { readTable, type TableForm } from './explain-table.js';
import type { CliIo } from './io.js';
import { instant } from './option-values.js';

interface Options {
  dims?: string[];
  value?: string;
  forecast?: string;
  time?: string;
  at?: string;
  numerator?: string;
  denominator?: string;
  baseline?: number;
  table?: boolean;
  chart?: string;
  metric?: string;
  slice: string;
  from?: Instant;
  to?: Instant;
  against: Against;
}

export function register(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('where a change sits: the smallest set of slices that explains it, best first')
    .argument('[file...]', 'CSV tables, each also with .gz: one row for each combination of dimension values')
    .option('--dims <names>', 'columns to slice by, with commas; all others when left out', (names: string) =>
      names.split(',').map((name) => name.trim()),
    )
    .option('--value <column>', 'a count or a sum as it came')
    .option('--forecast <column>', 'what was expected of it')
    .option('--time <column>', "the bucket's time, for a rate")
    .option('--at <time>', 'the bucket that is asked about')
    .option('--numerator <column>', 'what the rate counts')
    .option('--denominator <column>', 'what it counts them of')
    .option(
      '--baseline <n>',
      'how many buckets before it to compare with; all when left out',
      positiveInteger,
    )
    .option('--table', 'a table to read instead of NDJSON')
    .option('--chart <file>', 'draw the causes, and rate or mix, as a PNG picture')
    .option('--metric <id>', 'a metric of the configuration instead of a file, from the stored events')
    .option('--slice <slice>', 'look within this slice, such as region=GB', ALL)
    .option('--from <time>', 'where the span begins, ISO 8601', instant)
    .option('--to <time>', 'where it ends', instant)
    .option(
      '--against <baseline>',
      'previous, last-week, expected (the same time of four weeks) or FROM..TO',
      against,
      'previous',
    )
    .action(async (files: string[], options: Options, command: Command) => {
      if (options.metric !== undefined) {
        if (files.length > 0) throw new RedressError('usage', '--metric goes without a file');
        await explainStored(options.metric, options, command, io);
        return;
      }
      if (files.length === 0) throw new RedressError('usage', 'a file or --metric is wanted');
      if (files.length > 1 && options.chart !== undefined)
        throw new RedressError('usage', '--chart is of one file');
      const form = formOf(options);
      const refused: string[] = [];
      for (const path of files) {
        try {
          const leaves = await readTable({ path, dimensions: options.dims ?? null, form });
          const answer = explain(leaves);
          if (options.chart !== undefined)
            await drawExplanation(options.chart, {
              explanation: answer,
              title: path,
              subtitle: tableWords(form),
              display: PLAIN,
            });
          if (options.table === true) io.out(explanationPage(path, answer));
          else for (const each of answer.slices) io.out(JSON.stringify({ file: path, ...rounded(each) }));
        } catch (error) {
          // One table that cannot be judged must not keep the others from it.
          if (!(error instanceof RedressError) || error.code !== 'input_unreadable' || files.length === 1)
            throw error;
          io.err(messageOf(error));
          refused.push(path);
        }
      }
      if (refused.length > 0)
        throw new RedressError(
          'input_unreadable',
          `${refused.length} of ${files.length} tables were refused`,
        );
    });
}

async function explainStored(id: string, options: Options, command: Command, io: CliIo): Promise<void> {
  const { from, to } = options;
  if (from === undefined || to === undefined || from >= to)
    throw new RedressError('usage', '--metric wants --from and a later --to');
  const { config, json } = globalOptions(command);
  const configuration = await readConfiguration(config, io);
  const metric = configuration.metrics.find((each) => each.id === id);
  if (metric === undefined) throw new RedressError('usage', `there is no metric '${id}'`);
  const open = await openStore(configuration.service.clickhouse);
  try {
    const outcome = await explainRequest(
      open.store,
      {
        metric,
        span: { from, to },
        against: options.against,
        slice: parseSlice(options.slice),
        dimensions: options.dims ?? null,
      },
      configuration.metrics,
    );
    if (outcome.status === 'refused') throw new RedressError('not_found', `${id}: ${outcome.detail}`);
    const { analysis } = outcome;
    const display = displayFor(configuration, id);
    if (options.chart !== undefined)
      await drawExplanation(options.chart, {
        explanation: analysis.explanation,
        title: metric.title,
        subtitle: `${formatSliceWords(options.slice)}  ·  ${formatInstant(from, metric.timezone)} to ${formatInstant(to, metric.timezone)}`,
        display,
      });
    if (json) io.out(JSON.stringify(analysis));
    else io.out(analysisPage(metric.title, analysis, display));
  } finally {
    await open.close();
  }
}

/** A plain table says nothing of its unit. */
const PLAIN = { title: '', unit: 'count', counted: '', timezone: 'UTC', currency: '' } as const;

function tableWords(form: TableForm): string {
  return form.kind === 'forecast'
    ? `${form.value} against ${form.forecast}`
    : `${form.numerator} of ${form.denominator} at ${form.at}, against what was before`;
}

function against(text: string): Against {
  if (text === 'previous' || text === 'last-week' || text === 'expected') return text;
  const [from, to, ...rest] = text.split('..');
  if (from === undefined || to === undefined || rest.length > 0)
    throw new InvalidArgumentError('previous, last-week, expected or FROM..TO is wanted');
  const span = { from: instant(from), to: instant(to) };
  if (span.from < span.to) return span;
  throw new InvalidArgumentError('its end must come after its beginning');
}

function formOf(options: Options): TableForm {
  const { value, forecast, time, at, numerator, denominator } = options;
  const counts = value !== undefined || forecast !== undefined;
  const rates = [time, at, numerator, denominator].some((each) => each !== undefined);
  if (counts && rates)
    throw new RedressError(
      'usage',
      '--value and --forecast go without --time, --at, --numerator and --denominator',
    );
  if (value !== undefined && forecast !== undefined) return { kind: 'forecast', value, forecast };
  if (time !== undefined && at !== undefined && numerator !== undefined && denominator !== undefined)
    return { kind: 'rate', time, at, numerator, denominator, baseline: options.baseline ?? null };
  throw new RedressError(
    'usage',
    'either --value and --forecast, or --time, --at, --numerator and --denominator are wanted',
  );
}

function positiveInteger(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('a whole number above 0 is wanted');
}

/** Figures without the digits that only arithmetic has put there. */
function rounded(each: ExplainedSlice): ExplainedSlice {
  const short = (value: number) => Number(value.toPrecision(6));
  return {
    ...each,
    observed: short(each.observed),
    expected: short(each.expected),
    excess: short(each.excess),
    explained: each.explained === null ? null : short(each.explained),
    confidence: short(each.confidence),
  };
}
