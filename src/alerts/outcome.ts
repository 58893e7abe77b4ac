import type { AlertReason, AlertRecord } from './record.js';

/** Why a person's command does not apply. */
export type CommandRefusal = 'not_firing' | 'already_acknowledged' | 'already_resolved' | 'already_the_owner';

/** What the state machine answers to one input. */
export type Transition =
  | { outcome: 'changed'; alert: AlertRecord; reason: AlertReason }
  | { outcome: 'unchanged' }
  | { outcome: 'refused'; reason: CommandRefusal };

export const UNCHANGED: Transition = { outcome: 'unchanged' };

export function refused(reason: CommandRefusal): Transition {
  return { outcome: 'refused', reason };
}

/** The next version; a change of state is a change of what people decide on. */
export function changed(
  before: AlertRecord,
  reason: AlertReason,
  changes: Partial<AlertRecord>,
): Extract<Transition, { outcome: 'changed' }> {
  const after = { ...before, ...changes, version: before.version + 1 };
  const stateVersion = after.state === before.state ? after.stateVersion : after.version;
  return { outcome: 'changed', reason, alert: { ...after, stateVersion } };
}

/** A change of what people decide on, though not of the state: what they saw before it is stale. */
export function decided(before: AlertRecord, reason: AlertReason, changes: Partial<AlertRecord>): Transition {
  return changed(before, reason, { ...changes, stateVersion: before.version + 1 });
}

/** Null for an alert that has fired and is not over; otherwise why nothing can be done to it. */
export function notOpen(before: AlertRecord | null): 'not_firing' | 'already_resolved' | null {
  if (before === null || before.state === 'pending') return 'not_firing';
  return before.state === 'resolved' ? 'already_resolved' : null;
}
