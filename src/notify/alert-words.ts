import type { Alert, FeedbackVerdict } from '../model/alert.js';
import type { Annotation } from '../model/annotation.js';
import type { DeliveryReason } from '../model/delivery.js';
import type { Owner } from '../model/owner.js';
import { ALL } from '../model/slice.js';
import { analysisInOneLine, causeLines } from './cause-words.js';
import type { AlertNotification, MetricDisplay, PartOf } from './contract.js';
import { followUpStatus } from './follow-up-words.js';
import { groupWords } from './group-words.js';
import {
  formatBand,
  formatDuration,
  formatInstant,
  formatMoney,
  formatSliceWords,
  formatValue,
} from './wording.js';

/** What messages need beside the notification itself. */
export interface MessageContext {
  owners: readonly Owner[];
  /** Where people find the dashboards; empty for none. */
  dashboardsUrl: string;
}

/** An alert and what is shown with it, whatever brings it before somebody. */
export type AlertView = Pick<
  AlertNotification,
  'alert' | 'analysis' | 'annotations' | 'display' | 'followUp' | 'group' | 'partOf'
>;

/** One thing to know about an alert, in plain text that no channel's markup has touched. */
export interface Fact {
  label: 'Since' | 'Impact' | 'Worst' | 'State' | 'Owner' | 'Follow-up' | 'Runbook';
  text: string;
}

/** An alert in plain words: what every channel says, each in its own markup. */
export interface AlertWords {
  headline: string;
  /** The value against what was expected; empty for trouble with the data. */
  summary: string;
  facts: readonly Fact[];
  /** What stands in lists below the facts: where it comes from, what else happened. None is empty. */
  lists: readonly WordList[];
}

/** Lines of one kind, each in plain text. */
interface WordList {
  title: string;
  /** The title where there is little room. */
  label: string;
  lines: readonly string[];
}

const MOST_LINES = 5;

export function alertWords(view: AlertView, context: MessageContext): AlertWords {
  if (view.partOf !== undefined) return partWords(view.alert, view.partOf, view.display);
  const { alert, annotations, display, followUp, group } = view;
  const together = group === null ? null : groupWords(group, alert, display);
  const facts: Fact[] = [{ label: 'Since', text: sinceWords(alert, display) }];
  if (alert.kind === 'metric') {
    // A group's figures are of the alert that speaks for it: sums over slices that overlap would count twice.
    const only = group === null ? '' : ` (${formatSliceWords(alert.slice)})`;
    facts.push({ label: 'Impact', text: `${impactWords(alert, display)}${only}` });
    if (alert.worst.bucketStart !== alert.last.bucketStart)
      facts.push({
        label: 'Worst',
        text: `${formatValue(alert.worst.value, display)} at ${formatInstant(alert.worst.bucketStart, display.timezone)}${only}`,
      });
  }
  facts.push({ label: 'State', text: stateWords(alert, display) });
  facts.push({ label: 'Owner', text: ownerName(alert.owner, context.owners) });
  if (followUp !== null) facts.push({ label: 'Follow-up', text: followUpStatus(followUp, display) });
  if (alert.runbook !== '') facts.push({ label: 'Runbook', text: alert.runbook });
  return {
    headline: together?.headline ?? headline(alert),
    summary: alert.kind === 'metric' ? summary(view) : '',
    facts,
    lists: [
      { title: 'What fired together', label: 'Alerts', lines: together?.members ?? [] },
      { title: 'Where it comes from', label: 'From', lines: causeLines(view) ?? carrierLines(alert) },
      { title: 'What else happened then', label: 'Then', lines: annotationLines(annotations, display) },
    ].filter(({ lines }) => lines.length > 0),
  };
}

/** What stays of an alert's own message when another one tells of both. */
function partWords(alert: Alert, partOf: PartOf, display: MetricDisplay): AlertWords {
  return {
    headline: `Part of another alert: ${nameOf(alert)}`,
    summary: partOfWords(partOf),
    facts: [{ label: 'Since', text: sinceWords(alert, display) }],
    lists: [],
  };
}

