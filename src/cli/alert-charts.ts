import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../config/configuration.js';
import { displayFor } from '../messages/display.js';
import type { Alert } from '../model/alert.js';
import { DAY, type Instant, SECOND, WEEK } from '../model/clock.js';
import { nominalSeconds } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { svgToPng } from '../notify/png.js';

/** File systems take 255 bytes; the number in front tells files apart whose names are cut. */
const LONGEST_NAME = 200;

/**
 * What a chart of an alert shows: five days before it began and two after its end, or after its last point; of daily
 * and longer buckets five weeks and two, because five points are no picture.
 */
export function chartedSpan(alert: Alert, { metrics }: Configuration): { from: Instant; to: Instant } {
  const metric = metrics.find(({ id }) => id === alert.metric);
  const scale = metric !== undefined && nominalSeconds(metric.bucket) * SECOND >= DAY ? WEEK : DAY;
  return {
    from: alert.startedAt - 5 * scale,
    to: (alert.resolvedAt ?? alert.last.bucketStart) + 2 * scale,
  };
}

/** Draws an alert on its series into a folder and answers the file's path; `number` is at the front of its name. */
export async function writeAlertChart(
  folder: string,
  number: number,
  alert: Alert,
  series: readonly { point: Point; verdict: Verdict }[],
  configuration: Configuration,
): Promise<string> {
  const { alertChart } = await import('../notify/chart.js');
  const svg = alertChart({
    points: series.map((it) => it.point),
    verdicts: series.map((it) => it.verdict),
    alerts: [alert],
    annotations: configuration.annotations,
    slice: alert.slice,
    display: displayFor(configuration, alert.metric, alert.title),
  });
  const name = `${String(number).padStart(2, '0')}-${alert.metric}-${alert.slice}`.replace(/[^\w.-]+/g, '_');
  const file = join(folder, `${name.slice(0, LONGEST_NAME)}.png`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, svgToPng(svg, 2));
  return file;
}
