import type { FollowUpCommandRefusal } from '../followups/command.js';
import { type Answer, fault } from './endpoint.js';
import { followUpWire, historyWire } from './follow-up-wire.js';
import type { FollowUpAnswer, OpenFollowUpAnswer, ServicePorts } from './ports.js';

type Refused = Extract<FollowUpAnswer | OpenFollowUpAnswer, { outcome: 'refused' }>;

/** Why a follow-up was not opened or changed, for people. */
export const FOLLOW_UP_REFUSALS: Readonly<
  Record<FollowUpCommandRefusal | 'not_a_metric' | 'too_little_history' | 'other_slice', string>
> = {
  already_done: 'the follow-up is that far already',
  already_closed: 'the follow-up is closed',
  not_closed: 'the follow-up is open',
  reason_required: 'a reason is needed',
  due_in_past: 'the due date has passed already',
  shipped_at_wrong: 'a fix goes out after the incident began and not in the future',
  already_open: 'the series has an open follow-up already',
  state_changed: 'the follow-up has changed since the version that you saw',
  unknown_owner: 'there is no such owner in the configuration',
  unknown_alert: 'there is no such alert',
  other_metric: 'the alert is of another metric, which could not prove the fix',
  other_slice: 'the slice does not lie within the alert’s',
  too_little_history: 'the series has too few points before that date to hold a fix against',
  not_a_metric: 'the alert is about the data itself, and no metric could verify a fix',
};

/** The answer to a command that does not apply, with the follow-up as it is. */
export function refusedAnswer({ reason, followUp }: Refused, more: object = {}): Answer {
  return fault(409, 'refused', FOLLOW_UP_REFUSALS[reason], {
    reason,
    follow_up: followUp === null ? null : followUpWire(followUp),
    ...more,
  });
}

/** As {@link refusedAnswer}; who was overtaken is told by whom, and what they did since the version that was seen. */
export async function overtakenAnswer(
  answer: Refused,
  seen: number,
  story: ServicePorts['followUps']['story'],
): Promise<Answer> {
  const since = (await story(answer.followUp?.followUpId ?? '')).filter(({ version }) => version > seen);
  const who = [...new Set(since.map(({ actor }) => actor))].filter((actor) => actor !== 'system');
  const refused = refusedAnswer(answer, { changes: historyWire(since) });
  if (who.length === 0) return refused;
  const message = `${FOLLOW_UP_REFUSALS.state_changed}, by ${who.join(' and ')}`;
  return { ...refused, body: { ...(refused.body as object), error: { code: 'refused', message } } };
}