function partOfWords({ alert, cause }: PartOf): string {
  return `It has the same cause, ${formatSliceWords(cause)}, and goes on in the message about “${nameOf(alert)}”.`;
}

/** The one line that a later message adds: what has changed. Plain text. */
export function changeWords(notification: AlertNotification): string {
  const { alert, display, delivery, group, partOf } = notification;
  switch (delivery.reason) {
    case 'acknowledged':
      return `Acknowledged${by(alert.acknowledgedBy)}. Escalation is paused.`;
    case 'resolved':
      return `Resolved after ${formatDuration((alert.resolvedAt ?? alert.startedAt) - alert.startedAt)}. ${impactWords(alert, display)}`;
    case 'new_normal':
      return WHY.new_normal;
    case 'worsened':
    case 'reopened':
    case 'escalated':
    case 'ack_timed_out':
    case 'first_notification':
    case 'repeat':
    case 'fell_back':
    case 'delivery_failed':
      return alert.kind === 'metric'
        ? `${WHY[delivery.reason]} ${summary(notification)}`
        : WHY[delivery.reason];
    case 'snoozed':
      return `Snoozed${by(alert.silence?.author ?? '')} ${snoozedUntil(alert, display)}.`;
    case 'silence_ended':
      return `${WHY[delivery.reason]} ${summary(notification)}`;
    case 'feedback':
      return feedbackWords(alert);
    case 'handed_over':
      return `Handed over to ${alert.owner}.`;
    case 'ack_reminder':
      return `${alert.acknowledgedBy} has acknowledged this; half of the time for it is over, and it is still open.`;
    case 'group_changed':
      return group === null ? WHY.group_changed : groupWords(group, alert, display).standing;
    case 'joined_incident':
      return partOf === undefined ? WHY.joined_incident : partOfWords(partOf);
    case 'flapping':
      return WHY.flapping;
    case 'flapping_ended':
      return `${WHY.flapping_ended} ${stateWords(alert, display)}.`;
    case 'analysed':
      return analysisInOneLine(notification);
    case 'follow_up_opened':
    case 'follow_up_changed':
    case 'follow_up_reminder':
    case 'digest':
      return WHY[delivery.reason];
  }
}

/** Why a message was sent, as a sentence. */
export function whyWords(reason: DeliveryReason): string {
  return WHY[reason];
}

const WHY: Readonly<Record<DeliveryReason, string>> = {
  first_notification: 'The alert has just fired.',
  escalated: 'Nobody has acknowledged the alert in time, so it goes one step further.',
  acknowledged: 'The alert has been acknowledged.',
  ack_timed_out: 'The acknowledgement has run out and the alert is still open.',
  worsened: 'It has become worse since the last message.',
  resolved: 'The alert is resolved.',
  new_normal: 'The level has come to stay: it is what is expected from now on, and the alert is over.',
  reopened: 'It fired again soon after it had been resolved.',
  snoozed: 'The alert has been snoozed.',
  silence_ended: 'It was silenced, the silence is over, and it is still there.',
  feedback: 'Somebody has said what the alert was worth.',
  handed_over: 'The alert has another owner.',
  ack_reminder: 'Half of the time for which the acknowledgement holds is over.',
  repeat: 'It is still open, and nobody has acknowledged it.',
  group_changed: 'Alerts have joined or left the group.',
  joined_incident: 'It has the same cause as another alert, whose message tells of both from now on.',
  flapping: 'It comes and goes. You will hear of it again when it keeps still.',
  flapping_ended: 'It has kept still for a while.',
  fell_back: 'It could not be delivered where it should have gone, so you are told instead.',
  analysed: 'Where it comes from is known.',
  follow_up_opened: 'A follow-up was opened for the alert.',
  follow_up_changed: 'The follow-up of the alert has changed.',
  follow_up_reminder: 'The follow-up of the alert needs attention.',
  digest: 'What the last week has brought.',
  delivery_failed: 'A message could not be delivered to another target.',
};

function snoozedUntil({ silence }: Alert, display: MetricDisplay): string {
  const until = silence?.until ?? null;
  return until === null ? 'until it is resolved' : `until ${formatInstant(until, display.timezone)}`;
}

