import type { Effect, Tuning } from '../backtest/tune.js';
import { type Evidence, LEAST_EVIDENCE, type Weighing } from '../detection/backtest/evidence.js';
import type { FeedbackVerdict } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { formatDuration } from '../notify/wording.js';
import { formatTable } from './table.js';

/** How often people have said what, of alerts. */
export type MarkedCounts = Readonly<Record<FeedbackVerdict, number>>;

/** What came of a search for better settings. */
export interface TuneReport {
  evidence: Evidence;
  marked: MarkedCounts;
  tunings: readonly Tuning[];
  /** Empty when nothing is proposed. */
  diff: string;
  /** The file that the diff was asked to be written to. */
  written: string | null;
}

/** A proposal for a person. */
export function tuneReport({ evidence, marked, tunings, diff, written }: TuneReport): string {
  const said = Object.entries(marked)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict.replace('_', ' ')}`);
  const neither = marked.expected + marked.new_normal;
  return [
    `${evidence.incidents.length} incidents; feedback on alerts: ${said.length === 0 ? 'none' : said.join(', ')}.`,
    evidence.complete
      ? 'The labels are taken as complete: an alert outside of them all is wrong.'
      : 'Without --labels an alert that nobody said anything of is neither right nor wrong.',
    ...(evidence.incidents.length === 0 && evidence.marked.length === 0
      ? [
          'redress alerts feedback says of an alert what it was worth; --labels FILE says when something was wrong.',
        ]
      : []),
    ...(neither === 0
      ? []
      : ['Alerts that were expected or show a new normal count neither way: calendar.yaml holds such days.']),
    ...tunings.flatMap((tuning) => ['', ...tuningLines(tuning)]),
    '',
    diff === '' ? 'Nothing is proposed.' : diff.trimEnd(),
    ...(diff === '' ? [] : ['', appliedBy(written)]),
  ].join('\n');
}

function appliedBy(written: string | null): string {
  return written === null
    ? 'Nothing was changed. --write FILE keeps the diff for git apply, or for patch -p1.'
    : `Nothing was changed. The diff is in ${written}, for git apply, or for patch -p1.`;
}

function tuningLines(tuning: Tuning): string[] {
  const { metric } = tuning;
  if (tuning.outcome === 'too_little') {
    const { all, earlier, later } = LEAST_EVIDENCE;
    return [
      `${metric}: too little is known to conclude anything: ${counted(tuning.incidents, 'incident')}, and with wrong ` +
        `alerts ${tuning.evidence} in all. ${all} are wanted, among them ${earlier} incidents to search on and ${later} later to confirm by.`,
    ];
  }
  const tried = `${counted(tuning.runs, 'setting')} tried${tuning.cutShort ? ', all that --runs allows' : ''}`;
  const split = `searched up to ${minute(tuning.split)}`;
  if (tuning.outcome === 'nothing_better')
    return [`${metric}: nothing better than today was found; ${tried}, ${split}.`];
  const verdict =
    tuning.outcome === 'not_confirmed'
      ? 'not proposed: what was better before is worse in the later history, which the search had not seen'
      : tuning.better
        ? 'confirmed by the later history, which the search had not seen'
        : 'no worse in the later history, which the search had not seen, and no better either';
  return [
    `${metric}: ${verdict}; ${tried}, ${split}.`,
    ...tuning.changes.map(
      ({ tunable, value }) => `  ${tunable.name}: ${tunable.today ?? 'its default'} → ${value}`,
    ),
    effectTable(tuning),
  ];
}

const FIGURES: readonly { heading: string; show: (weighing: Weighing) => string }[] = [
  { heading: 'ALERTS A WEEK', show: ({ alertsPerWeek }) => alertsPerWeek.toFixed(2) },
  { heading: 'WRONG', show: ({ wrong }) => String(wrong) },
  { heading: 'PRECISION', show: ({ precision }) => share(precision) },
  { heading: 'RECALL', show: ({ recall }) => share(recall) },
  { heading: 'DELAY', show: ({ delay }) => (delay === null ? '-' : formatDuration(delay)) },
];

function effectTable(tuning: Record<'earlier' | 'later' | 'all', Effect>): string {
  const row = (name: string, { today, changed }: Effect) => [
    name,
    ...FIGURES.map(({ show }) => {
      const [before, after] = [show(today), show(changed)];
      return before === after ? before : `${before} → ${after}`;
    }),
  ];
  return formatTable(
    [{ heading: '' }, ...FIGURES.map(({ heading }) => ({ heading, align: 'right' }) as const)],
    [row('earlier', tuning.earlier), row('later, unseen', tuning.later), row('all', tuning.all)],
  );
}

/** The same as rows, for `--json`. */
export function tuneJson({ evidence, marked, tunings, diff }: TuneReport): object[] {
  return [
    {
      kind: 'evidence',
      incidents: evidence.incidents.length,
      complete: evidence.complete,
      feedback: marked,
    },
    ...tunings.map(tuningRow),
    { kind: 'diff', diff },
  ];
}

function tuningRow(tuning: Tuning): object {
  const { metric, outcome } = tuning;
  const base = { kind: 'metric', metric, outcome, split: iso(tuning.split) };
  if (outcome === 'too_little') return { ...base, incidents: tuning.incidents, evidence: tuning.evidence };
  const searched = { ...base, runs: tuning.runs, cut_short: tuning.cutShort };
  if (outcome === 'nothing_better') return { ...searched, today: weighingRow(tuning.today) };
  const effect = ({ today, changed }: Effect) => ({
    today: weighingRow(today),
    changed: weighingRow(changed),
  });
  return {
    ...searched,
    changes: tuning.changes.map(({ tunable, value }) => ({
      path: tunable.path,
      today: tunable.today,
      value,
    })),
    better: tuning.better,
    earlier: effect(tuning.earlier),
    later: effect(tuning.later),
    all: effect(tuning.all),
  };
}

function weighingRow(weighing: Weighing): object {
  const { alerts, alertsPerWeek, incidents, found, right, wrong, unknown, precision, recall, delay } =
    weighing;
  return {
    alerts,
    alerts_per_week: alertsPerWeek,
    incidents,
    found,
    right,
    wrong,
    unknown,
    precision,
    recall,
    delay_seconds: delay === null ? null : delay / 1_000,
  };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const share = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());
const minute = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
