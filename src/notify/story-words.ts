import type { Alert } from '../model/alert.js';
import type { Delivery } from '../model/delivery.js';
import type { FollowUp } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import { impactWords } from './alert-phrases.js';
import { feedbackWords, whyWords } from './change-words.js';
import type { MetricDisplay } from './contract.js';
import { turnWords } from './follow-up-words.js';
import { formatBand, formatDuration, formatInstant, formatSliceWords, formatValue } from './wording.js';

/** An alert as the journal has it: with the id of the one that holds its messages back. */
type Recorded = Alert & { heldBy?: string };

/** What happened to an alert, in a sentence for each of its journal's entries, which are to be in order. Plain text. */
export function storyWords(entries: readonly JournalEntry[], display: MetricDisplay): string[] {
  const alerts = new Map<string, Recorded>();
  return entries.map((entry) => {
    switch (entry.stream) {
      case 'alert': {
        const after = entry.body as unknown as Recorded;
        const before = alerts.get(entry.id) ?? null;
        alerts.set(entry.id, after);
        return alertTurn(entry, before, after, display);
      }
      case 'delivery':
        return deliveryTurn(entry.reason, entry.body as unknown as Delivery, display);
      case 'follow_up': {
        const followUp = entry.body as unknown as FollowUp;
        const change = { what: entry.reason, actor: entry.actor };
        return `Follow-up "${followUp.title}": ${turnWords(followUp, change, display)}`;
      }
      case 'analysis':
        return 'Where it comes from was looked into.';
      default:
        return `${entry.reason.replaceAll('_', ' ')}.`;
    }
  });
}

function alertTurn(
  { reason, actor, at }: JournalEntry,
  before: Recorded | null,
  after: Recorded,
  display: MetricDisplay,
): string {
  const { escalation, acknowledgedBy } = after;
  const when = (instant: number | null) => (instant === null ? '' : formatInstant(instant, display.timezone));
  const value = valueWords(after, display);
  switch (reason) {
    case 'pending':
      return `Out of band for the first time, not yet for long enough to fire${value}.`;
    case 'fired':
      return `${firing(after)}${value}.${restlessness(before, after)}${muteWords(after, display)}`;
    case 'reopened':
      return `It fired again, ${timesWords(after.timesReopened)} since it began${value}.${restlessness(before, after)}${muteWords(after, display)}`;
    case 'inhibited':
      return `Nobody is told of it, because alert ${after.heldBy ?? ''} speaks for it.`;
    case 'joined_group':
      return `It fired into a group of alerts that another one speaks for${value}.`;
    case 'anomalous':
      return after.kind === 'data_health' ? 'It goes on.' : `Still out of band${value}.`;
    case 'worsened':
      return before !== null && before.severity !== after.severity
        ? `It became worse, from ${before.severity} to ${after.severity}${value}.`
        : `It became worse${value}.`;
    case 'recovering':
      return `Back in band, not yet for long enough to be over${value}.`;
    case 'subsided':
      return 'It calmed down before it had been out of band for long enough to fire.';
    case 'recurring':
      return `Out of band again soon after its end, not yet for long enough to fire again${value}.`;
    case 'resolved':
      return `${actor === 'system' ? 'It is over' : `${actor} resolved it`} after ${formatDuration(at - after.startedAt)}${impact(after, display)}.${restlessness(before, after)}`;
    case 'new_normal':
      return actor === 'system'
        ? `It is over: the level has come to stay and is what is expected from now on${impact(after, display)}.`
        : `It is over: ${actor} says that the level is what is to be expected from now on${impact(after, display)}.`;
    case 'acknowledged':
      return escalation.ackEndsAt === null
        ? `${actor} acknowledged it, and nobody else is called.`
        : `${actor} acknowledged it, and nobody else is called before ${when(escalation.ackEndsAt)}.`;
    case 'ack_reminder':
      return `Half of the time for ${acknowledgedBy}'s acknowledgement was over; it runs out on ${when(escalation.ackEndsAt)}.`;
    case 'ack_timed_out':
    case 'group_ack_timed_out':
      return `The acknowledgement${possessor(before?.acknowledgedBy)} ran out, and the escalation goes on where it stood.`;
    case 'first_notification':
      return `The first step of policy ${escalation.policy.id} was taken, to tell ${escalation.addressed.join(', ')}.`;
    case 'escalated':
      return `Nobody had acknowledged it, so the next step of policy ${escalation.policy.id} was taken, to tell ${escalation.addressed.join(', ')}.`;
    case 'repeat':
      return `Nobody had acknowledged it after the last step, so it was said again, to tell ${escalation.addressed.join(', ')}.`;
    case 'nobody_to_tell':
      return `A step of the escalation reached nobody${escalation.nextAt === null ? ', and there is none after it' : ', so the next one follows'}.`;
    case 'waits_for_work':
      return `The next step waits until ${when(escalation.nextAt)}, when its owner is at work.`;
    case 'fell_back':
      return `A target could not be reached, so ${escalation.addressed.join(', ')} is told instead.`;
    case 'parent_resolved':
      return `Alert ${before?.heldBy ?? ''}, which spoke for it, is over; people are told of this one if it is still there on ${when(escalation.nextAt)}.`;
    case 'inhibition_ended':
      return 'No other alert speaks for it any more.';
    case 'silenced':
    case 'snoozed':
      return muteWords(after, display).trim() || 'It was silenced.';
    case 'silence_ended':
      return actor === 'system'
        ? 'The silence is over, and it is still there.'
        : `${actor} ended the silence, and it is still there.`;
    case 'feedback':
      return `${feedbackWords(after)}.`;
    case 'handed_over':
      return `${actor} handed it over to ${after.owner}.`;
    case 'group_grew':
      return 'Other alerts joined its group or left it; people hear of that at the pace of the group.';
    case 'group_changed':
      return 'People were to hear of the alerts that had joined its group or left it.';
    case 'leads_group':
      return 'It speaks for its group from here on.';
    case 'led_by_another':
      return 'Another alert speaks for its group from here on.';
    case 'leads_incident':
      return 'Another alert has the same cause, and this one speaks for both from here on.';
    case 'joined_incident':
      return `It has the same cause as alert ${after.sameCause?.alertId ?? ''} (${formatSliceWords(after.sameCause?.slice ?? '')}), and another alert speaks for it from here on.`;
    case 'tells_also':
      return `Whoever heard of an alert with the same cause is told of this one: ${escalation.addressed.join(', ')}.`;
    case 'rerouted':
      return `An alert with the same cause is graver, so it goes on by policy ${escalation.policy.id}.`;
    case 'flapping_ended':
      return 'It has kept still for a while, so that people hear of each turn again.';
    default:
      return `${reason.replaceAll('_', ' ')}.`;
  }
}

