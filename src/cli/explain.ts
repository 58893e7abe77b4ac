import { type Command, InvalidArgumentError } from 'commander';
import { type ExplainedSlice, type Explanation, explain } from '../analysis/explain.js';
import { rateOrMixInWords } from '../analysis/rate-or-mix.js';
import { messageOf, RedressError } from '../model/errors.js';
import { readTable, type TableForm } from './explain-table.js';
import type { CliIo } from './io.js';
import { formatTable } from './table.js';

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
}

export function register(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('where a change sits: the smallest set of slices that explains it, as NDJSON, best first')
    .argument('<file...>', 'CSV tables, each also with .gz: one row for each combination of dimension values')
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
    .action(async (files: string[], options: Options) => {
      const form = formOf(options);
      const refused: string[] = [];
      for (const path of files) {
        try {
          const leaves = await readTable({ path, dimensions: options.dims ?? null, form });
          const answer = explain(leaves);
          if (options.table === true) io.out(page(path, answer));
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

function page(path: string, { observed, expected, whole, slices, unexplained, split }: Explanation): string {
  const figure = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 1 });
  const share = (value: number | null) => (value === null ? '-' : `${Math.round(100 * value)} %`);
  const rows = slices.map((each) => [
    String(each.rank),
    each.cause ? 'cause' : '',
    wordsOf(each.slice),
    figure(each.observed),
    figure(each.expected),
    figure(each.excess),
    share(each.explained),
    share(each.confidence),
  ]);
  const causes = slices.filter(({ cause }) => cause);
  const masked = whole === 'flat' && causes.length > 0 ? '; slices moved against each other' : '';
  const rest =
    unexplained === null || causes.length === 0 ? '' : `, ${share(unexplained)} of the change is elsewhere`;
  return [
    `${path}: ${figure(observed)} where ${figure(expected)} were expected`,
    causes.length === 0 ? 'No slice stands out from chance.' : `Causes: ${causes.length}${rest}${masked}`,
    formatTable(
      [
        { heading: '#', align: 'right' },
        { heading: '' },
        { heading: 'slice' },
        { heading: 'seen', align: 'right' },
        { heading: 'expected', align: 'right' },
        { heading: 'excess', align: 'right' },
        { heading: 'of the change', align: 'right' },
        { heading: 'confidence', align: 'right' },
      ],
      rows,
    ),
    ...(split === null ? [] : [`By ${split.dimension}: ${rateOrMixInWords(split)}.`]),
  ].join('\n');
}

function wordsOf(slice: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(slice);
  return pairs.length === 0 ? 'the whole' : pairs.map(([name, value]) => `${name}=${value}`).join(' ');
}
