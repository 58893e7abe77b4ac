import { HOUR, type Instant, MINUTE, SECOND } from '../model/clock.js';
import type { EventDate } from '../model/event.js';
import { type MetricDefinition, nominalSeconds, type TrailingWindow } from '../model/metric.js';
import type { Arrivals, EventLog } from '../store/event-log.js';
import { bucketEnd, bucketStart, MOST_MADE_AT_ONCE } from './buckets.js';
import { eventTypes } from './measure.js';
import type { PointMaker } from './point-maker.js';
import { windowOf } from './windows.js';

/**
 * An insert becomes visible later than the time that it carries, by no more than this: so far back arrivals are
 * compared with what was seen of them the last time.
 */
const OVERLAP = 2 * MINUTE;

export interface LateEventsParts {
  events: Pick<
    EventLog,
    'now' | 'arrivals' | 'haveMoved' | 'settleMovedEvents' | 'touchedSpans' | 'touchedDueHours'
  >;
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
  readonly #spans: ReadonlyMap<EventDate, number>;
  #lookedUntil: Instant;
  /** The last moments' inserts as they were when last looked at; null until then. */
  #seen: ReadonlyMap<Instant, string> | null = null;

  constructor(parts: LateEventsParts) {
    this.#parts = parts;
    this.#spans = spansOf(parts.metrics);
    this.#lookedUntil = parts.lookedUntil;
  }

  /** How far it has looked, on the store's clock: what `lookedUntil` is next time. */
  get lookedUntil(): Instant {
    return this.#lookedUntil;
  }

  /**
   * Takes in what has arrived since the last call. `closedUntil` has the end of each metric's last closed bucket.
   * Answers which points are not what they were.
   *
   * What has arrived is asked before anything is counted: an insert that was there then is in every point made since,
   * and one that shows up later is new the next time. The first call after a start knows nothing of what was
   * counted and takes the last moments for new.
   */
  async refresh(closedUntil: ReadonlyMap<string, Instant>): Promise<Restated[]> {
    const { events } = this.#parts;
    const now = await events.now();
    const since = Math.max(0, this.#lookedUntil - OVERLAP);
    const inserts = await events.arrivals(this.#seen === null ? now - OVERLAP : since);
    const from = this.#seen === null ? since : earliestNew(inserts, this.#seen);
    const restated = from === null ? [] : await this.#takeIn(from, closedUntil);
    this.#seen = inserts;
    this.#lookedUntil = now;
    return restated;
  }

  async #takeIn(since: Instant, closedUntil: ReadonlyMap<string, Instant>): Promise<Restated[]> {
    const { events, points, metrics } = this.#parts;
    const arrivals = { since, moved: await events.haveMoved(since) };
    if (arrivals.moved) await events.settleMovedEvents(since);
    const closed = metrics.filter(({ id }) => closedUntil.has(id));
    if (closed.length === 0) return [];
    const touched = await events.touchedSpans(arrivals, this.#spans);
    const restated: Restated[] = [];
    for (const metric of closed) {
      const starts = await this.#touchedBuckets(metric, closedUntil.get(metric.id) ?? 0, arrivals, touched);
      const changed = new Map<string, Instant>();
      for (const run of runs(starts, metric)) {
        const { written, removed } = await points.remake(metric, run);
        for (const { slice, bucketStart: start } of [...written, ...removed])
          changed.set(slice, Math.min(changed.get(slice) ?? start, start));
      }
      if (changed.size > 0) restated.push({ metric, since: changed });
    }
    return restated;
  }

  /** The closed buckets that arrivals have touched, ascending. */
  async #touchedBuckets(
    metric: MetricDefinition,
    until: Instant,
    arrivals: Arrivals,
    touched: readonly { type: string; date: EventDate; start: Instant }[],
  ): Promise<Instant[]> {
    const { date, measure } = metric;
    const length = (this.#spans.get(date) ?? 0) * SECOND;
    const startsOf = (types: readonly string[]) =>
      touched.filter((it) => it.date === date && types.includes(it.type)).map((it) => it.start);
    const starts = new Set(bucketsOf(startsOf(eventTypes(metric)), length, metric, until));
    if (measure.kind === 'breach') {
      const due = await this.#parts.events.touchedDueHours(
        arrivals,
        measure.opened.event,
        measure.answered.event,
      );
      for (const start of bucketsOf(due, HOUR, metric, until)) starts.add(start);
    }
    if (measure.kind === 'ratio' && measure.window !== undefined)
      for (const touchedAt of startsOf(measure.denominator.event))
        for (const start of bucketsOver(touchedAt, length, measure.window, metric, until)) starts.add(start);
    return [...starts].sort((a, b) => a - b);
  }
}

/**
 * In what spans arrivals are told apart by each date that metrics use, in seconds: minutes where a bucket is shorter
 * than an hour, or each arrival would have all buckets of its hour made again.
 */
function spansOf(metrics: readonly MetricDefinition[]): Map<EventDate, number> {
  const spans = new Map<EventDate, number>();
  for (const { date, bucket } of metrics) {
    const span = nominalSeconds(bucket) * SECOND < HOUR ? MINUTE : HOUR;
    spans.set(date, Math.min(spans.get(date) ?? HOUR / SECOND, span / SECOND));
  }
  return spans;
}

/** The earliest of the inserts that were not there before, or have more to them now; null when all are as they were. */
function earliestNew(
  inserts: ReadonlyMap<Instant, string>,
  seen: ReadonlyMap<Instant, string>,
): Instant | null {
  const fresh = [...inserts].filter(([at, fingerprint]) => seen.get(at) !== fingerprint).map(([at]) => at);
  return fresh.length === 0 ? null : fresh.reduce((a, b) => Math.min(a, b));
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

/** Splits buckets into runs without gaps, each of which is made in one go. */
function runs(starts: readonly Instant[], metric: MetricDefinition): Instant[][] {
  const found: Instant[][] = [];
  for (const start of starts) {
    const run = found.at(-1);
    const last = run?.at(-1);
    const goesOn = last !== undefined && bucketEnd(last, metric) === start;
    if (run !== undefined && goesOn && run.length < MOST_MADE_AT_ONCE) run.push(start);
    else found.push([start]);
  }
  return found;
}
