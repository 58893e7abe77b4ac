import { relative } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { displayOf } from '../messages/display.js';
import type { Alert } from '../model/alert.js';
import type { EffectEvidence, FollowUp } from '../model/follow-up.js';
import { impactWords } from '../notify/alert-phrases.js';
import type { MetricDisplay } from '../notify/contract.js';
import {
  formatBand,
  formatDuration,
  formatInstant,
  formatSliceWords,
  formatValue,
} from '../notify/wording.js';
import type { Judged } from '../simulation/judge-alerts.js';

/** What a demo came to. */
export interface DemoOutcome extends Judged {
  configuration: Configuration;
  events: number;
  points: number;
  messages: number;
  followUps: readonly FollowUp[];
  /** Chart files by alert. */
  charts: ReadonlyMap<string, string>;
  seconds: number;
  days: number;
  /** The store's folder when it was kept. */
  data: string | null;
}

/** What a person wants to know after the demo. */
export function demoReport(outcome: DemoOutcome): string {
  const { found, missed, falseAlarms, events, points, messages, days, seconds } = outcome;
  const alerts = found.flatMap((it) => it.alerts).length + falseAlarms.length;
  const lines = [
    '',
    `${number(days)} simulated days: ${number(events)} events, ${number(points)} points judged, ` +
      `${alerts} alerts, ${number(messages)} messages, in ${seconds.toFixed(0)} s.`,
    '',
    `INCIDENTS  ${found.length} of ${found.length + missed.length} found`,
  ];
  for (const { truth, alerts: belonging } of found) {
    const [first] = belonging;
    if (first === undefined) continue;
    lines.push(
      '',
      `● ${truth.title}`,
      `  began      ${formatInstant(truth.startsAt, zoneOf(outcome, first))}`,
    );
    lines.push(...alertLines(outcome, first, (first.openedAt ?? 0) - truth.startsAt));
    const others = belonging.slice(1);
    if (others.length > 0)
      lines.push(`  also       ${listed(others.map((alert) => formatSliceWords(alert.slice)))}`);
    const ids = new Set(belonging.map((alert) => alert.alertId));
    for (const followUp of outcome.followUps.filter((it) => ids.has(it.alertId)))
      lines.push(...followUpLines(outcome, first, followUp));
  }
  for (const truth of missed) lines.push('', `○ missed: ${truth.title}`);
  lines.push('', `FALSE ALARMS  ${falseAlarms.length === 0 ? 'none' : falseAlarms.length}`);
  for (const alert of falseAlarms)
    lines.push('', `● ${alert.title}, ${formatSliceWords(alert.slice)}`, ...alertLines(outcome, alert, null));
  lines.push('', 'LOOK AROUND', ...whereToLook(outcome));
  return lines.join('\n');
}

function alertLines(outcome: DemoOutcome, alert: Alert, delay: number | null): string[] {
  const display = displayFor(outcome, alert);
  const { worst, first } = alert;
  const band = formatBand(first.lower, first.upper, display);
  const chart = outcome.charts.get(alert.alertId);
  return [
    `  alert      ${alert.title}, ${formatSliceWords(alert.slice)}: ${alert.severity}, ${alert.state}`,
    `  fired      ${formatInstant(alert.openedAt ?? 0, display.timezone)}` +
      (delay === null ? '' : `, ${formatDuration(delay)} after the incident began`),
    `  why        ${formatValue(first.value, display)} where ${formatValue(first.expected, display)} was expected ` +
      `(${band})${isWorse(alert) ? `; at worst ${formatValue(worst.value, display)}` : ''}`,
    `  impact     ${impactWords(alert, display)}`,
    ...(alert.carriers.length === 0
      ? []
      : [
          `  carried by ${listed(
            alert.carriers
              .slice(0, 3)
              .map((it) => `${formatSliceWords(it.slice)} (${Math.round(100 * it.share)}%)`),
          )}`,
        ]),
    ...(chart === undefined ? [] : [`  chart      ${relative(process.cwd(), chart)}`]),
  ];
}

