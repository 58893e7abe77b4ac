import type { SubjectChange } from '../model/delivery.js';
import type { FollowUp, FollowUpNote, FollowUpState } from '../model/follow-up.js';
import type { FollowUpNotification, MetricDisplay } from './contract.js';
import { formatInstant, formatMoney, formatValue } from './wording.js';

export const STATE_WORDS: Readonly<Record<FollowUpState, string>> = {
  open: 'open',
  acknowledged: 'acknowledged',
  in_progress: 'in progress',
  fix_shipped: 'fix shipped',
  verifying: 'being verified by the metric',
  verified: 'verified by the metric',
  wont_do: 'not going to be done',
};

/** Where a follow-up stands, in one line of plain text: title, state, owner and due date, or its effect. */
export function followUpStatus(followUp: FollowUp, display: MetricDisplay): string {
  const parts = [`${followUp.title}: ${stateWords(followUp, display)}`];
  if (followUp.owner !== '') parts.push(`owner ${followUp.owner}`);
  if (followUp.closedAt === null) parts.push(`due ${formatInstant(followUp.dueAt, display.timezone)}`);
  if (followUp.timesReopened > 0) parts.push(`reopened ${times(followUp.timesReopened)}`);
  return parts.join(', ');
}

/** What has just happened to a follow-up and where that leaves it, in plain text. */
export function followUpChange({ followUp, delivery, display }: FollowUpNotification): string {
  const status = followUpStatus(followUp, display);
  const turn = turnWords(followUp, delivery.change, display);
  const note = followUp.note === '' ? '' : `. Note: ${followUp.note}`;
  return `${turn} ${status}${effectWords(followUp, display)}${note}`;
}

/** The turn that a follow-up has taken, who took it and what they said, as a sentence. */
export function turnWords(
  followUp: FollowUp,
  change: SubjectChange | undefined,
  display: MetricDisplay,
): string {
  if (change === undefined) return 'Follow-up changed.';
  const { what, actor } = change;
  const words = Object.hasOwn(TURNS, what) ? TURNS[what] : 'Follow-up changed';
  const who = actor === 'system' || actor === '' ? '' : ` by ${actor}`;
  const said = saidOf(followUp, what, display);
  return `${words}${who}${said === '' ? '' : `: ${said}`}${/[.!?]$/.test(said) ? '' : '.'}`;
}

const TURNS: Readonly<Record<string, string>> = {
  opened: 'Follow-up opened',
  acknowledged: 'Acknowledged',
  started: 'Work begun',
  fix_shipped: 'Fix shipped',
  verifying: 'The metric is being watched',
  verified: 'Verified by the metric',
  fix_failed: 'The fix does not hold',
  relapsed: 'Relapsed after it was verified',
  reopened: 'Opened again',
  wont_do: 'Closed without a fix',
  assigned: 'Handed over',
  due_changed: 'Due date changed',
  priority_changed: 'Priority changed',
  noted: 'Note',
  linked: 'Linked',
  action_set: 'Corrective action set',
  alert_attached: 'One more alert hung on it',
  recurred: 'Its alert fired again',
  still_anomalous: 'Still out of band',
  point_in_band: 'One more point in band',
  point_out_of_band: 'A point out of band',
  point_skipped: 'A point that says nothing',
  due_soon: 'Due soon',
  due_today: 'Due today',
  overdue: 'Overdue',
  climbed: "Passed on to its owner's lead",
};

/** What belongs to a turn: the newest of what people wrote, or the field that was changed with its reason. */
function saidOf(
  { owner, dueAt, priority, work }: FollowUp,
  what: string,
  { timezone }: MetricDisplay,
): string {
  const noteAbout = (about: FollowUpNote['about']) =>
    work.notes.findLast((note) => note.about === about)?.text ?? '';
  const because = (text: string, about: FollowUpNote['about']) => {
    const reason = noteAbout(about);
    return reason === '' ? text : `${text}, ${reason}`;
  };
  switch (what) {
    case 'noted':
      return noteAbout('note');
    case 'linked': {
      const link = work.links.at(-1);
      return link === undefined ? '' : link.title === link.url ? link.url : `${link.title}, ${link.url}`;
    }
    case 'action_set':
      return work.action;
    case 'assigned':
      return because(`to ${owner}`, 'owner');
    case 'due_changed':
      return because(formatInstant(dueAt, timezone), 'due');
    case 'priority_changed':
      return because(priority, 'priority');
    default:
      return '';
  }
}

/** The state, and how far the metric's own verification has got. */
export function stateWords(followUp: FollowUp, display: MetricDisplay): string {
  const words = STATE_WORDS[followUp.state];
  const watch = followUp.watch;
  if (followUp.state !== 'verifying' || watch === null) return words;
  return `${words} (${watch.pointsInBand} of ${watch.pointsNeeded} points in band, up to ${formatValue(watch.upper, display)})`;
}

/** What the fix has changed and how sure that is, as a sentence that begins with its full stop; empty before. */
export function effectWords(followUp: FollowUp, display: MetricDisplay): string {
  const effect = followUp.effect;
  if (effect === null) return '';
  const value = (number: number): string => formatValue(number, display);
  const levels = `. Before the incident ${value(effect.before)}, during it ${value(effect.during)}, after the fix ${value(effect.after)}`;
  const spared = formatValue(effect.savedPerWeek, {
    unit: display.unit === 'amount' ? 'amount' : 'count',
    currency: display.currency,
  });
  const saved = effect.savedPerWeek > 0 ? `, about ${spared} a week spared` : '';
  const { evidence } = effect;
  if (evidence === undefined) return `${levels}${saved}`;
  const { estimate, lower, upper } = evidence.net ?? evidence.difference;
  const beyond = evidence.net === null ? '' : ' beyond the slices without the fix';
  const change = `; a change of ${value(estimate)}${beyond} (90 % interval ${value(lower)} to ${value(upper)})`;
  const money =
    display.unit !== 'amount' && evidence.moneyPerWeek.estimate > 0
      ? `, worth ${formatMoney(evidence.moneyPerWeek.estimate, display.currency)}`
      : '';
  return `${levels}${change}${saved}${money}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