const FEEDBACK_WORDS: Readonly<Record<FeedbackVerdict, string>> = {
  true: 'a true alert',
  false_alarm: 'a false alarm',
  expected: 'expected',
  new_normal: 'the new normal',
};

/** What a person said that an alert was worth, as a clause without its full stop. */
export function feedbackWords({ feedback }: Alert): string {
  if (feedback === null) return WHY.feedback;
  const note = feedback.note === '' ? '' : `: ${feedback.note}`;
  return `${feedback.by} says that this was ${FEEDBACK_WORDS[feedback.verdict]}${note}`;
}

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
function nameOf({ kind, title, metric, slice, direction }: Alert): string {
  const what = title === '' ? metric : title;
  if (kind === 'data_health') return what;
  const where = formatSliceWords(slice);
  const how = direction === 'up' ? 'high' : 'low';
  return `${what}, ${how} ${where === 'overall' ? where : `in ${where}`}`;
}

/** The newest value against what was expected; in a group also where. */
function summary({ alert, display, group }: Pick<AlertView, 'alert' | 'display' | 'group'>): string {
  const { value, numerator, denominator, expected, lower, upper } = alert.last;
  const counts =
    denominator === null ? '' : ` (${formatValue(numerator, COUNT)} of ${formatValue(denominator, COUNT)})`;
  const where = group === null ? '' : `${formatSliceWords(alert.slice)}: `;
  return `${where}${formatValue(value, display)}${counts} at last, expected ${formatValue(expected, display)}, usually ${formatBand(lower, upper, display)}.`;
}

const COUNT = { unit: 'count', currency: '' } as const;

function sinceWords(alert: Alert, display: MetricDisplay): string {
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

function stateWords(alert: Alert, display: MetricDisplay): string {
  const at = (instant: number | null): string =>
    instant === null ? '' : ` at ${formatInstant(instant, display.timezone)}`;
  const again =
    alert.timesReopened > 0
      ? `, fired again ${alert.timesReopened === 1 ? 'once' : `${alert.timesReopened} times`}`
      : '';
  const silenced =
    alert.silence === null ? '' : `, silenced${by(alert.silence.author)} ${snoozedUntil(alert, display)}`;
  if (alert.state === 'resolved') return `Resolved${at(alert.resolvedAt)}${again}`;
  if (alert.state === 'acknowledged')
    return `Acknowledged${by(alert.acknowledgedBy)}${at(alert.acknowledgedAt)}${silenced}${again}`;
  if (alert.silence !== null) return `Open${silenced}${again}`;
  return `Open, nobody has acknowledged it yet${again}`;
}

function carrierLines({ carriers }: Alert): string[] {
  return withMore(
    carriers,
    ({ slice, share, excess }) =>
      `${formatSliceWords(slice)}: ${formatValue(Math.round(share * 100) / 100, SHARE)} of it (${excess < 0 ? '' : '+'}${formatValue(Math.round(excess), COUNT)})`,
  );
}

const SHARE = { unit: 'rate', currency: '' } as const;

function annotationLines(annotations: readonly Annotation[], { timezone }: MetricDisplay): string[] {
  return withMore(annotations, ({ kind, title, scope, startsAt, endsAt }) => {
    const where = scope === ALL ? '' : `, ${formatSliceWords(scope)}`;
    const until = endsAt > startsAt ? ` to ${formatInstant(endsAt, timezone)}` : '';
    return `${title} (${kind.replaceAll('_', ' ')}${where}), ${formatInstant(startsAt, timezone)}${until}`;
  });
}

/** The first lines, and how many there are besides. */
function withMore<Item>(items: readonly Item[], line: (item: Item) => string): string[] {
  const lines = items.slice(0, MOST_LINES).map(line);
  const more = items.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function ownerName(id: string, owners: readonly Owner[]): string {
  if (id === '') return 'Nobody';
  return owners.find((owner) => owner.id === id)?.name || id;
}

function by(person: string): string {
  return person === '' ? '' : ` by ${person}`;
}
