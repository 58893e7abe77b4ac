import type { Configuration } from '../config/configuration.js';
import type { Episode } from '../detection/backtest/labels.js';
import type { Span } from '../detection/backtest/score.js';
import type { JudgedPoint, ReportFault } from '../detection/judging.js';
import { bucketStart } from '../metrics/buckets.js';
import type { Instant } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDefinition } from '../model/metric.js';
import { createDeciders } from '../pipeline/deciding.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { closingOf } from '../pipeline/replay.js';
import type { BacktestHistory, Origin, PointHistory } from './backtest-history.js';

/** What a run over stored history came to. */
export interface BacktestRun {
  /** Every alert that fired, in the order in which they did. */
  episodes: readonly Episode[];
  /** The metrics that were run. */
  metrics: readonly MetricDefinition[];
  /** By metric. */
  judged: ReadonlyMap<string, { points: number; evaluable: number }>;
  origins: ReadonlyMap<string, Origin>;
}

export interface BacktestOptions {
  /** Where the history begins and where the simulated clock stops. */
  span: Span;
  /** The metrics to run; those without a detector never are. */
  metrics: readonly MetricDefinition[];
  history: PointHistory;
  reportFault: ReportFault;
  /** Told of every judged point, at the moment at which the service would have judged it. */
  onJudged?: (judged: JudgedPoint) => void;
  onMoment?: (moment: Instant) => void;
}

/** The reasons of the journal with which people are told that an alert fires, by its own message or its group's. */
const ANNOUNCED: ReadonlySet<string> = new Set(['fired', 'reopened', 'inhibition_ended', 'joined_group']);

/**
 * Runs the service's own pipeline over stored history on the simulated clock and leaves no trace: points are not
 * stored, verdicts and alerts are kept nowhere but in the answer, and every message is taken as sent. The same history
 * and configuration give the alerts that `replay` gives.
 */
export async function backtest(configuration: Configuration, options: BacktestOptions): Promise<BacktestRun> {
  const { span, history } = options;
  const metrics = options.metrics.filter(({ detect }) => detect.length > 0);
  const { judging, alerts, followUps, digests } = createDeciders(configuration, {
    saved: [],
    restateHorizon: 0,
    reportFault: options.reportFault,
  });
  const announced = new Map<string, Instant[]>();
  const note = (entries: readonly JournalEntry[]) => {
    for (const { stream, reason, id, at } of entries) {
      if (stream !== 'alert' || !ANNOUNCED.has(reason)) continue;
      const before = announced.get(id);
      if (before === undefined) announced.set(id, [at]);
      else before.push(at);
    }
  };
  const judged = new Map(metrics.map(({ id }) => [id, { points: 0, evaluable: 0 }]));
  const events = await history.eventSpan();
  const pipeline = new Pipeline({
    metrics,
    points: history,
    judging,
    alerts,
    followUps,
    digests,
    log: { judged: async () => {}, append: async (entries) => note(entries), flush: async () => {} },
    // Nobody opens follow-ups in a backtest, so that none is ever verified.
    evidence: async () => ({
      timezone: 'UTC',
      minDenominator: 0,
      own: [],
      sisters: new Map(),
      episodes: [],
    }),
    samples: async () => [],
    deliver: async (now) => {
      for (const { deliveryId } of alerts.dueDeliveries(now))
        note(alerts.recordAttempt(deliveryId, { outcome: 'sent', messageRef: 'backtest' }, now));
    },
    progress: new Map(),
    // What comes after the last event's bucket is not known, and no zero, however long another metric's bucket is.
    completeUntil: (now, metric) =>
      events === null ? now : Math.min(now, closingOf({ metrics: [metric] }, events.last)),
    findBeginning: async () => span.from,
    onMoment: (moment, points) => {
      for (const point of points) {
        const counts = judged.get(point.point.metric);
        if (counts !== undefined) {
          counts.points += 1;
          if (point.combined.status !== 'not_evaluable') counts.evaluable += 1;
        }
        options.onJudged?.(point);
      }
      options.onMoment?.(moment);
    },
  });
  await pipeline.advance(span.to);
  const episodes = alerts
    .alerts()
    .filter(({ openedAt, kind }) => openedAt !== null && kind === 'metric')
    .sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.alertId < b.alertId ? -1 : 1))
    .map((alert) => ({ alert, announcedAt: announced.get(alert.alertId) ?? [] }));
  return {
    episodes,
    metrics,
    judged,
    origins: new Map(metrics.map(({ id }) => [id, history.originOf(id)])),
  };
}

/**
 * All of the stored history: from its first event, or its first point where the events are gone, to when the last
 * event's buckets have closed. A live store's last buckets are still being filled, so they are left out of it.
 *
 * Throws `not_found` when there is none.
 */
export async function historySpan(
  configuration: Configuration,
  history: Pick<BacktestHistory, 'eventSpan' | 'storedSpan'>,
  { isLive }: { isLive: boolean },
): Promise<Span> {
  const events = await history.eventSpan();
  const stored: { first: Instant; last: Instant }[] = [];
  for (const metric of configuration.metrics) {
    const span = await history.storedSpan(metric);
    // The bucket of the first event begins before it and is no earlier history.
    if (span !== null && (events === null || span.first < bucketStart(events.first, metric)))
      stored.push(span);
  }
  const spans = events === null ? stored : [events, ...stored];
  if (spans.length === 0)
    throw new RedressError('not_found', 'there is no history: load events with redress ingest');
  const last = events?.last ?? Math.max(...spans.map((it) => it.last));
  return {
    from: Math.min(...spans.map(({ first }) => first)),
    to: isLive && events !== null ? last : closingOf(configuration, last),
  };
}
