import type { Evaluation } from '../backtest/backtest-evaluation.js';
import type { Episode, Label } from '../detection/backtest/labels.js';
import type { Figures } from '../detection/backtest/score.js';
import { type Instant, WEEK } from '../model/clock.js';
import { formatSlice } from '../model/slice.js';
import { type BacktestReport, seriesRows } from './backtest-report.js';

/** A backtest as rows, for `--json`. */
export function backtestJson(report: Omit<BacktestReport, 'configuration'>): object[] {
  const { evaluation, compared, charts, seconds } = report;
  const rows = [
    { kind: 'summary', ...spanRow(evaluation), ...figuresRow(evaluation.overall), seconds },
    ...evaluationRows(evaluation, charts),
  ];
  if (compared === null) return rows;
  const { added, removed, kept } = compared.difference;
  const alertRows = (kind: string, episodes: readonly Episode[], of: Evaluation) =>
    episodes.map((episode) => ({ ...alertRow(episode, of, new Map()), kind }));
  return [
    ...rows,
    { kind: 'compared', config: compared.configuration.folder, ...figuresRow(compared.evaluation.overall) },
    ...[...compared.evaluation.byMetric].map(([metric, figures]) => ({
      kind: 'compared_metric',
      metric,
      ...figuresRow(figures),
    })),
    ...alertRows('added', added, compared.evaluation),
    ...alertRows('removed', removed, evaluation),
    ...kept.map(({ after, sooner }) => ({
      ...alertRow(after, compared.evaluation, new Map()),
      kind: 'kept',
      sooner_seconds: sooner / 1_000,
    })),
  ];
}

function evaluationRows(evaluation: Evaluation, charts: ReadonlyMap<string, string>): object[] {
  const { run, byMetric, outcomes, leftOut, counted } = evaluation;
  const weeks = (counted.to - counted.from) / WEEK;
  return [
    ...[...byMetric].map(([metric, figures]) => ({
      kind: 'metric',
      metric,
      points: run.judged.get(metric)?.points ?? 0,
      evaluable: run.judged.get(metric)?.evaluable ?? 0,
      made: run.origins.get(metric)?.made ?? 0,
      ...figuresRow(figures),
    })),
    ...seriesRows(evaluation).map((row) => ({
      kind: 'series',
      ...row,
      alerts_per_week: row.alerts / weeks,
    })),
    ...run.episodes
      .filter(
        ({ alert: { openedAt } }) => openedAt !== null && openedAt >= counted.from && openedAt < counted.to,
      )
      .map((episode) => alertRow(episode, evaluation, charts)),
    ...(outcomes ?? []).map(({ label, foundAt, episodes, delay, orders }) => ({
      kind: 'label',
      ...labelRow(label),
      found: foundAt !== null,
      alert_id: episodes[0]?.alert.alertId ?? null,
      delay_seconds: delay === null ? null : delay / 1_000,
      delay_orders: orders,
    })),
    ...leftOut.map((label) => ({ kind: 'label_left_out', ...labelRow(label) })),
  ];
}

function alertRow(
  { alert, announcedAt }: Episode,
  { right }: Evaluation,
  charts: ReadonlyMap<string, string>,
): object {
  return {
    kind: 'alert',
    alert_id: alert.alertId,
    metric: alert.metric,
    slice: alert.slice,
    direction: alert.direction,
    severity: alert.severity,
    started_at: iso(alert.startedAt),
    opened_at: iso(alert.openedAt),
    resolved_at: iso(alert.resolvedAt),
    held_back: announcedAt.length === 0,
    // Nobody was told of one that was held back, so it counts neither way.
    right: announcedAt.length === 0 ? null : (right?.has(alert.alertId) ?? null),
    value: alert.first.value,
    expected: alert.first.expected,
    lower: alert.first.lower,
    upper: alert.first.upper,
    impact_count: alert.impactCount,
    chart: charts.get(alert.alertId) ?? null,
  };
}

function figuresRow({ alerts, alertsPerWeek, held, scores }: Figures): object {
  const row = { alerts, alerts_per_week: alertsPerWeek, held_back: held };
  if (scores === null) return row;
  const { labels, found, right, precision, recall, f1, delay, orders } = scores;
  return {
    ...row,
    labels,
    found,
    right,
    precision,
    recall,
    f1,
    delay_seconds: delay === null ? null : delay / 1_000,
    delay_orders: orders,
  };
}

const spanRow = ({ counted }: Evaluation) => ({ from: iso(counted.from), to: iso(counted.to) });

function labelRow({ metric, slice, from, to, title, place }: Label): object {
  return { title, metric, slice: formatSlice(slice), from: iso(from), to: iso(to), place };
}

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());
