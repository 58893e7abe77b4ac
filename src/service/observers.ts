import type { Logger } from 'pino';
import type { Surroundings } from '../app.js';
import type { ServiceMetrics } from '../http/prometheus.js';
import type { Clock } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type { Trail } from './trail.js';

/** What the service counts and logs of what the stages do. */
export function observers({
  metrics,
  clock,
  log,
  trail,
}: {
  metrics: ServiceMetrics;
  clock: Clock;
  log: Logger;
  trail: Trail;
}) {
  /** What the log has said since the last bucket: a detector that fails on a thousand series is one line, not a thousand. */
  const failing = new Set<string>();
  return {
    onMoment: (_moment, judged) => {
      failing.clear();
      const points = new Map<string, number>();
      for (const { point, verdicts, combined } of judged) {
        const { metric, bucketStart, bucketSeconds } = point;
        if (!points.has(metric))
          metrics.bucketJudged(metric, clock.now() - bucketStart - bucketSeconds * 1_000);
        points.set(metric, (points.get(metric) ?? 0) + 1);
        metrics.judged([...verdicts, combined]);
      }
      for (const [metric, count] of points) metrics.pointsMade(metric, count);
    },
    duringJudging: (metric, work) => {
      const begun = performance.now();
      const result = work();
      metrics.judgedWithin(metric, performance.now() - begun);
      return result;
    },
    onJournal: (entries, when) => {
      if (when === 'restored') return metrics.journalRead(entries);
      metrics.journalWritten(entries);
      trail.follow(entries);
    },
    reportLeftOut: ({ metric, leftOut, maxSeries }) => {
      if (metrics.seriesLeftOut(metric, leftOut))
        log.warn({ metric, leftOut, maxSeries }, 'the smallest series are left out: max_series');
    },
    reportAnalysisFailure: (alertId, error) =>
      log.error({ err: error, alertId }, 'an alert could not be analysed'),
    reportFault: ({ detector, metric, slice, error }) => {
      metrics.detectorFailed(detector);
      const what = `${detector} ${metric} ${messageOf(error)}`;
      if (failing.has(what)) return;
      failing.add(what);
      log.error({ err: error, detector, metric, slice }, 'a detector failed');
    },
  } satisfies Partial<Surroundings>;
}
