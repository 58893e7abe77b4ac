import { relative } from 'node:path';
import type { Evaluation } from '../backtest/backtest-evaluation.js';
import type { Configuration } from '../config/configuration.js';
import type { Difference } from '../detection/backtest/compare.js';
import type { Episode, Label } from '../detection/backtest/labels.js';
import type { Figures, LabelOutcome } from '../detection/backtest/score.js';
import { DAY, type Instant, WEEK } from '../model/clock.js';
import { formatDuration, formatSliceWords } from '../notify/wording.js';
import { type Column, formatTable } from './table.js';

/** What a backtest came to. */
export interface BacktestReport {
  configuration: Configuration;
  evaluation: Evaluation;
  compared: Compared | null;
  /** Chart files by alert. */
  charts: ReadonlyMap<string, string>;
  seconds: number;
}

/** The same history with another configuration. */
export interface Compared {
  configuration: Configuration;
  evaluation: Evaluation;
  difference: Difference;
}

/** Series beyond these are told of by their number; `--json` has them all. */
const SHOWN_SERIES = 20;

/** A backtest for a person. */
export function backtestReport(report: BacktestReport): string {
  const { evaluation, compared, charts } = report;
  const { outcomes, leftOut } = evaluation;
  return [
    headline(report),
    '',
    metricTable(evaluation),
    ...section('ALERTS A WEEK, the worst series first', seriesLines(evaluation)),
    ...(outcomes === null ? [] : section('LABELS', labelLines(outcomes, leftOut))),
    ...(compared === null ? [] : comparedLines(report, compared)),
    ...(charts.size === 0 ? [] : section('CHARTS', chartLines(evaluation, charts))),
  ].join('\n');
}

function headline({ evaluation, seconds }: BacktestReport): string {
  const { counted, run, overall } = evaluation;
  let [points, made] = [0, 0];
  for (const origin of run.origins.values()) {
    points += origin.read + origin.made;
    made += origin.made;
  }
  const origin = made === 0 ? '' : `, ${number(made)} of them made in memory`;
  return (
    `${day(counted.from)} to ${day(counted.to)}, ${rounded((counted.to - counted.from) / DAY)} days: ` +
    `${number(points)} points${origin}, judged in ${rounded(seconds)} s. ` +
    `${overall.alerts} alert${overall.alerts === 1 ? '' : 's'}, ${perWeek(overall)} a week. Nothing was stored and nobody was told.`
  );
}

const METRIC_COLUMNS: readonly Column[] = [
  { heading: 'METRIC' },
  { heading: 'POINTS', align: 'right' },
  { heading: 'JUDGED', align: 'right' },
  { heading: 'ALERTS', align: 'right' },
  { heading: 'A WEEK', align: 'right' },
  { heading: 'HELD BACK', align: 'right' },
];
const SCORE_COLUMNS: readonly Column[] = [
  { heading: 'PRECISION', align: 'right' },
  { heading: 'RECALL', align: 'right' },
  { heading: 'F1', align: 'right' },
  { heading: 'DELAY', align: 'right' },
  { heading: 'ORDERS', align: 'right' },
];

function metricTable({ run, byMetric, overall, outcomes }: Evaluation): string {
  const all = { points: 0, evaluable: 0 };
  const rows = run.metrics.flatMap(({ id }) => {
    const figures = byMetric.get(id);
    const judged = run.judged.get(id);
    if (figures === undefined || judged === undefined) return [];
    all.points += judged.points;
    all.evaluable += judged.evaluable;
    return [metricRow(id, judged, figures)];
  });
  if (rows.length > 1) rows.push(metricRow('all', all, overall));
  return formatTable(outcomes === null ? METRIC_COLUMNS : [...METRIC_COLUMNS, ...SCORE_COLUMNS], rows);
}

function metricRow(id: string, judged: { points: number; evaluable: number }, figures: Figures): string[] {
  const { alerts, held, scores } = figures;
  return [
    id,
    number(judged.points),
    judged.points === 0 ? '-' : percent(judged.evaluable / judged.points),
    String(alerts),
    perWeek(figures),
    String(held),
    ...(scores === null
      ? []
      : [
          scores.precision === null ? '-' : `${scores.right} of ${figures.alerts}`,
          scores.recall === null ? '-' : `${scores.found} of ${scores.labels}`,
          share(scores.f1),
          scores.delay === null ? '-' : formatDuration(scores.delay),
          scores.orders === null ? '-' : number(scores.orders),
        ]),
  ];
}

/** One series with its alerts. */
interface SeriesRow {
  metric: string;
  slice: string;
  alerts: number;
  held: number;
  /** Alerts that tell of no label; null without labels. */
  wrong: number | null;
}

/** Every series that had an alert, the worst first: by alerts that were wrong, then by alerts. */
export function seriesRows({ run, right, counted }: Evaluation): SeriesRow[] {
  const rows = new Map<string, SeriesRow>();
  for (const { alert, announcedAt } of run.episodes) {
    const { metric, slice, openedAt } = alert;
    if (openedAt === null || openedAt < counted.from || openedAt >= counted.to) continue;
    const key = `${metric} ${slice}`;
    const row = rows.get(key) ?? { metric, slice, alerts: 0, held: 0, wrong: right === null ? null : 0 };
    rows.set(key, row);
    if (announcedAt.length === 0) row.held += 1;
    else {
      row.alerts += 1;
      if (row.wrong !== null && right?.has(alert.alertId) === false) row.wrong += 1;
    }
  }
  return [...rows.values()].sort(
    (a, b) =>
      (b.wrong ?? 0) - (a.wrong ?? 0) ||
      b.alerts - a.alerts ||
      b.held - a.held ||
      (`${a.metric} ${a.slice}` < `${b.metric} ${b.slice}` ? -1 : 1),
  );
}

