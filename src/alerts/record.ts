import type { Alert } from '../model/alert.js';
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
  | 'handed_over';

/** An alert as the journal keeps it: the shared noun and what only this room needs to go on from it. */
export interface AlertRecord extends Alert {
  /** The version at which what people decide on last changed: a command that saw an older one is stale. */
  stateVersion: number;
  /** The id of the alert of a parent slice that holds this one's messages back, empty for none. */
  heldBy: string;
  /** The points that may make it fire or fire again; absent in entries of old. */
  run?: Run;
  /** Length of the series' buckets; 0 for alerts about the data itself. */
  bucketSeconds: number;
}

const ADDED_LATER: Partial<AlertRecord> = { silence: null, feedback: null };

/** A record as the journal has it; what an earlier version did not know of is filled in. */
export function recordOf(body: Json): AlertRecord {
  return { ...ADDED_LATER, ...(body as unknown as AlertRecord) };
}

/** True while people are not told of it, whatever happens. */
export function isMuted({ silence }: Alert): boolean {
  return silence !== null;
}

/** True when its own escalation must not run: it is muted, or another alert speaks for it. */
export function isQuiet(alert: AlertRecord): boolean {
  return alert.heldBy !== '' || isMuted(alert);
}

/** Fired and not over. */
export function isOpen(alert: Alert): boolean {
  return alert.state === 'firing' || alert.state === 'acknowledged';
}
