import type { AlertKind, AlertPoint, Carrier, Feedback, FlappingRule, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { AlertRule, Severity } from '../model/metric.js';
import type { AlertSilence } from '../model/silence.js';
import type { Routing } from './escalation.js';
import type { SeriesName } from './fingerprint.js';
import type { GroupPlace } from './groups.js';
import { onGroupGrew, onLead, onLedByAnother, onParentResolved, onUnacknowledged } from './on-others.js';
import { onAcknowledge, onFeedback, onHandOver, onResolve } from './on-person.js';
import { onAnomalous, onNormal } from './on-point.js';
import { onSilenced, onSilenceEnded } from './on-silence.js';
import { onDue, onUndeliverable } from './on-time.js';
import { type Transition, UNCHANGED } from './outcome.js';
import type { AlertRecord } from './record.js';

/** When a run of points opens, reopens or ends an alert, and when its coming and going is too much. */
export type RunRule = Pick<AlertRule, 'for' | 'forOf' | 'recover' | 'mergeGap'> & {
  flapping?: FlappingRule | null | undefined;
};

/** The series that an alert is about, and what is copied from its definition onto the alert. */
export interface Subject extends SeriesName {
  kind: AlertKind;
  title: string;
  owner: string;
  runbook: string;
  bucketSeconds: number;
  /** Where it goes as things are now, for the severity with which it fires. */
  routingFor(severity: Severity): Routing;
}

/**
 * What can happen to an alert. `inhibitor` is the open alert that holds it back at that moment, empty for none;
 * `silence` what mutes it then, null for none; `place` where it comes to stand in a group if it is announced.
 */
export type AlertInput =
  | {
      kind: 'anomalous';
      subject: Subject;
      rule: RunRule;
      point: AlertPoint;
      /** Money of the point's counted events. */
      amount: number;
      severity: Severity;
      carriers: readonly Carrier[];
      inhibitor: string;
      silence: AlertSilence | null;
      place: GroupPlace | null;
    }
  /**
   * `outlived`: other alerts of the group that it leads are open. `isNewNormal`: its level is what is expected from
   * now on, which ends it at once.
   */
  | { kind: 'normal'; rule: RunRule; point: AlertPoint; outlived: boolean; isNewNormal?: boolean }
  | { kind: 'not_evaluable' }
  /**
   * The moment that the alert waits for: a step, the end of an acknowledgement or of a hold, something to say of its
   * group. `targets` are who the next step tells at this moment; it waits until `deferUntil` if that is later.
   */
  | {
      kind: 'due';
      inhibitor: string;
      place: GroupPlace | null;
      targets: readonly Target[];
      deferUntil: Instant;
    }
  | { kind: 'parent_resolved'; parent: string; releaseAt: Instant }
  | { kind: 'acknowledge'; actor: string }
  | { kind: 'resolve'; outlived: boolean }
  /** A silence begins to mute it, or another one takes over; `snooze` when a person asked for it on this alert. */
  | { kind: 'silenced'; silence: AlertSilence; snooze: boolean }
  | { kind: 'silence_ended'; place: GroupPlace | null }
  | { kind: 'feedback'; feedback: Feedback }
  /** `targets` are where the new owner is told. */
  | { kind: 'hand_over'; owner: string; targets: readonly Target[] }
  /** Alerts have joined or left the group that it leads; `urgent` for one that is graver than all before. */
  | { kind: 'group_grew'; urgent: boolean }
  /** It takes over the group from the alert that led it, as that one was while it did. */
  | { kind: 'lead'; from: AlertRecord }
  | { kind: 'led_by_another' }
  | { kind: 'unacknowledged' }
  /** A target could not be reached; `instead` are told in its place. */
  | { kind: 'undeliverable'; instead: readonly Target[] };

/**
 * The alert state machine: what becomes of a series' latest alert, or of none, by one input. It decides and
 * does nothing else; who is told of it is `audienceOf`'s business.
 */
export function transition(before: AlertRecord | null, input: AlertInput, now: Instant): Transition {
  switch (input.kind) {
    case 'anomalous':
      return onAnomalous(before, input, now);
    case 'acknowledge':
      return onAcknowledge(before, input.actor, now);
    case 'resolve':
      return onResolve(before, input.outlived, now);
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
    case 'undeliverable':
      return onUndeliverable(before, input.instead);
  }
}
