import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import { eventTypes } from './measure.js';
import { combinedWatermark, isStale, type SourceState, type WatermarkRule, watermark } from './watermark.js';

export interface NamedSource extends SourceState {
  source: string;
}

/** When a source last brought an event of a type. */
export interface Carried {
  source: string;
  type: string;
  lastArrivalAt: Instant;
}

/** What is known of all sources at a moment. */
export interface SourceView {
  /** Those that go on for ever: Kafka, HTTP. */
  streaming: readonly NamedSource[];
  /** Up to where loaded files have events; null without any. They say nothing of what streams. */
  files: Instant | null;
  carried: readonly Carried[];
}

/** The event time up to which all that a metric is made from is believed to be there; null when nothing is known. */
export function completeUntil(
  metric: MetricDefinition,
  view: SourceView,
  now: Instant,
  rule: WatermarkRule,
): Instant | null {
  const marks = sourcesOf(metric, view, now, rule).map((source) => watermark(source, now, rule));
  return combinedWatermark(marks) ?? view.files;
}

/** True while a source that has gone quiet holds the metric up. */
export function isHeldByStale(
  metric: MetricDefinition,
  view: SourceView,
  now: Instant,
  rule: WatermarkRule,
): boolean {
  return sourcesOf(metric, view, now, rule).some(
    (source) => isStale(source, now, rule) && watermark(source, now, rule) !== null,
  );
}

/**
 * The sources that have lately brought what a metric is made from, so that a quiet one holds only what depends on it.
 * As long as none has, any of them may be the one that will.
 */
function sourcesOf(
  metric: MetricDefinition,
  { streaming, carried }: SourceView,
  now: Instant,
  { forgetAfter }: WatermarkRule,
): readonly NamedSource[] {
  const types = new Set(eventTypes(metric));
  const carriers = new Set(
    carried
      .filter(({ type, lastArrivalAt }) => types.has(type) && now - lastArrivalAt < forgetAfter)
      .map(({ source }) => source),
  );
  const found = streaming.filter(({ source }) => carriers.has(source));
  return found.length === 0 ? streaming : found;
}
