import { HOUR, type Instant, MINUTE, SECOND } from '../model/clock.js';
import type { EventDate } from '../model/event.js';
import { type MetricDefinition, nominalSeconds, type TrailingWindow } from '../model/metric.js';
import type { Arrivals, EventLog } from '../store/event-log.js';
import type { PointTable } from '../store/point-table.js';
import { bucketEnd, bucketStart, bucketStarts } from './buckets.js';
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
  stored: Pick<PointTable, 'madeSince'>;
  metrics: readonly MetricDefinition[];
  /** How long the store keeps events, ms; absent for ever. A bucket that it has begun to forget is left as it is. */
  eventsKept?: number | undefined;
  /** How far an earlier run had looked, on the store's clock. */
  lookedUntil: Instant;
  /** What an earlier run had begun to make again, and had not finished with. */
  unfinished: Unfinished;
  /** Writes that down, before any point is changed. */
  begin(unfinished: Unfinished): Promise<void>;
}

/** The metrics, by their ids, whose points are being made again, with the first of the buckets. */
export type Unfinished = ReadonlyMap<string, Instant>;

/** Points of closed buckets that are not what they were: the earliest bucket of each slice. */
export interface Restated {
  metric: MetricDefinition;
  since: ReadonlyMap<string, Instant>;
}

/**
 * Makes the points of closed buckets again when events arrive late, or corrections leave or enter them.
 *
 * Whoever calls it judges again what it answers, and calls {@link finished} when that is done. A process may end at any
 * moment before; the next one then makes all buckets again from where this one had begun, and answers every point that
 * was made since, because any of them may never have been judged.
 */
export class LateEvents {
  readonly #parts: LateEventsParts;
  readonly #spans: ReadonlyMap<EventDate, number>;
  #lookedUntil: Instant;
  #unfinished: Unfinished;
  /** The last moments' inserts as they were when last looked at; null until then. */
  #seen: ReadonlyMap<Instant, string> | null = null;

  constructor(parts: LateEventsParts) {
    this.#parts = parts;
    this.#spans = spansOf(parts.metrics);
    this.#lookedUntil = parts.lookedUntil;
    this.#unfinished = parts.unfinished;
  }

  /** How far it has looked, on the store's clock: what `lookedUntil` is next time. */
  get lookedUntil(): Instant {
    return this.#lookedUntil;
  }

  /** All that was answered has been judged. */
  finished(): void {
    this.#unfinished = new Map();
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
    const keptSince = now - (this.#parts.eventsKept ?? Number.POSITIVE_INFINITY);
    const restated = from === null ? [] : await this.#takeIn(from, keptSince, closedUntil);
    this.#seen = inserts;
    this.#lookedUntil = now;
    return restated;
  }

  async #takeIn(
    since: Instant,
    keptSince: Instant,
    closedUntil: ReadonlyMap<string, Instant>,
  ): Promise<Restated[]> {
    const { events, points, stored, metrics } = this.#parts;
    const arrivals = { since, moved: await events.haveMoved(since) };
    if (arrivals.moved) await events.settleMovedEvents(since);
    const closed = metrics.filter(({ id }) => closedUntil.has(id));
    if (closed.length === 0) return [];
    const touched = await events.touchedSpans(arrivals, this.#spans);
    const due: { metric: MetricDefinition; starts: readonly Instant[]; until: Instant }[] = [];
    for (const metric of closed) {
      const until = closedUntil.get(metric.id) ?? 0;
      const from = this.#unfinished.get(metric.id);
      const begun = from === undefined ? [] : bucketStarts(bucketStart(from, metric), until, metric);
      const starts = new Set([...begun, ...(await this.#touchedBuckets(metric, until, arrivals, touched))]);
      const kept = [...starts].filter((start) => countedFrom(start, metric) >= keptSince);
      if (kept.length > 0) due.push({ metric, starts: kept.sort((a, b) => a - b), until });
    }
    if (due.length === 0) return [];
    const unfinished = this.#unfinished;
    await this.#begin(due.map(({ metric, starts: [first = 0] }) => [metric.id, first]));
    const restated: Restated[] = [];
    for (const { metric, starts, until } of due) {
      const changed = new Map<string, Instant>();
      const add = (slice: string, start: Instant) =>
        changed.set(slice, Math.min(changed.get(slice) ?? start, start));
      for await (const { written, removed } of points.remake(metric, starts, until))
        for (const { slice, bucketStart: start } of [...written, ...removed]) add(slice, start);
      const from = unfinished.get(metric.id);
      if (from !== undefined)
        for (const [slice, start] of await stored.madeSince(metric.id, { from, to: until, madeAt: since }))
          add(slice, start);
      if (changed.size > 0) restated.push({ metric, since: changed });
    }
    return restated;
  }

  async #begin(due: readonly (readonly [metric: string, first: Instant])[]): Promise<void> {
    this.#unfinished = new Map([...this.#unfinished, ...due]);
    await this.#parts.begin(this.#unfinished);
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

/** From when on a bucket's point is counted. */
function countedFrom(start: Instant, metric: MetricDefinition): Instant {
  const { measure } = metric;
  if (measure.kind !== 'ratio' || measure.window === undefined) return start;
  return Math.min(start, windowOf(bucketEnd(start, metric), measure.window, metric).from);
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