function deliveryTurn(turn: string, delivery: Delivery, display: MetricDisplay): string {
  const { target, reason, failure, attempts, dueAt } = delivery;
  const why = whyWords(reason);
  switch (turn) {
    case 'sent':
      return `${target} was told: ${why}`;
    case 'superseded':
      return `The message to ${target} gave way to a newer one before it was sent: ${why}`;
    case 'retry':
      return `${target} could not be reached (${failure}); it is tried again on ${formatInstant(dueAt, display.timezone)}.`;
    case 'failed':
      return `The message to ${target} was given up after ${attempts === 1 ? 'one attempt' : `${attempts} attempts`} (${failure}): ${why}`;
    default:
      return `A message to ${target} is on its way: ${why}`;
  }
}

/** `: 27% where 6% was expected, usually 0% to 16.3%`; nothing for trouble with the data. */
function valueWords({ kind, last }: Alert, display: MetricDisplay): string {
  if (kind === 'data_health') return '';
  const expected = `${formatValue(last.expected, display)} was expected, usually ${formatBand(last.lower, last.upper, display)}`;
  return `: ${formatValue(last.value, display)} where ${expected}`;
}

/** What an alert has cost so far; empty for trouble with the data. */
export function costWords(alert: Alert, display: MetricDisplay): string {
  return alert.kind === 'metric' ? impactWords(alert, display) : '';
}

function impact(alert: Alert, display: MetricDisplay): string {
  return alert.kind === 'metric' && alert.openedAt !== null ? `. ${impactWords(alert, display)}` : '';
}

const AS = { info: 'as a notice', warning: 'as a warning', critical: 'as critical' } as const;

function firing({ kind, severity, title }: Alert): string {
  return kind === 'metric' ? `It fired ${AS[severity]}` : `It fired: ${title}`;
}

function restlessness(before: Alert | null, after: Alert): string {
  return after.flapping && before?.flapping !== true
    ? ' It comes and goes so often that people are not told of each turn.'
    : '';
}

function muteWords({ silence }: Alert, { timezone }: MetricDisplay): string {
  if (silence === null) return '';
  const until =
    silence.until === null ? 'until it is resolved' : `until ${formatInstant(silence.until, timezone)}`;
  const why = silence.reason === '' ? '' : `: ${silence.reason}`;
  return ` ${silence.author} has silenced it ${until}${why}.`;
}

const possessor = (name: string | undefined): string => (name ? ` of ${name}` : '');

function timesWords(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
