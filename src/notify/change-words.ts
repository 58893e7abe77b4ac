import type { Alert, FeedbackVerdict } from '../model/alert.js';
import type { DeliveryReason } from '../model/delivery.js';
import {
  by,
  impactWords,
  ownerName,
  partOfWords,
  snoozedUntil,
  stateWords,
  summary,
} from './alert-phrases.js';
import type { MessageContext } from './alert-words.js';
import { analysisInOneLine } from './cause-words.js';
import type { AlertNotification } from './contract.js';
import { groupWords } from './group-words.js';
import { formatDuration, formatInstant } from './wording.js';

/** The one line that a later message adds: what has changed. Plain text. */
export function changeWords(
  notification: AlertNotification,
  { owners }: Pick<MessageContext, 'owners'>,
): string {
  const { alert, display, delivery, group, partOf } = notification;
  const { ackEndsAt } = alert.escalation;
  const when = (instant: number) => formatInstant(instant, display.timezone);
  switch (delivery.reason) {
    case 'acknowledged':
      return `Acknowledged${by(alert.acknowledgedBy)}. Nobody else is called${ackEndsAt === null || alert.silence !== null ? '' : ` before ${when(ackEndsAt)}`}.`;
    case 'resolved':
      return sentences(
        `Resolved${by(alert.resolvedBy ?? '')} after ${formatDuration((alert.resolvedAt ?? alert.startedAt) - alert.startedAt)}.`,
        alert.kind === 'metric' ? `${impactWords(alert, display)}.` : '',
      );
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
    case 'silence_ended':
      return sentences(WHY[delivery.reason], summary(notification));
    case 'snoozed':
      return `Snoozed${by(alert.silence?.author ?? '')} ${snoozedUntil(alert, display)}.`;
    case 'feedback':
      return `${feedbackWords(alert)}.`;
    case 'handed_over':
      return `Handed over to ${ownerName(alert.owner, owners)}.`;
    case 'ack_reminder':
      return sentences(
        `${alert.acknowledgedBy} has acknowledged this, and it is still open.`,
        ackEndsAt === null ? '' : `Others are called from ${when(ackEndsAt)} on.`,
      );
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

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
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
  delivery_failed: 'Messages do not get through to a target, which cannot be told of it itself.',
};

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
