import type { Instant } from '../model/clock.js';
import type { Delivery } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import { audienceOf, deliveryFrom } from './deliveries.js';
import { compareText } from './order.js';
import { type AlertReason, type AlertRecord, recordOf } from './record.js';

/** Something that the log says should have been told, or was told, and that does not add up. */
export interface AuditMismatch {
  kind: AuditKind;
  deliveryId: string;
  alertId: string;
}

/**
 * `missing`: a transition asks for a message and there is none. `unasked`: a message that no transition asks for.
 * `sent_twice`: recorded as sent more than once. `stuck`: it waits, though it should have been tried long ago.
 */
export type AuditKind = 'missing' | 'unasked' | 'sent_twice' | 'stuck';

export const AUDIT_KINDS: readonly AuditKind[] = ['missing', 'unasked', 'sent_twice', 'stuck'];

/**
 * Recomputes from the log what should have been sent about alerts, and compares it with the deliveries that there
 * are. Transitions before `since` may have lost their predecessors, so that only what is newer is held against it; a
 * delivery is stuck when it is due for longer than `patience`, in ms.
 */
export function audit(
  entries: readonly JournalEntry[],
  { since, now, patience }: { since: Instant; now: Instant; patience: number },
): AuditMismatch[] {
  const alerts = new Map<string, AlertRecord>();
  const asked = new Map<string, { alertId: string; at: Instant }>();
  /** Versions of alerts of which nobody can tell what had changed. */
  const unknown = new Set<string>();
  const sent = new Map<string, number>();
  const deliveries = new Map<string, Delivery>();
  const inOrder = [...entries].sort(
    (a, b) => a.at - b.at || compareText(a.id, b.id) || a.version - b.version,
  );
  for (const { stream, at, reason, body, version } of inOrder) {
    if (stream === 'alert') {
      const after = recordOf(body);
      const before = alerts.get(after.alertId) ?? null;
      alerts.set(after.alertId, after);
      if (before === null && version > 1) {
        unknown.add(`${after.alertId}.${version}`);
        continue;
      }
      for (const target of audienceOf(before, after, reason as AlertReason)?.targets ?? [])
        asked.set(`${after.alertId}.${after.version}.${target}`, { alertId: after.alertId, at });
    } else if (stream === 'delivery') {
      const delivery = deliveryFrom(body as unknown as Delivery);
      deliveries.set(delivery.deliveryId, delivery);
      if (reason === 'sent') sent.set(delivery.deliveryId, (sent.get(delivery.deliveryId) ?? 0) + 1);
    }
  }
  const found: AuditMismatch[] = [];
  for (const [deliveryId, { alertId, at }] of asked)
    if (at >= since && !deliveries.has(deliveryId)) found.push({ kind: 'missing', deliveryId, alertId });
  for (const delivery of deliveries.values()) {
    const { deliveryId, alertId, createdAt, dueAt, state } = delivery;
    const isAboutAlert = delivery.subject.kind === 'alert' || delivery.subject.kind === 'group';
    // An analysis is asked for by itself, once it has been made.
    const isAsked =
      !isAboutAlert ||
      delivery.reason === 'analysed' ||
      asked.has(deliveryId) ||
      unknown.has(`${alertId}.${delivery.subject.version}`);
    const known = alerts.has(alertId);
    if (createdAt >= since && known && !isAsked) found.push({ kind: 'unasked', deliveryId, alertId });
    if ((sent.get(deliveryId) ?? 0) > 1) found.push({ kind: 'sent_twice', deliveryId, alertId });
    const waitsTooLong = now - Math.max(dueAt, delivery.busyUntil ?? 0) > patience;
    if (state === 'pending' && waitsTooLong) found.push({ kind: 'stuck', deliveryId, alertId });
  }
  return found;
}
