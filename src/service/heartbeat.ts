import type { Clock, Instant } from '../model/clock.js';
import { messageOf } from '../model/errors.js';

/** How long the other side may take to answer, ms. */
const TIMEOUT = 5_000;

export interface HeartbeatSettings {
  /** What is called; whoever listens there raises the alarm when the calls stop. */
  url: string;
  /** Time between calls, ms. */
  every: number;
}

export type Beat = 'sent' | 'failed' | 'held_back' | 'not_due';

/**
 * A dead man's switch: calls an address again and again for as long as the pipeline is sound, so that the silence
 * of a service which can no longer alert is itself noticed, by somebody else.
 */
export class Heartbeat {
  readonly #settings: HeartbeatSettings;
  readonly #clock: Clock;
  #last: Instant = Number.NEGATIVE_INFINITY;
  /** What went wrong with the last call; empty when nothing did. */
  failure = '';

  constructor(settings: HeartbeatSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Calls if it is time and everything is sound. Never throws: a sign of life must not end what it speaks for. */
  async beat(checks: () => Promise<readonly { ok: boolean }[]>): Promise<Beat> {
    const now = this.#clock.now();
    if (now - this.#last < this.#settings.every) return 'not_due';
    this.#last = now;
    if (!(await checks()).every(({ ok }) => ok)) return 'held_back';
    try {
      const { ok, status } = await fetch(this.#settings.url, {
        method: 'POST',
        signal: AbortSignal.timeout(TIMEOUT),
      });
      this.failure = ok ? '' : `it answered ${status}`;
    } catch (error) {
      this.failure = messageOf(error);
    }
    return this.failure === '' ? 'sent' : 'failed';
  }
}
