import { DAY, SECOND } from '../model/clock.js';
import { type MetricDefinition, nominalSeconds } from '../model/metric.js';
import type { MetricInput } from './schema-metrics.js';
import type { ServiceInput } from './schema-service.js';

/** A level needs so many points to be one, and a longer wait than the longest is no help to anybody. */
const FEWEST_POINTS = 12;
const MOST_POINTS = 288;
const USUAL = 6 * DAY;
/** The usual time in parts of what detectors wait by themselves, so that people hear of it before it is so. */
const SOONER = 6 / 7;

/** After how many points out of band a level is the new normal; absent for never. */
export function resolveNewNormal({
  new_normal_after: wanted,
  bucket,
  detect,
}: MetricInput): Pick<MetricDefinition, 'newNormalAfter'> {
  if (wanted === 'never') return {};
  const width = nominalSeconds(bucket) * SECOND;
  if (wanted !== undefined) return { newNormalAfter: Math.max(FEWEST_POINTS, Math.round(wanted / width)) };
  const own = detect
    .map((use) => (use as Record<string, unknown>).accept_after)
    .filter((points) => typeof points === 'number')
    .map((points) => Math.max(1, Math.floor(points * SOONER)));
  const usual = Math.min(MOST_POINTS, Math.max(FEWEST_POINTS, Math.round(USUAL / width)));
  return { newNormalAfter: Math.min(usual, ...own) };
}

/**
 * Metrics with their share of the false alerts that the whole installation may give: what is left to it is shared
 * equally by the metrics that are judged and have no number of their own.
 */
export function shareFalseAlerts(
  metrics: readonly MetricDefinition[],
  inputs: readonly MetricInput[],
  { false_alerts_per_week: allowed }: ServiceInput,
): MetricDefinition[] {
  const shares = (index: number) =>
    inputs[index]?.false_alerts_per_week === undefined && (metrics[index]?.detect.length ?? 0) > 0;
  const sharing = metrics.filter((_, index) => shares(index)).length;
  return metrics.map((metric, index) =>
    allowed === 'unlimited' || !shares(index) ? metric : { ...metric, falseAlertsPerWeek: allowed / sharing },
  );
}
