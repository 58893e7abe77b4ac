import type {
  AlertKind,
  AlertPoint,
  Carrier,
  EscalationPolicy,
  Feedback,
  FlappingRule,
  SameCause,
  Target,
} from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { AlertRule, Severity } from '../model/metric.js';
import type { AlertSilence } from '../model/silence.js';
import type { Routing } from './escalation.js';
import type { SeriesName } from './fingerprint.js';
import type { GroupPlace } from './groups.js';
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
   * now on, which ends it at once. `recovers`: false for a point that is not as far within the band as the rule asks.
   */
  | {
      kind: 'normal';
      rule: RunRule;
      point: AlertPoint;
      outlived: boolean;
      isNewNormal?: boolean;
      recovers?: boolean;
    }
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
  | { kind: 'acknowledge'; actor: string; personId?: string | undefined }
  | { kind: 'resolve'; actor: string; outlived: boolean }
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
  /** An alert with the same cause is to follow it; `groupId` is what the two are called together. */
  | { kind: 'lead_incident'; groupId: string }
  /** Another alert speaks for it from now on; `shownAt` are the targets that have its message. */
  | { kind: 'join_incident'; groupId: string; sameCause: SameCause; shownAt: readonly Target[] }
  /** Who is told because of an alert that has joined, and by its policy if that one is the gravest; null for its own. */
  | { kind: 'tell_also'; targets: readonly Target[]; policy: EscalationPolicy | null }
  /** A target could not be reached; `instead` are told in its place. */
  | { kind: 'undeliverable'; instead: readonly Target[] };
