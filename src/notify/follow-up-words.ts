import type { FollowUp, FollowUpState } from '../model/follow-up.js';
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

/** What has just happened to a follow-up, in plain text; the one who has read its message knows the rest. */
export function followUpChange({ followUp, delivery, display }: FollowUpNotification): string {
  const status = followUpStatus(followUp, display);
  if (delivery.reason === 'follow_up_opened') return `Follow-up opened. ${status}`;
  const note = followUp.note === '' ? '' : `. Note: ${followUp.note}`;
  return `Follow-up changed. ${status}${effectWords(followUp, display)}${note}`;
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
