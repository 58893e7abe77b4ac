import { HOUR, type Instant, MINUTE, SECOND } from '../model/clock.js';
import { type MetricDefinition, nominalSeconds, type TrailingWindow } from '../model/metric.js';
import type { EventLog } from '../store/event-log.js';
import { bucketEnd, bucketStart } from './buckets.js';
import { eventTypes } from './measure.js';
import type { PointMaker } from './point-maker.js';
import { windowOf } from './windows.js';

/**
 * Arrivals of the last moments are looked at again the next time: an insert becomes visible a little later
 * than the time it carries. Looking twice costs a query and changes nothing.
 */
const OVERLAP = 2 * MINUTE;

export interface LateEventsParts {
  events: Pick<EventLog, 'now' | 'settleMovedEvents' | 'touchedSpans' | 'touchedDueHours'>;
  points: Pick<PointMaker, 'remake'>;
  metrics: readonly MetricDefinition[];
  /** How far an earlier run had looked, on the store's clock. */
  lookedUntil: Instant;
}

/** Points of closed buckets that are not what they were: the earliest bucket of each slice. */
export interface Restated {
  metric: MetricDefinition;
  since: ReadonlyMap<string, Instant>;
}

/** Makes the points of closed buckets again when events arrive late, or corrections leave or enter them. */
export class LateEvents {
  readonly #parts: LateEventsParts;
  #lookedUntil: Instant;

  constructor(parts: LateEventsParts) {
    this.#parts = parts;
    this.#lookedUntil = parts.lookedUntil;
  }

  /** How far it has looked, on the store's clock: what `lookedUntil` is next time. */
  get lookedUntil(): Instant {
    return this.#lookedUntil;
  }

  /**
   * Takes in what has arrived since the last call. `closedUntil` has the end of each metric's last closed bucket.
   * Answers which points are not what they were.
   */
  async refresh(closedUntil: ReadonlyMap<string, Instant>): Promise<Restated[]> {
    const restated: Restated[] = [];
    const { events, points, metrics } = this.#parts;
    const since = Math.max(0, this.#lookedUntil - OVERLAP);
    const now = await events.now();
    await events.settleMovedEvents(since);
    // By the minute where a bucket is shorter than an hour, or each arrival would have all buckets of its hour made again.
    const span = metrics.some(({ bucket }) => nominalSeconds(bucket) * SECOND < HOUR) ? MINUTE : HOUR;
    const touched = await events.touchedSpans(since, span / SECOND);
    for (const metric of metrics) {
      const until = closedUntil.get(metric.id);
      if (until === undefined) continue;
      const startsOf = (types: readonly string[]) =>
        touched.filter((it) => it.date === metric.date && types.includes(it.type)).map((it) => it.start);
      const { measure } = metric;
      const starts = new Set(bucketsOf(startsOf(eventTypes(metric)), span, metric, until));
      if (measure.kind === 'breach') {
        const due = await events.touchedDueHours(since, measure.opened.event, measure.answered.event);
        for (const start of bucketsOf(due, HOUR, metric, until)) starts.add(start);
      }
      if (measure.kind === 'ratio' && measure.window !== undefined)
        for (const touchedAt of startsOf(measure.denominator.event))
          for (const start of bucketsOver(touchedAt, span, measure.window, metric, until)) starts.add(start);
      const ascending = [...starts].sort((a, b) => a - b);
      const changed = new Map<string, Instant>();
      for (const run of runs(ascending, metric)) {
        const { written, removed } = await points.remake(metric, run);
        for (const { slice, bucketStart: start } of [...written, ...removed])
          changed.set(slice, Math.min(changed.get(slice) ?? start, start));
      }
      if (changed.size > 0) restated.push({ metric, since: changed });
    }
    this.#lookedUntil = now;
    return restated;
  }
}

/** The closed buckets that overlap the spans of so many ms that begin then. */
function bucketsOf(
  spans: readonly Instant[],
  length: number,
  metric: MetricDefinition,
  until: Instant,
): ReadonlySet<Instant> {
  const starts = new Set<Instant>();
  for (const from of spans) {
    let start = bucketStart(from, metric);
    while (start < from + length && bucketEnd(start, metric) <= until) {
      starts.add(start);
      start = bucketEnd(start, metric);
    }
  }
  return starts;
}

/** The closed buckets whose windows overlap the span of so many ms that begins then. */
function bucketsOver(
  touchedAt: Instant,
  length: number,
  window: TrailingWindow,
  metric: MetricDefinition,
  until: Instant,
): Instant[] {
  const starts: Instant[] = [];
  for (let start = bucketStart(touchedAt, metric), end = start; ; start = end) {
    end = bucketEnd(start, metric);
    const { from, to } = windowOf(end, window, metric);
    if (end > until || from >= touchedAt + length) return starts;
    if (to > touchedAt) starts.push(start);
  }
}

/** Splits buckets into runs without gaps: each is one making. */
function runs(starts: readonly Instant[], metric: MetricDefinition): Instant[][] {
  const found: Instant[][] = [];
  for (const start of starts) {
    const run = found.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && bucketEnd(last, metric) === start) run.push(start);
    else found.push([start]);
  }
  return found;
}
