import type { Alert } from '../model/alert.js';

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
  /** A normal point, not yet enough of them to resolve. */
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
  | 'inhibition_ended';

/** An alert as the journal keeps it: the shared noun and what only this room needs to go on from it. */
export interface AlertRecord extends Alert {
  /** The version at which the state last changed: a command that saw an older one is stale. */
  stateVersion: number;
  /** The id of the alert of a parent slice that holds this one's messages back, empty for none. */
  heldBy: string;
  /** Length of the series' buckets; 0 for alerts about the data itself. */
  bucketSeconds: number;
}

/** Fired and not over. */
export function isOpen(alert: Alert): boolean {
  return alert.state === 'firing' || alert.state === 'acknowledged';
}
