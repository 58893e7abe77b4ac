import type { Instant } from '../model/clock.js';

/** What is known of a source at a moment. */
export interface SourceState {
  /** Greatest `occurred_at` accepted so far; null before the first event. */
  frontier: Instant | null;
  lastArrivalAt: Instant | null;
  /** Inputs known to wait unread. */
  lag: number;
}

export interface WatermarkRule {
  /** Quiet for so long and read to its end, a source is complete up to now, in ms. */
  idleAfter: number;
  /** Quiet for so long, it is not believed any more, in ms. */
  staleAfter: number;
  /** Quiet for so long with nothing left to read, it has left and holds nobody any more, in ms. */
  forgetAfter: number;
}

/**
 * The event time up to which a source is believed complete. It follows what has been ingested; the wall clock
 * alone moves it only once the source has been quiet for a while with nothing left to read, and no longer
 * when it has been quiet for too long, because then silence is more likely a fault than a fact.
 *
 * Null before the first event and when it has been quiet for so long that it must have left: a source that
 * does not speak holds nobody.
 */
export function watermark(source: SourceState, now: Instant, rule: WatermarkRule): Instant | null {
  if (source.frontier === null || source.lastArrivalAt === null) return null;
  // A clock that is ahead at the sender's must not close buckets that are still being filled.
  const frontier = Math.min(source.frontier, now);
  if (source.lag > 0) return frontier;
  const quiet = now - source.lastArrivalAt;
  if (quiet >= rule.forgetAfter) return null;
  if (quiet < rule.idleAfter) return frontier;
  const believedUntil = Math.min(now, source.lastArrivalAt + rule.staleAfter);
  return Math.max(frontier, believedUntil - rule.idleAfter);
}

/** True when a source that has spoken before has been quiet for too long. */
export function isStale(source: SourceState, now: Instant, rule: WatermarkRule): boolean {
  return source.lastArrivalAt !== null && now - source.lastArrivalAt >= rule.staleAfter;
}

/** The watermark of several sources: the least of them, null when none speaks. */
export function combinedWatermark(watermarks: readonly (Instant | null)[]): Instant | null {
  const known = watermarks.filter((mark) => mark !== null);
  return known.length === 0 ? null : Math.min(...known);
}
