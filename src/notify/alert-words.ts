import type { Alert } from '../model/alert.js';
import type { Annotation } from '../model/annotation.js';
import type { Owner } from '../model/owner.js';
import { ALL } from '../model/slice.js';
import {
  headline,
  impactWords,
  nameOf,
  ownerName,
  partOfWords,
  sinceWords,
  stateWords,
  summary,
} from './alert-phrases.js';
import { causeLines } from './cause-words.js';
import type { AlertNotification, MetricDisplay, PartOf } from './contract.js';
import { followUpStatus } from './follow-up-words.js';
import { groupWords } from './group-words.js';
import { formatInstant, formatSliceWords, formatValue } from './wording.js';

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
  // What happens to the marketplace says nothing of the data and the messages.
  const happened = alert.kind === 'metric' ? annotationLines(annotations, display) : [];
  return {
    headline: together?.headline ?? headline(alert),
    summary: summary(view),
    facts,
    lists: [
      { title: 'What fired together', label: 'Alerts', lines: together?.members ?? [] },
      { title: 'Where it comes from', label: 'From', lines: causeLines(view) ?? carrierLines(alert) },
      { title: 'What else happened then', label: 'Then', lines: happened },
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

function carrierLines({ carriers }: Alert): string[] {
  return withMore(
    carriers,
    ({ slice, share, excess }) =>
      `${formatSliceWords(slice)}: ${formatValue(Math.round(share * 100) / 100, SHARE)} of it (${excess < 0 ? '' : '+'}${formatValue(Math.round(excess), COUNT)})`,
  );
}

const COUNT = { unit: 'count', currency: '' } as const;
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
