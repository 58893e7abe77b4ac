import {
  type Analysis,
  causesOf,
  type ExplainedSlice,
  isWorthTelling,
  type MovedMetric,
  type SampleCase,
} from '../model/analysis.js';
import { formatSlice } from '../model/slice.js';
import type { AlertNotification, MetricDisplay } from './contract.js';
import { formatDuration, formatInstant, formatMoney, formatSliceWords, formatValue } from './wording.js';

const MOST_CAUSES = 3;
const MOST_TERMS = 5;
const SHARE = { unit: 'rate', currency: '' } as const;
const COUNT = { unit: 'count', currency: '' } as const;

/** The top causes, one line each; null where there is no analysis or it names no narrower place. */
export function causeLines({
  analysis,
  display,
}: Pick<AlertNotification, 'analysis' | 'display'>): string[] | null {
  if (analysis === undefined || analysis.outcome.status === 'refused') return null;
  if (!isWorthTelling(analysis.outcome)) return null;
  const causes = causesOf(analysis.outcome);
  const { meanAmount } = analysis.outcome.analysis;
  const lines = causes.slice(0, MOST_CAUSES).map((cause) => causeLine(cause, meanAmount, display));
  const more = causes.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** The analysis as one sentence, for where there is room for one. */
export function analysisInOneLine(notification: AlertNotification): string {
  const lines = causeLines(notification) ?? [];
  return lines.length === 0 ? 'No narrower place stands out.' : `It comes from ${lines.join('; ')}.`;
}

/** One heading of an analysis with its lines, in plain text. */
export interface AnalysisPart {
  heading: string;
  lines: string[];
}

/** An analysis in words, part by part; parts that have nothing to say are left out. */
export function analysisParts(analysis: Analysis, display: MetricDisplay): AnalysisPart[] {
  const { explanation, meanAmount, says, alongside, facts, common, evidence } = analysis;
  const causes = explanation.slices.filter(({ cause }) => cause);
  const parts: AnalysisPart[] = [
    {
      heading: 'Where',
      lines: [
        ...(causes.length === 0
          ? ['No slice stands out from chance: it is spread over all of it.']
          : causes.map((cause) => causeLine(cause, meanAmount, display))),
        ...restLine(explanation.unexplained, causes.length),
      ],
    },
    {
      heading: 'Rate or mix',
      lines:
        explanation.split === null ? [] : [`By ${explanation.split.dimension}: ${explanation.split.words}.`],
    },
    {
      heading: 'What people say more than before',
      lines: says
        .slice(0, MOST_TERMS)
        .map(
          ({ term, texts, textsBefore, examples }) =>
            `${term}: in ${texts} texts, ${textsBefore} before${examples[0] === undefined ? '' : `; “${examples[0]}”`}`,
        ),
    },
    {
      heading: 'In common',
      lines: common.map(
        ({ dimension, value, share, shareBefore }) =>
          `${dimension} ${value}: ${percent(share)} of the cases, ${percent(shareBefore)} before`,
      ),
    },
    { heading: 'What moved with it', lines: alongside.map((moved) => movedLine(moved)) },
    {
      heading: 'What began shortly before',
      lines: facts.map(
        ({ at, kind, title }) =>
          `${formatInstant(at, display.timezone)}: ${kind.replaceAll(/[._]/g, ' ')}${title === '' ? '' : `, ${title}`}`,
      ),
    },
    {
      heading: 'Cases to look at',
      lines: [
        ...caseLine('newest', evidence.newest, display),
        ...caseLine('costliest', evidence.costliest, display),
      ],
    },
  ];
  return parts.filter(({ lines }) => lines.length > 0);
}

function causeLine(cause: ExplainedSlice, meanAmount: number | null, display: MetricDisplay): string {
  const { slice, excess, explained, confidence } = cause;
  const where = Object.keys(slice).length === 0 ? 'all of it alike' : formatSliceWords(formatSlice(slice));
  const share = explained === null ? '' : `${percent(explained)} of it, `;
  return `${where}: ${share}${excessWords(excess, meanAmount, display)} (${percent(confidence)} sure)`;
}

/** A mean's or a quantile's excess is in no unit that people count in. */
function excessWords(excess: number, meanAmount: number | null, display: MetricDisplay): string {
  const sign = excess < 0 ? '' : '+';
  if (display.unit === 'amount') return `${sign}${formatMoney(excess, display.currency)}`;
  const count = `${sign}${formatValue(Math.abs(excess) < 10 ? excess : Math.round(excess), COUNT)}`;
  const money =
    meanAmount === null || display.counted === ''
      ? ''
      : `, ${formatMoney(excess * meanAmount, display.currency)}`;
  return `${count}${display.counted === '' ? '' : ` ${display.counted}`}${money}`;
}

function restLine(unexplained: number | null, causes: number): string[] {
  if (unexplained === null || causes === 0 || Math.abs(unexplained) < 0.01) return [];
  return unexplained < 0
    ? ['The rest went the other way and hides a part of it.']
    : [`${percent(unexplained)} of the change is elsewhere.`];
}

function movedLine({ title, slice, lag, score }: MovedMetric): string {
  const when =
    lag === 0
      ? 'at the same time'
      : lag < 0
        ? `${formatDuration(-lag)} earlier`
        : `${formatDuration(lag)} later`;
  return `${title}, ${formatSliceWords(slice)}: ${score > 0 ? 'up' : 'down'}, ${when}`;
}

function caseLine(which: string, cases: readonly SampleCase[], display: MetricDisplay): string[] {
  if (cases.length === 0) return [];
  const names = cases.map(({ caseId, orderId, eventId, amount }) => {
    const name = caseId || orderId || eventId;
    return amount === null ? name : `${name} (${formatMoney(amount, display.currency)})`;
  });
  return [`${which}: ${names.join(', ')}`];
}

function percent(share: number): string {
  return formatValue(Math.round(share * 100) / 100, SHARE);
}
