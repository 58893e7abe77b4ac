import { DateTime } from 'luxon';
import type { GuardedJudgement } from '../detection/guards.js';
import type { PlainPoint, PlainSeries } from '../detection/plain-series.js';
import { oneLine } from '../notify/wording.js';
import { formatFacts, formatTable } from './table.js';

/** A point of a file and what a detector said of it. */
export interface JudgedPlainPoint {
  point: PlainPoint;
  judgement: GuardedJudgement;
}

export function statusOf(judgement: GuardedJudgement): 'normal' | 'anomalous' | 'not_evaluable' {
  if (judgement.status === 'not_evaluable') return 'not_evaluable';
  return judgement.score > 1 ? 'anomalous' : 'normal';
}

const EMPTY = {
  value: 'without a number',
  rate: 'without a number, or counted over nothing,',
} as const;

/** These say no more than that it is a value or a rate. */
const OWN_TITLES = ['', 'value', 'numerator over denominator'];
/** Rows that could not be read, beyond these, are told of by their number. */
const SHOWN_ROWS = 5;

/** What was found in a file, before it was judged. */
export function notesOf(name: string, timezone: string, series: PlainSeries): string {
  const { kind, title, bucketSeconds, points, notes } = series;
  const { duplicates, outOfOrder, gaps, absentBuckets, empty, unreadable, uneven } = notes;
  const told = (number: number, one: string, several: string) =>
    number === 0 ? '' : `${number} ${number === 1 ? one : several}`;
  const absent = `with ${told(absentBuckets, 'absent bucket', 'absent buckets')}, left absent`;
  return [
    formatFacts([
      [
        name,
        `${points.length} points of ${notes.rows} rows, read as a ${kind}${OWN_TITLES.includes(title) ? '' : `: ${title}`}`,
      ],
      ['from, to', spanOf(points, timezone)],
      ['bucket', widthOf(bucketSeconds)],
      ['gaps', told(gaps, absent, absent)],
      ['uneven', told(uneven, 'step is no whole number of buckets', 'steps are no whole number of buckets')],
      [
        'duplicates',
        told(duplicates, 'row repeats', 'rows repeat') +
          (duplicates === 0 ? '' : ' a time; the last row of a time counts'),
      ],
      [
        'order',
        told(
          outOfOrder,
          'row came after a later one and was put in order',
          'rows came after a later one and were put in order',
        ),
      ],
      ['empty', told(empty, `row ${EMPTY[kind]} was left out`, `rows ${EMPTY[kind]} were left out`)],
      ['unreadable', told(unreadable.length, 'row was left out', 'rows were left out')],
    ]),
    ...unreadable.slice(0, SHOWN_ROWS).map(({ line, reason }) => oneLine(`  ${name}:${line}: ${reason}`)),
    ...(unreadable.length > SHOWN_ROWS ? [`  and ${unreadable.length - SHOWN_ROWS} more`] : []),
  ].join('\n');
}

/** As the file has it and, where that could be read in another way, as it was read. */
function spanOf(points: readonly PlainPoint[], timezone: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const written = `${first.timestamp} to ${last.timestamp}`;
  if (/^\d{4}-\d{2}-\d{2}/.test(first.timestamp)) return written;
  const iso = ({ bucketStart }: PlainPoint) =>
    DateTime.fromMillis(bucketStart, { zone: timezone }).toFormat('yyyy-MM-dd HH:mm');
  return `${written}, read as ${iso(first)} to ${iso(last)} ${timezone}`;
}

/** The anomalous points, those that follow each other as one line. */
export function summaryOf(judged: readonly JudgedPlainPoint[]): string {
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

/** An episode by the value that lies furthest out, by the width of its band, and by its highest score. */
/** `24 not evaluable (cold start)`. */
function unjudged(judged: readonly JudgedPlainPoint[]): string {
  const reasons = judged.flatMap(({ judgement }) =>
    judgement.status === 'not_evaluable' ? [judgement.reason.replaceAll('_', ' ')] : [],
  );
  const different = [...new Set(reasons)];
  return `${reasons.length} not evaluable${different.length === 0 ? '' : ` (${different.join(', ')})`}`;
}

function rowOf(episode: readonly JudgedPlainPoint[]): string[] {
  const furthest = episode.reduce((a, b) => (departureOf(b) > departureOf(a) ? b : a));
  const [expected, direction] =
    furthest.judgement.status === 'judged'
      ? [furthest.judgement.expected, furthest.judgement.direction]
      : [0, ''];
  const scores = episode.map(({ judgement }) => (judgement.status === 'judged' ? judgement.score : 0));
  return [
    episode[0]?.point.timestamp ?? '',
    episode.at(-1)?.point.timestamp ?? '',
    `${episode.length}`,
    short(furthest.point.value),
    short(expected),
    Math.max(...scores).toFixed(2),
    direction,
  ];
}

function departureOf({ point: { value }, judgement }: JudgedPlainPoint): number {
  if (judgement.status !== 'judged') return 0;
  return Math.abs(value - judgement.expected) / (judgement.upper - judgement.lower) || 0;
}

const short = (number: number): string => String(Number(number.toPrecision(4)));

/** Weeks, days, hours and minutes in whole numbers; months, quarters and years are of several lengths. */
function widthOf(seconds: number): string {
  const days = seconds / 86_400;
  if (days >= 28 && days <= 31) return '1 month';
  if (days >= 90 && days <= 92) return '1 quarter';
  if (days >= 365 && days <= 366) return '1 year';
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const;
  const [unit, length] = units.find(([, span]) => seconds % span === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}