function followUpLines(outcome: DemoOutcome, alert: Alert, followUp: FollowUp): string[] {
  const display = displayFor(outcome, alert);
  const { effect } = followUp;
  return [
    `  follow-up  opened ${formatInstant(followUp.openedAt, display.timezone)} for ${followUp.owner}` +
      (followUp.fixShippedAt === null
        ? ''
        : `, fix shipped ${formatInstant(followUp.fixShippedAt, display.timezone)}`),
    effect === null
      ? `             ${followUp.state}${followUp.note === '' ? '' : `: ${followUp.note}`}`
      : `             ${followUp.state}: ${formatValue(effect.before, display)} before, ` +
        `${formatValue(effect.during, display)} during, ${formatValue(effect.after, display)} after ` +
        `(${effect.points} points), ${number(Math.round(effect.savedPerWeek))} a week spared`,
    ...certaintyLines(effect?.evidence, display),
  ];
}

/** How sure the effect is, and how much of it untreated slices did not share. */
function certaintyLines(evidence: EffectEvidence | undefined, display: MetricDisplay): string[] {
  if (evidence === undefined) return [];
  const { net, difference } = evidence;
  const { estimate, lower, upper } = net ?? difference;
  const value = (level: number) => formatValue(level, display);
  const beyond = net === null ? '' : `, beyond ${net.sisters} slices without the fix`;
  return [
    `             changed by ${value(estimate)} (90 % interval ${value(lower)} to ${value(upper)}${beyond})`,
  ];
}

function whereToLook(outcome: DemoOutcome): string[] {
  const chart = outcome.charts.values().next().value;
  const folder =
    chart === undefined ? [] : [`  charts      ${relative(process.cwd(), chart).replace(/[^/]*$/, '')}`];
  const data =
    outcome.data === null
      ? ['  data        removed; npm run demo -- --keep leaves it']
      : [
          `  data        npm run redress -- clickhouse --data ${outcome.data}   (then any ClickHouse client, or Grafana)`,
        ];
  return [...folder, ...data, '  dashboards  dashboards/, provisioned for Grafana by compose.yaml'];
}

/** The same as rows, for `--json`. */
export function demoJson(outcome: DemoOutcome): object[] {
  const alertRow = (alert: Alert, incident: string | null) => ({
    kind: 'alert',
    incident,
    alert_id: alert.alertId,
    metric: alert.metric,
    slice: alert.slice,
    severity: alert.severity,
    state: alert.state,
    started_at: iso(alert.startedAt),
    opened_at: iso(alert.openedAt),
    resolved_at: iso(alert.resolvedAt),
    value: alert.first.value,
    expected: alert.first.expected,
    lower: alert.first.lower,
    upper: alert.first.upper,
    impact_count: alert.impactCount,
    impact_amount: alert.impactAmount,
    carriers: alert.carriers,
    chart: outcome.charts.get(alert.alertId) ?? null,
  });
  return [
    {
      kind: 'summary',
      days: outcome.days,
      events: outcome.events,
      points: outcome.points,
      messages: outcome.messages,
      seconds: outcome.seconds,
    },
    ...outcome.found.map(({ truth, alerts }) => ({
      kind: 'incident',
      incident: truth.id,
      found: true,
      starts_at: iso(truth.startsAt),
      delay_seconds: ((alerts[0]?.openedAt ?? 0) - truth.startsAt) / 1_000,
    })),
    ...outcome.missed.map((truth) => ({
      kind: 'incident',
      incident: truth.id,
      found: false,
      starts_at: iso(truth.startsAt),
    })),
    ...outcome.found.flatMap(({ truth, alerts }) => alerts.map((alert) => alertRow(alert, truth.id))),
    ...outcome.falseAlarms.map((alert) => alertRow(alert, null)),
    ...outcome.followUps.map((followUp) => ({
      kind: 'follow_up',
      follow_up_id: followUp.followUpId,
      alert_id: followUp.alertId,
      state: followUp.state,
      effect: followUp.effect,
    })),
  ];
}

function displayFor({ configuration }: DemoOutcome, alert: Alert) {
  const metric = configuration.metrics.find(({ id }) => id === alert.metric);
  return displayOf(metric, alert.title, configuration.service.currency);
}

const zoneOf = (outcome: DemoOutcome, alert: Alert): string => displayFor(outcome, alert).timezone;
const number = (value: number): string => value.toLocaleString('en-GB');
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

function listed(words: readonly string[]): string {
  const shown = words.slice(0, 4);
  return words.length > shown.length
    ? `${shown.join('; ')} and ${words.length - shown.length} more`
    : shown.join('; ');
}

/** The worst point is the one furthest outside its band, which need not be the one with the greatest value. */
function isWorse({ direction, first, worst }: Alert): boolean {
  return direction === 'up' ? worst.value > first.value : worst.value < first.value;
}
