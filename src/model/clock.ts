/** Epoch milliseconds, UTC. */
export type Instant = number;

/** Where the time comes from. No stage reads the time in any other way, so that a replay is a run. */
export interface Clock {
  now(): Instant;
}

export const wallClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is told to jump: replays, demos and tests run on it. */
export class SimulatedClock implements Clock {
  #now: Instant;

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  /** Jumps forward; a time in the past leaves the clock where it is, because time never runs backwards. */
  advanceTo(instant: Instant): void {
    this.#now = Math.max(this.#now, instant);
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
