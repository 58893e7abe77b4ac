import type { Alert } from '../model/alert.js';
import { DAY, type Instant } from '../model/clock.js';
import { parseSlice } from '../model/slice.js';
import type { Truth } from './incident.js';

/** After an incident its traces are still being counted: an alert that begins so much later is no false one. */
const ECHO = DAY;

/** What the alerts of a run were worth, held against what is true. */
export interface Judged {
  /** Each incident with the alerts that belong to it, the earliest first. */
  found: { truth: Truth; alerts: Alert[] }[];
  missed: Truth[];
  falseAlarms: Alert[];
}

/** Gives each alert that fired to the incident that it belongs to, if any. */
export function judgeAlerts(alerts: readonly Alert[], truth: readonly Truth[]): Judged {
  const fired = alerts
    .filter((alert) => alert.openedAt !== null && alert.kind === 'metric')
    .sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.alertId < b.alertId ? -1 : 1));
  const incidents = truth.map((it) => ({
    truth: it,
    alerts: fired.filter((alert) => incidentOf(alert, truth)?.id === it.id),
  }));
  return {
    found: incidents.filter((it) => it.alerts.length > 0),
    missed: incidents.filter((it) => it.alerts.length === 0).map((it) => it.truth),
    falseAlarms: fired.filter((alert) => incidentOf(alert, truth) === null),
  };
}

/** The incident that an alert belongs to: the same metric, at that time, on a slice that it can show on. */
export function incidentOf(
  alert: Pick<Alert, 'metric' | 'slice' | 'startedAt'>,
  truth: readonly Truth[],
): Truth | null {
  const labels = parseSlice(alert.slice);
  return (
    truth.find(
      (it) =>
        it.metric === alert.metric &&
        during(alert.startedAt, it.startsAt, it.endsAt + ECHO) &&
        Object.entries(it.slice).every(
          ([name, value]) => labels[name] === undefined || labels[name] === value,
        ),
    ) ?? null
  );
}

const during = (at: Instant, from: Instant, to: Instant): boolean => at >= from - 3_600_000 && at < to;
