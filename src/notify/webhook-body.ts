import type { Alert } from '../model/alert.js';
import type { FollowUp } from '../model/follow-up.js';
import { alertWords, type MessageContext } from './alert-words.js';
import type { Notification, NotifiedGroup } from './contract.js';
import { digestMarkdown, digestTitle } from './digest-message.js';
import { followUpChange } from './follow-up-words.js';
import { reminderWords } from './reminder-message.js';

/** What a program is told, under the names of the tables' columns; times are ISO 8601 in UTC. */
export function webhookBody(notification: Notification, context: MessageContext): object {
  const { delivery } = notification;
  return {
    kind: notification.kind,
    delivery_id: delivery.deliveryId,
    reason: delivery.reason,
    ...subjectBody(notification, context),
  };
}

function subjectBody(notification: Notification, context: MessageContext): object {
  switch (notification.kind) {
    case 'alert': {
      const { alert, display, followUp, group, partOf } = notification;
      const words = alertWords(notification, context);
      return {
        text: `${words.headline}. ${words.summary}`.trim(),
        unit: display.unit,
        currency: display.currency,
        alert: alertBody(alert),
        group: group === null ? null : groupBody(group),
        part_of: partOf === undefined ? null : { alert_id: partOf.alert.alertId, cause: partOf.cause },
        follow_up: followUp === null ? null : followUpBody(followUp),
      };
    }
    case 'follow_up': {
      const { alert, delivery, display, followUp } = notification;
      return {
        text: followUpChange(notification),
        unit: display.unit,
        currency: display.currency,
        change: delivery.change ?? null,
        follow_up: followUpBody(followUp),
        alert: alert === null ? null : alertBody(alert),
      };
    }
    case 'reminder':
      return {
        text: reminderWords(notification).headline,
        person: notification.person,
        follow_ups: notification.followUps.map(followUpBody),
      };
    case 'digest': {
      const { digest } = notification;
      return {
        text: digestTitle(digest, notification),
        from: iso(digest.from),
        to: iso(digest.to),
        owner: digest.owner,
        markdown: digestMarkdown(digest, notification),
      };
    }
  }
}

function groupBody({ groupId, labels, cause, members }: NotifiedGroup) {
  return { group_id: groupId, labels, cause, alerts: members.map(alertBody) };
}

function alertBody(alert: Alert) {
  return {
    alert_id: alert.alertId,
    kind: alert.kind,
    fingerprint: alert.fingerprint,
    metric: alert.metric,
    slice: alert.slice,
    title: alert.title,
    direction: alert.direction,
    severity: alert.severity,
    state: alert.state,
    started_at: iso(alert.startedAt),
    opened_at: iso(alert.openedAt),
    acknowledged_at: iso(alert.acknowledgedAt),
    acknowledged_by: alert.acknowledgedBy,
    resolved_at: iso(alert.resolvedAt),
    value: alert.last.value,
    expected: alert.last.expected,
    lower: alert.last.lower,
    upper: alert.last.upper,
    impact_count: alert.impactCount,
    impact_amount: alert.impactAmount,
    carriers: alert.carriers,
    owner: alert.owner,
    runbook: alert.runbook,
    version: alert.version,
  };
}

function followUpBody(followUp: FollowUp) {
  return {
    follow_up_id: followUp.followUpId,
    alert_ids: followUp.alertIds,
    metric: followUp.metric,
    slice: followUp.slice,
    title: followUp.title,
    state: followUp.state,
    owner: followUp.owner,
    priority: followUp.priority,
    due_at: iso(followUp.dueAt),
    opened_at: iso(followUp.openedAt),
    fix_shipped_at: iso(followUp.fixShippedAt),
    closed_at: iso(followUp.closedAt),
    times_reopened: followUp.timesReopened,
    action: followUp.work.action,
    note: followUp.note,
    effect: followUp.effect,
    version: followUp.version,
  };
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
