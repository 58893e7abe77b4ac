import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { FollowUp } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import { slackText } from '../notify/slack-text.js';
import { formatSliceWords } from '../notify/wording.js';
import { FOLLOW_UP_REFUSALS } from './follow-up-refusals.js';
import type { AlertAnswer, FollowUpAnswer, OpenFollowUpAnswer } from './ports.js';

/** The answer to a click on an alert that is not there, such as one of a store that was thrown away. */
export const UNKNOWN_ALERT = 'This alert is not known here any more, so nothing was changed.';

/** The answer to a click that could not be recorded. */
export const NOT_RECORDED = 'This could not be recorded just now. Please click again in a minute.';

/** A name of data or of people takes no more, so that an answer with several of them fits into one of Slack's sections. */
const LONGEST_NAME = 200;

/**
 * What the person is told whose wish was refused, in Slack's markup. `since` are the journal's
 * entries after the version of the message that was clicked on.
 */
export function refusedCommand(
  { reason, alert }: Extract<AlertAnswer, { outcome: 'refused' }>,
  since: readonly JournalEntry[],
): string {
  const title = alertName(alert);
  switch (reason) {
    case 'already_acknowledged': {
      const at = alert.acknowledgedAt === null ? '' : ` ${when(alert.acknowledgedAt)}`;
      return `${title} was acknowledged by ${said(alert.acknowledgedBy)} already${at}.`;
    }
    case 'already_resolved': {
      const at = alert.resolvedAt === null ? '' : ` ${when(alert.resolvedAt)}`;
      return `${title} was resolved${byPerson(alert.resolvedBy || 'system')}${at}, so nothing was changed.`;
    }
    case 'not_firing':
      return `${title} has not fired, so nothing was changed.`;
    case 'already_the_owner':
      return `${title} is with ${said(alert.owner)} already.`;
    case 'unknown_owner':
      return 'There is no such owner, so nothing was changed.';
    case 'not_in_the_future':
      return 'That time has passed already, so nothing was changed.';
    case 'state_changed':
      return `${title} has changed since that message: ${meanwhile(alert, since)} Nothing was changed by your click; the message now shows the current state.`;
  }
}

/** An alert's title and place, in Slack's markup: several alerts of a metric have the same title. */
export function alertName({ kind, title, slice }: Alert): string {
  const where = kind === 'metric' ? ` (${said(formatSliceWords(slice))})` : '';
  return `*${said(title)}*${where}`;
}

/** The answer to a click on a follow-up that is not there. */
export const UNKNOWN_FOLLOW_UP = 'This follow-up is not known here any more, so nothing was changed.';

/**
 * What the person is told whose turn of a follow-up was refused, in Slack's markup. `since` are the follow-up's entries
 * after the version that they saw.
 */
export function refusedTurn(
  { reason, followUp }: Extract<FollowUpAnswer, { outcome: 'refused' }>,
  since: readonly JournalEntry[],
): string {
  const changes = since
    .filter(({ reason: word }) => !QUIET.has(word))
    .map(({ reason: word, actor, at }) => `${word.replaceAll('_', ' ')}${byPerson(actor)} ${when(at)}`);
  const meanwhileWords = changes.length === 0 ? '' : ` Meanwhile: ${changes.slice(-4).join(', ')}.`;
  return `Nothing was changed: ${FOLLOW_UP_REFUSALS[reason]}.${meanwhileWords} It is now: ${followUpWords(followUp)}.`;
}

/** Entries of single points, which say nothing of what people did. */
const QUIET: ReadonlySet<string> = new Set([
  'still_anomalous',
  'point_in_band',
  'point_out_of_band',
  'point_skipped',
  'due_soon',
  'due_today',
  'overdue',
  'climbed',
]);

/** What the person is told whose follow-up was not opened, in Slack's markup. */
export function refusedFollowUp({
  reason,
  followUp,
}: Extract<OpenFollowUpAnswer, { outcome: 'refused' }>): string {
  if (followUp === null) return `No follow-up was opened: ${FOLLOW_UP_REFUSALS[reason]}.`;
  return `There is an open follow-up already: ${followUpWords(followUp)}.`;
}

function followUpWords({ title, owner, state, dueAt }: FollowUp): string {
  const owned = owner === '' ? 'nobody owns it' : `owner ${said(owner)}`;
  return `*${said(title)}*, ${state.replaceAll('_', ' ')}, ${owned}, due ${when(dueAt)}`;
}

/** What has happened to the alert's state, in order, and how it stands now. */
function meanwhile(alert: Alert, since: readonly JournalEntry[]): string {
  const changes = since.flatMap(({ reason, actor, at }) => {
    const words = Object.hasOwn(CHANGES, reason) ? CHANGES[reason] : undefined;
    return words === undefined ? [] : [`it ${words}${byPerson(actor)} ${when(at)}`];
  });
  return changes.length === 0 ? `it is ${alert.state} now.` : `${changes.slice(-4).join(', ')}.`;
}

const CHANGES: Readonly<Record<string, string>> = {
  fired: 'fired',
  reopened: 'fired again',
  resolved: 'was resolved',
  acknowledged: 'was acknowledged',
  ack_timed_out: 'lost its acknowledgement, which had run out,',
  worsened: 'became worse',
  escalated: 'was escalated',
  snoozed: 'was snoozed',
  silenced: 'was silenced',
  silence_ended: 'is no longer silenced',
  handed_over: 'was handed over',
};

function byPerson(actor: string): string {
  return actor === 'system' ? '' : ` by ${said(actor)}`;
}

/** Slack shows it in the reader's own time zone; elsewhere the text behind the bar is shown. */
export function when(at: Instant): string {
  const utc = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} at {time}|on ${utc}>`;
}

/** A name as Slack takes it. */
function said(name: string): string {
  return slackText(name, LONGEST_NAME);
}
