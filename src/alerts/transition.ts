import type { Instant } from '../model/clock.js';
import type { AlertInput } from './input.js';
import { onJoinIncident, onLeadIncident, onTellAlso } from './on-incident.js';
import { onGroupGrew, onLead, onLedByAnother, onParentResolved, onUnacknowledged } from './on-others.js';
import { onAcknowledge, onFeedback, onHandOver, onResolve } from './on-person.js';
import { onAnomalous, onNormal } from './on-point.js';
import { onSilenced, onSilenceEnded } from './on-silence.js';
import { onDue, onUndeliverable } from './on-time.js';
import { type Transition, UNCHANGED } from './outcome.js';
import type { AlertRecord } from './record.js';

/**
 * The alert state machine: what becomes of a series' latest alert, or of none, by one input. It decides and
 * does nothing else; who is told of it is `audienceOf`'s business.
 */
export function transition(before: AlertRecord | null, input: AlertInput, now: Instant): Transition {
  switch (input.kind) {
    case 'anomalous':
      return onAnomalous(before, input, now);
    case 'acknowledge':
      return onAcknowledge(before, input, now);
    case 'resolve':
      return onResolve(before, input, now);
    case 'feedback':
      return onFeedback(before, input.feedback);
    case 'hand_over':
      return onHandOver(before, input.owner, input.targets);
    case 'silenced':
      return onSilenced(before, input.silence, input.snooze);
    case 'not_evaluable':
      // Missing data says nothing: it neither resolves an alert nor breaks or lengthens any run.
      return UNCHANGED;
    default:
      return before === null ? UNCHANGED : onKnown(before, input, now);
  }
}

type InputOnKnown = Extract<
  AlertInput,
  {
    kind:
      | 'normal'
      | 'due'
      | 'parent_resolved'
      | 'silence_ended'
      | 'group_grew'
      | 'lead'
      | 'led_by_another'
      | 'unacknowledged'
      | 'lead_incident'
      | 'join_incident'
      | 'tell_also'
      | 'undeliverable';
  }
>;

/** What says nothing to a series that has never had an alert. */
function onKnown(before: AlertRecord, input: InputOnKnown, now: Instant): Transition {
  switch (input.kind) {
    case 'normal':
      return onNormal(before, input, now);
    case 'due':
      return onDue(before, input, now);
    case 'parent_resolved':
      return onParentResolved(before, input.parent, input.releaseAt);
    case 'silence_ended':
      return onSilenceEnded(before, input.place, now);
    case 'group_grew':
      return onGroupGrew(before, input.urgent, now);
    case 'lead':
      return onLead(before, input.from, now);
    case 'led_by_another':
      return onLedByAnother(before);
    case 'unacknowledged':
      return onUnacknowledged(before);
    case 'lead_incident':
      return onLeadIncident(before, input.groupId);
    case 'join_incident':
      return onJoinIncident(before, input.groupId, input.sameCause, input.shownAt);
    case 'tell_also':
      return onTellAlso(before, input.targets, input.policy, now);
    case 'undeliverable':
      return onUndeliverable(before, input.instead);
  }
}
