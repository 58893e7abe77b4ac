import type { Analysis, Explanation } from '../model/analysis.js';
import { analysisParts } from '../notify/cause-words.js';
import type { MetricDisplay } from '../notify/contract.js';
import { oneLine } from '../notify/wording.js';
import { formatTable } from './table.js';

/** Slices beyond these are shown if they are causes. */
const SHOWN = 6;

/** An explanation for a person: the whole, the causes among the best slices, the rest, and rate or mix. */
export function explanationPage(
  name: string,
  { observed, expected, whole, slices, unexplained, split }: Explanation,
): string {
  const figure = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: 1 });
  const share = (value: number | null) => (value === null ? '-' : `${Math.round(100 * value)} %`);
  const shown = slices.filter(({ cause, rank }) => cause || rank <= SHOWN);
  const rows = shown.map((each) => [
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
  const rest = causes.length === 0 ? '' : restInWords(unexplained);
  return [
    `${name}: ${figure(observed)} where ${figure(expected)} were expected`,
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
    ...(split === null ? [] : [`By ${split.dimension}: ${split.words}.`]),
  ].join('\n');
}

function wordsOf(slice: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(slice);
  return pairs.length === 0 ? 'the whole' : pairs.map(([name, value]) => `${name}=${value}`).join(' ');
}

function restInWords(unexplained: number | null): string {
  if (unexplained === null) return '';
  if (unexplained < -0.01) return '; the rest went the other way and hides a part of it';
  return `; ${Math.round(100 * unexplained)} % of the change is elsewhere`;
}

/** The whole answer: the slices as a table, then everything else that was found, with the cases and their query. */
export function analysisPage(name: string, analysis: Analysis, display: MetricDisplay): string {
  const rest = analysisParts(analysis, display).filter(({ heading }) => !IN_TABLE.has(heading));
  return [
    explanationPage(name, analysis.explanation),
    ...rest.flatMap(({ heading, lines }) => [`${heading}:`, ...lines.map((line) => `  ${oneLine(line)}`)]),
    `All ${analysis.evidence.cases.toLocaleString('en-GB')} cases of ${analysis.evidence.slice}:`,
    `  ${analysis.evidence.query}`,
  ].join('\n');
}

/** What the table above the parts has said already. */
const IN_TABLE: ReadonlySet<string> = new Set(['Where', 'Rate or mix']);
