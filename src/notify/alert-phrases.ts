import type { Alert } from '../model/alert.js';
import type { Owner } from '../model/owner.js';
import type { AlertNotification, MetricDisplay, PartOf } from './contract.js';
import {
  formatBand,
  formatDuration,
  formatInstant,
  formatMoney,
  formatSliceWords,
  formatValue,
} from './wording.js';

/** What is said of an alert in more than one place: clauses and sentences in plain text, without any channel's markup. */

const SEVERITY_WORDS = { info: 'Notice', warning: 'Warning', critical: 'Critical' } as const;

/** What an alert is called: how it stands, the metric, and where. */
export function headline(alert: Alert): string {
  const standing =
    alert.state === 'resolved'
      ? 'Resolved'
      : alert.state === 'acknowledged'
        ? 'Acknowledged'
        : SEVERITY_WORDS[alert.severity];
  return `${standing}: ${nameOf(alert)}`;
}

/** What is wrong and where, however it stands. */
export function nameOf({ kind, title, metric, slice, direction }: Alert): string {
  const what = title === '' ? metric : title;
  if (kind === 'data_health') return what;
  const where = formatSliceWords(slice);
  const how = direction === 'up' ? 'high' : 'low';
  return `${what}, ${how} ${where === 'overall' ? where : `in ${where}`}`;
}

/** The newest value against what was expected; in a group also where. Empty for trouble with the data. */
export function summary({
  alert,
  display,
  group,
}: Pick<AlertNotification, 'alert' | 'display' | 'group'>): string {
  if (alert.kind !== 'metric') return '';
  const { value, numerator, denominator, expected, lower, upper } = alert.last;
  const counts =
    denominator === null ? '' : ` (${formatValue(numerator, COUNT)} of ${formatValue(denominator, COUNT)})`;
  const where = group === null ? '' : `${formatSliceWords(alert.slice)}: `;
  const latest = where === '' ? 'Latest value' : `${where}latest value`;
  return `${latest} ${formatValue(value, display)}${counts}, expected ${formatValue(expected, display)}, usually ${formatBand(lower, upper, display)}.`;
}

const COUNT = { unit: 'count', currency: '' } as const;

export function sinceWords(alert: Alert, display: MetricDisplay): string {
  const start = formatInstant(alert.startedAt, display.timezone);
  if (alert.state !== 'resolved' || alert.resolvedAt === null) return start;
  return `${start}, for ${formatDuration(alert.resolvedAt - alert.startedAt)}`;
}

/**
 * In the unit of the business: what has been counted too often or too rarely, and what that is worth. A mean or a
 * quantile counts nothing, and its distances do not add up over time; of it the greatest is told.
 */
export function impactWords(alert: Alert, display: MetricDisplay): string {
  const count = Math.abs(alert.impactCount);
  const falls = alert.direction === 'down';
  if (display.counted === '') {
    const distance = formatValue(Math.abs(alert.worst.value - alert.worst.expected), display);
    return `At worst ${distance} ${falls ? 'below' : 'above'} what was expected`;
  }
  if (display.unit === 'amount')
    return `About ${formatMoney(count, display.currency)} ${falls ? 'less' : 'more'} than expected`;
  const events = formatValue(count < 10 ? count : Math.round(count), COUNT);
  const money =
    alert.impactAmount === 0 ? '' : `, worth ${formatMoney(Math.abs(alert.impactAmount), display.currency)}`;
  return `About ${events} ${falls ? 'fewer' : 'more'} ${display.counted} than expected${money}`;
}

export function stateWords(alert: Alert, display: MetricDisplay): string {
  const at = (instant: number | null): string =>
    instant === null ? '' : ` at ${formatInstant(instant, display.timezone)}`;
  const again =
    alert.timesReopened > 0
      ? `, fired again ${alert.timesReopened === 1 ? 'once' : `${alert.timesReopened} times`}`
      : '';
  const silenced =
    alert.silence === null ? '' : `, silenced${by(alert.silence.author)} ${snoozedUntil(alert, display)}`;
  if (alert.state === 'resolved')
    return `Resolved${by(alert.resolvedBy ?? '')}${at(alert.resolvedAt)}${again}`;
  if (alert.state === 'acknowledged')
    return `Acknowledged${by(alert.acknowledgedBy)}${at(alert.acknowledgedAt)}${silenced}${again}`;
  if (alert.silence !== null) return `Open${silenced}${again}`;
  return `Open, nobody has acknowledged it yet${again}`;
}

/** Until when its silence holds. */
export function snoozedUntil({ silence }: Alert, display: MetricDisplay): string {
  const until = silence?.until ?? null;
  return until === null ? 'until it is resolved' : `until ${formatInstant(until, display.timezone)}`;
}

export function partOfWords({ alert, cause }: PartOf): string {
  return `It has the same cause, ${formatSliceWords(cause)}, and goes on in the message about “${nameOf(alert)}”.`;
}

/** An owner's name by the id. */
export function ownerName(id: string, owners: readonly Owner[]): string {
  if (id === '') return 'Nobody';
  return owners.find((owner) => owner.id === id)?.name || id;
}

/** Who did it, where somebody did. */
export function by(person: string): string {
  return person === '' ? '' : ` by ${person}`;
}
