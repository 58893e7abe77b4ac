import { createHash } from 'node:crypto';
import type { Instant } from '../model/clock.js';
import type { Labels } from '../model/matchers.js';
import { beginEscalation, type Routing, restingEscalation } from './escalation.js';
import { type AlertRecord, isQuiet } from './record.js';

/** Where an alert comes to stand: at the head of a group, or in one that another alert leads. */
export interface GroupPlace {
  groupId: string;
  leads: boolean;
}

/** What the alerts of one group have in common, as a short digest: their policy and the labels that it groups by. */
export function groupKeyOf({ policy, route }: Routing, labels: Labels): string | null {
  if (route.grouping === null) return null;
  const values = route.grouping.by.map((label) => [label, labels[label] ?? '']);
  return createHash('sha256')
    .update(JSON.stringify([policy.id, values]))
    .digest('hex')
    .slice(0, 12);
}

/** A group's id: its key, and when it began. */
export function groupIdOf(key: string, now: Instant): string {
  return `${key}-${now.toString(36)}`;
}

const OF_ONE = 'alert:';

/** The id of a group that an alert begins which has a message of its own, and keeps it. */
export function groupIdOfAlert(alertId: string): string {
  return `${OF_ONE}${alertId}`;
}

/** The alert whose message is the group's; empty where the group has one of its own. */
export function alertOfGroup(groupId: string): string {
  return groupId.startsWith(OF_ONE) ? groupId.slice(OF_ONE.length) : '';
}

/** The key that a group's id begins with. */
export function keyOfGroup(groupId: string): string {
  return groupId.slice(0, groupId.lastIndexOf('-'));
}

/**
 * Sends an alert on its way to people: by its own escalation, at the head of a group that it gives time to gather, or
 * in one that another alert speaks for. What is held back or muted gets no place, and waits.
 */
export function announced(
  before: AlertRecord,
  routing: Routing,
  place: GroupPlace | null,
  now: Instant,
): Pick<AlertRecord, 'groupId' | 'leadsGroup' | 'escalation'> {
  const { told } = before.escalation;
  const waits = before.heldBy !== '' || before.silence !== null;
  const { groupId, leads: leadsGroup } = waits || place === null ? { groupId: '', leads: false } : place;
  const quiet = isQuiet({ ...before, groupId, leadsGroup });
  const wait = leadsGroup ? (routing.route.grouping?.wait ?? 0) : 0;
  return {
    groupId,
    leadsGroup,
    escalation: quiet ? restingEscalation(routing, told) : beginEscalation(routing, told, now, wait),
  };
}
