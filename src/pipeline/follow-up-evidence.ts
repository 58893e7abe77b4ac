import type { AlertDesk } from '../alerts/desk.js';
import type { Configuration } from '../config/configuration.js';
import type { OpenByHand } from '../followups/command.js';
import { baselineSpan, type Evidence, type EvidenceRequest } from '../followups/measure/evidence.js';
import type { OpenByHandRequest } from '../http/ports.js';
import { DAY, type Instant } from '../model/clock.js';
import { isRate, nominalSeconds } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { parseSlice } from '../model/slice.js';
import type { Redress } from '../redress.js';
import type { PointTable } from '../store/point-table.js';

/** The history that a fix is verified by: the series, and the others of the same dimensions where they are wanted. */
export async function evidenceFor(
  { metric: id, slice, from, to, sisters }: EvidenceRequest,
  { metrics }: Pick<Configuration, 'metrics'>,
  points: Pick<PointTable, 'between' | 'series'>,
  alerts: Pick<AlertDesk, 'alerts'>,
): Promise<Evidence> {
  const metric = metrics.find((it) => it.id === id);
  const own: Point[] = [];
  const others = new Map<string, Point[]>();
  const dimensions = dimensionsOf(slice);
  const rows = sisters
    ? await points.between(id, from, to)
    : (await points.series(id, slice, from, to)).map((row) => row.point);
  for (const point of rows) {
    if (point.slice === slice) own.push(point);
    else if (dimensionsOf(point.slice) === dimensions) {
      const known = others.get(point.slice);
      if (known === undefined) others.set(point.slice, [point]);
      else known.push(point);
    }
  }
  const episodes = alerts
    .alerts()
    .filter((alert) => alert.metric === id && alert.slice === slice && alert.openedAt !== null)
    .map(({ startedAt, resolvedAt }) => ({ from: startedAt, to: resolvedAt ?? to }));
  const rate = metric !== undefined && isRate(metric.measure.kind);
  return {
    timezone: metric?.timezone ?? 'UTC',
    minDenominator: rate ? metric.minDenominator : 0,
    own,
    sisters: others,
    episodes,
  };
}

function dimensionsOf(slice: string): string {
  return Object.keys(parseSlice(slice)).join();
}

/** What a person wants opened by hand, with what the store and the alerts know of the series; null for no such metric. */
export async function openingByHand(
  request: OpenByHandRequest,
  redress: Pick<Redress, 'configuration' | 'points' | 'alerts' | 'samples'>,
  now: Instant,
): Promise<OpenByHand | null> {
  const { configuration, points, alerts } = redress;
  const metric = configuration.metrics.find(({ id }) => id === request.metric);
  if (metric === undefined) return null;
  const { direction = metric.bad === 'down' ? 'down' : 'up', since = now - DAY, slice } = request;
  const wanted = {
    metric: metric.id,
    slice,
    from: since - baselineSpan(nominalSeconds(metric.bucket)),
    to: now,
    sisters: false,
  };
  const ofSeries = alerts
    .alerts()
    .filter((alert) => alert.metric === metric.id && alert.slice === slice && alert.direction === direction);
  return {
    ...request,
    direction,
    since,
    metricOwner: metric.owner,
    alert: ofSeries.sort((a, b) => a.startedAt - b.startedAt).at(-1) ?? null,
    evidence: await evidenceFor(wanted, configuration, points, alerts),
    samples: await redress.samples({ metric: metric.id, slice, direction, from: since, to: now }),
  };
}
