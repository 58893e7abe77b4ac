import type { Alert } from '../model/alert.js';
import { DAY, HOUR, SECOND } from '../model/clock.js';
import { nominalSeconds } from '../model/metric.js';
import { drawPicture } from '../notify/picture.js';
import type { Redress } from '../redress.js';
import { displayFor } from './display.js';

/** Buckets that are drawn before an alert began, and after it ended. */
const BEFORE = 72;
const AFTER = 12;
/** A screen that is held in the hand has two pixels where the drawing has one. */
const SCALE = 2;

/** An alert's series around it as PNG, from the stored points; null where none are stored. */
export async function alertPicture(
  alert: Alert,
  { points, configuration, alerts }: Pick<Redress, 'points' | 'configuration' | 'alerts'>,
): Promise<Buffer | null> {
  const metric = configuration.metrics.find(({ id }) => id === alert.metric);
  const bucket = metric === undefined ? HOUR : nominalSeconds(metric.bucket) * SECOND;
  const from = alert.startedAt - Math.max(BEFORE * bucket, DAY);
  const to = (alert.resolvedAt ?? alert.last.bucketStart) + AFTER * bucket;
  const series = await points.series(alert.metric, alert.slice, from, to);
  if (series.length === 0) return null;
  const episodes = alerts
    .alerts()
    .filter(({ fingerprint, openedAt }) => fingerprint === alert.fingerprint && openedAt !== null);
  // Only a start that draws has to load what draws.
  const { alertChart } = await import('../notify/chart.js');
  const svg = alertChart({
    points: series.map(({ point }) => point),
    verdicts: series.map(({ verdict }) => verdict),
    alerts: episodes,
    annotations: configuration.annotations,
    slice: alert.slice,
    display: displayFor(configuration, alert.metric, alert.title),
  });
  return drawPicture(svg, SCALE);
}