function seriesLines(evaluation: Evaluation): string[] {
  const rows = seriesRows(evaluation);
  if (rows.length === 0) return ['none: no series had an alert'];
  const weeks = (evaluation.counted.to - evaluation.counted.from) / WEEK;
  const table = formatTable(
    [
      { heading: 'METRIC' },
      { heading: 'SLICE' },
      { heading: 'A WEEK', align: 'right' },
      { heading: 'ALERTS', align: 'right' },
      { heading: 'HELD BACK', align: 'right' },
      ...(evaluation.outcomes === null ? [] : [{ heading: 'WRONG', align: 'right' } as const]),
    ],
    rows
      .slice(0, SHOWN_SERIES)
      .map(({ metric, slice, alerts, held, wrong }) => [
        metric,
        slice,
        (alerts / weeks).toFixed(2),
        String(alerts),
        String(held),
        ...(wrong === null ? [] : [String(wrong)]),
      ]),
  );
  const rest = rows.length - SHOWN_SERIES;
  return [table, ...(rest > 0 ? [`and ${rest} more series with alerts: --json has them all`] : [])];
}

function labelLines(outcomes: readonly LabelOutcome[], leftOut: readonly Label[]): string[] {
  const table = formatTable(
    [
      { heading: '' },
      { heading: 'LABEL' },
      { heading: 'BEGAN (UTC)' },
      { heading: 'FIRST ALERT' },
      { heading: 'AFTER', align: 'right' },
      { heading: 'ORDERS', align: 'right' },
    ],
    outcomes.map(({ label, episodes: [first], delay, orders }) => [
      first === undefined ? '○ missed' : '● found',
      label.title,
      minute(label.from),
      first === undefined ? '-' : `${first.alert.metric}, ${formatSliceWords(first.alert.slice)}`,
      delay === null ? '-' : formatDuration(delay),
      orders === null ? '-' : number(orders),
    ]),
  );
  const places = leftOut.map(({ place }) => place).join(', ');
  return [
    ...(outcomes.length === 0 ? [] : [table]),
    ...(leftOut.length === 0
      ? []
      : [`left out, because their metric was not run or they begin outside of the time: ${places}`]),
  ];
}

function comparedLines({ configuration, evaluation }: BacktestReport, compared: Compared): string[] {
  const after = compared.evaluation;
  const { added, removed, kept } = compared.difference;
  const ids = [...new Set([...evaluation.byMetric.keys(), ...after.byMetric.keys()])];
  const row = (name: string, a: Figures | undefined, b: Figures | undefined): string[] => [
    name,
    ...FIGURES.map(({ show }) => {
      const [before, then] = [a, b].map((figures) => (figures === undefined ? '-' : show(figures)));
      return before === then ? `${before}` : `${before} → ${then}`;
    }),
  ];
  const table = formatTable(
    [{ heading: 'METRIC' }, ...FIGURES.map(({ heading }) => ({ heading, align: 'right' }) as const)],
    [
      ...ids.map((id) => row(id, evaluation.byMetric.get(id), after.byMetric.get(id))),
      ...(ids.length > 1 ? [row('all', evaluation.overall, after.overall)] : []),
    ],
  );
  return [
    ...section(`${configuration.folder} → ${compared.configuration.folder}`, [table]),
    ...section(
      `ADDED  ${added.length}`,
      added.map((it) => episodeLine(it, after)),
    ),
    ...section(
      `REMOVED  ${removed.length}`,
      removed.map((it) => episodeLine(it, evaluation)),
    ),
    `KEPT  ${kept.length}${soonerWords(kept)}`,
  ];
}

const FIGURES: readonly { heading: string; show: (figures: Figures) => string }[] = [
  { heading: 'ALERTS A WEEK', show: perWeek },
  { heading: 'HELD BACK', show: ({ held }) => String(held) },
  { heading: 'PRECISION', show: ({ scores }) => share(scores?.precision ?? null) },
  { heading: 'RECALL', show: ({ scores }) => share(scores?.recall ?? null) },
  { heading: 'F1', show: ({ scores }) => share(scores?.f1 ?? null) },
  {
    heading: 'DELAY',
    show: ({ scores }) => (scores?.delay == null ? '-' : formatDuration(scores.delay)),
  },
];

function soonerWords(kept: Difference['kept']): string {
  const [sooner, later] = [kept.filter((it) => it.sooner > 0), kept.filter((it) => it.sooner < 0)];
  return kept.length === 0 ? '' : `, of which ${sooner.length} fire sooner and ${later.length} later`;
}

function episodeLine({ alert }: Episode, { right }: Evaluation): string {
  const verdict = right === null ? '' : right.has(alert.alertId) ? 'right  ' : 'wrong  ';
  return `  ${verdict}${minute(alert.openedAt ?? 0)}  ${alert.metric}, ${formatSliceWords(alert.slice)}, ${alert.severity}`;
}

function chartLines({ run }: Evaluation, charts: ReadonlyMap<string, string>): string[] {
  return run.episodes.flatMap(({ alert }) => {
    const file = charts.get(alert.alertId);
    return file === undefined ? [] : [`  ${relative(process.cwd(), file)}`];
  });
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? ['', heading] : ['', heading, ...lines];
}

const number = (value: number): string => Math.round(value).toLocaleString('en-GB');
const rounded = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 1 });
const percent = (value: number): string => `${Math.round(100 * value)} %`;
const share = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
function perWeek({ alertsPerWeek }: Figures): string {
  return alertsPerWeek.toFixed(2);
}
const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10);
const minute = (at: Instant): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
