import type { AlertDesk } from '../alerts/desk.js';
import { mainCause } from '../alerts/same-cause.js';
import type { OpenFollowUp } from '../followups/command.js';
import { baselineSpan } from '../followups/measure/evidence.js';
import { incidentOn } from '../followups/opening.js';
import type { OpenFollowUpRequest } from '../http/ports.js';
import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { type MetricDefinition, nominalSeconds } from '../model/metric.js';
import { formatSlice, parseSlice } from '../model/slice.js';
import type { Redress } from '../redress.js';
import { evidenceFor } from './follow-up-evidence.js';

/** The slice of an alert's main cause, if the metric keeps points for it, which can prove a fix; otherwise null. */
export function provableCause(
  alert: Alert,
  alerts: Pick<AlertDesk, 'analysis'>,
  metrics: readonly MetricDefinition[],
): string | null {
  const outcome = alerts.analysis(alert.alertId)?.outcome;
  const cause = outcome === undefined ? null : mainCause(alert, outcome);
  const slices = metrics.find(({ id }) => id === alert.metric)?.slices ?? [];
  const dimensions = (names: readonly string[]) => [...names].sort().join();
  const kept = new Set(slices.map(dimensions));
  return cause !== null && kept.has(dimensions(Object.keys(parseSlice(cause)))) ? cause : null;
}

/**
 * What a person wants followed up, with what the store knows of it. It is about the slice that they name, or else
 * about the alert's main cause, where its points can prove a fix, or else about the alert's own.
 */
export async function openingOfAlert(
  alert: Alert,
  { slice: wished, ...request }: Omit<OpenFollowUpRequest, 'alertId'>,
  redress: Pick<Redress, 'configuration' | 'points' | 'alerts' | 'samples'>,
  now: Instant,
): Promise<OpenFollowUp> {
  const { configuration, points, alerts } = redress;
  const asked = wished === undefined ? undefined : formatSlice(parseSlice(wished));
  const slice = asked ?? provableCause(alert, alerts, configuration.metrics) ?? alert.slice;
  const samplesOf = (of: string) => redress.samples({ ...alert, slice: of, from: alert.startedAt, to: now });
  const metric = configuration.metrics.find(({ id }) => id === alert.metric);
  if (slice !== alert.slice && metric !== undefined) {
    const from = alert.startedAt - baselineSpan(nominalSeconds(metric.bucket));
    const wanted = { metric: alert.metric, slice, from, to: now, sisters: false };
    const on = { slice, evidence: await evidenceFor(wanted, configuration, points, alerts) };
    // Whoever names a slice is told that it cannot be; nobody else has to know of one.
    if (asked !== undefined || incidentOn(on, alert, now) !== null)
      return { ...request, alert, on, samples: await samplesOf(slice) };
  }
  return { ...request, alert, samples: await samplesOf(alert.slice) };
}
