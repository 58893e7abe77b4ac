import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Json } from '../model/json.js';
import type { Run } from './run.js';

/** The word for what happened to an alert; the reason of its journal entry. */
export type AlertReason =
  /** Anomalous, but not yet for long enough to fire. */
  | 'pending'
  | 'fired'
  /** Fired or fired again, and nobody is told because a parent slice's alert is open. */
  | 'inhibited'
  /** One more anomalous point of an episode that is known. */
  | 'anomalous'
  | 'worsened'
  /** A normal point, not yet enough of them to resolve or to break the run. */
  | 'recovering'
  /** The run of anomalous points broke before it was long enough to fire. */
  | 'subsided'
  | 'resolved'
  /** Over because its level has come to stay, by the stated time or a person's word, and is expected from now on. */
  | 'new_normal'
  /** Anomalous again within the merge gap, not yet for long enough to reopen. */
  | 'recurring'
  | 'reopened'
  | 'acknowledged'
  | 'ack_timed_out'
  | 'first_notification'
  | 'escalated'
  | 'nobody_to_tell'
  /** The alert that held this one back is over; this one is announced unless it ends soon as well. */
  | 'parent_resolved'
  | 'inhibition_ended'
  /** Muted by a silence; `snoozed` when a person asked for it on this one alert. */
  | 'silenced'
  | 'snoozed'
  | 'silence_ended'
  | 'feedback'
  | 'handed_over'
  /** Halfway through an acknowledgement's time. */
  | 'ack_reminder'
  /** The group was un-acknowledged, and this alert with it. */
  | 'group_ack_timed_out'
  /** A step is due and waits until the owner is at work. */
  | 'waits_for_work'
  /** All steps were taken, and whoever was told is told again. */
  | 'repeat'
  /** Fired, or was let go, into a group that another alert leads. */
  | 'joined_group'
  /** Alerts have joined or left the group that this one leads; people hear of it at the group's pace. */
  | 'group_grew'
  | 'group_changed'
  /** The alert that led the group is over or muted, and this one takes its place. */
  | 'leads_group'
  | 'led_by_another'
  | 'flapping_ended'
  /** An alert with the same cause follows it, and it speaks for both. */
  | 'leads_incident'
  /** Its analysis names the same cause as another alert's, which speaks for both from now on. */
  | 'joined_incident'
  /** Whoever heard of an alert that has joined the incident is told of it. */
  | 'tells_also'
  /** The alert that has joined is graver than all before, and the incident goes on by its policy. */
  | 'rerouted'
  /** A target could not be reached, and another is told in its place. */
  | 'fell_back';

/** An alert as the journal keeps it: the shared noun and what only this room needs to go on from it. */
export interface AlertRecord extends Alert {
  /** The version at which what people decide on last changed: a command that saw an older one is stale. */
  stateVersion: number;
  /** The id of the alert that holds this one's messages back, empty for none. */
  heldBy: string;
  /** The points that may make it fire or fire again; absent before the first. */
  run?: Run;
  /** Length of the series' buckets; 0 for alerts about the data itself. */
  bucketSeconds: number;
  /** When people are to hear of a change of the group, or that the alert has calmed down; null for nothing to say. */
  noticeAt: Instant | null;
  /** When the group was last told of. */
  noticedAt: Instant | null;
  /** The score that people were last told of, for `worsenBy`. */
  toldScore: number;
  /** When it fired and resolved lately, for flapping. */
  turns: readonly Instant[];
}

/** A record as the journal has it. */
export function recordOf(body: Json): AlertRecord {
  return body as unknown as AlertRecord;
}

/** True while people are not told of it, whatever happens. */
export function isMuted({ silence }: Pick<Alert, 'silence'>): boolean {
  return silence !== null;
}

/** True for an alert that another one of its group speaks for. */
export function isMember({ groupId, leadsGroup }: Alert): boolean {
  return groupId !== '' && !leadsGroup;
}

/** True when its own escalation must not run: it is muted, flaps, or another alert speaks for it. */
export function isQuiet(alert: AlertRecord): boolean {
  return alert.heldBy !== '' || isMuted(alert) || isMember(alert) || alert.flapping;
}

/** Fired and not over. */
export function isOpen(alert: Alert): boolean {
  return alert.state === 'firing' || alert.state === 'acknowledged';
}
