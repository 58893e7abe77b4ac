import { alertOfGroup } from '../alerts/groups.js';
import { labelsOf } from '../alerts/labels.js';
import type { Alert } from '../model/alert.js';
import type { Annotation } from '../model/annotation.js';
import { DAY } from '../model/clock.js';
import { parseSlice, type SliceLabels } from '../model/slice.js';
import type { AlertView } from '../notify/alert-words.js';
import type { NotifiedGroup } from '../notify/contract.js';
import type { Redress } from '../redress.js';
import { displayFor } from './display.js';

/** An alert with everything that is shown with it. */
export function alertView(
  alert: Alert,
  { alerts, followUps, configuration }: Pick<Redress, 'alerts' | 'followUps' | 'configuration'>,
): AlertView {
  return {
    alert,
    analysis: alerts.analysis(alert.alertId),
    annotations: annotationsOf(alert, configuration.annotations),
    followUp: followUps.forAlert(alert.alertId) ?? null,
    display: displayFor(configuration, alert.metric, alert.title),
    group: groupOf(alert, alerts),
  };
}

/**
 * An alert as its own message shows it, which it may have from before it came into a group: of an incident that another
 * message tells of it says so.
 */
export function ownView(
  alert: Alert,
  redress: Pick<Redress, 'alerts' | 'followUps' | 'configuration'>,
): AlertView {
  const { groupId, sameCause } = alert;
  const view = { ...alertView(alert, redress), group: null };
  if (groupId === '' || sameCause === null) return view;
  const { alerts } = redress;
  const teller = alerts.alert(alertOfGroup(groupId)) ?? alerts.speakerOf(alert.alertId);
  return teller === undefined ? view : { ...view, partOf: { alert: teller, cause: sameCause.slice } };
}

/** The group that the alert is shown in, if it is not the only one. */
function groupOf({ groupId }: Alert, alerts: Redress['alerts']): NotifiedGroup | null {
  const members = groupId === '' ? [] : alerts.group(groupId);
  const [first] = members;
  if (first === undefined || members.length === 1) return null;
  const all = members.map((member) => labelsOf(member));
  const common = Object.entries(labelsOf(first)).filter(
    ([name, value]) =>
      name !== 'alert_id' && name !== 'group_id' && all.every((labels) => labels[name] === value),
  );
  const cause = members.find(({ sameCause }) => sameCause !== null)?.sameCause?.slice ?? '';
  return { groupId, labels: Object.fromEntries(common), cause, members };
}

/** What began so long before an alert may still be behind it. */
const BEFORE = DAY;

/** What happened at an alert's time, on its slice, on a part of it or around it; the newest first. */
function annotationsOf(alert: Alert, annotations: readonly Annotation[]): readonly Annotation[] {
  const until = alert.resolvedAt ?? Math.max(alert.last.bucketStart, alert.openedAt ?? alert.startedAt);
  const labels = parseSlice(alert.slice);
  return annotations
    .filter(({ startsAt, endsAt }) => startsAt <= until && endsAt >= alert.startedAt - BEFORE)
    .filter(({ scope }) => areCompatible(parseSlice(scope), labels))
    .sort((a, b) => b.startsAt - a.startsAt || (a.annotationId < b.annotationId ? -1 : 1));
}

/** No dimension has different values in the two: some event can be in both. */
function areCompatible(one: SliceLabels, other: SliceLabels): boolean {
  return Object.entries(one).every(([name, value]) => other[name] === undefined || other[name] === value);
}
