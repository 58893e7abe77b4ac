import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../model/clock.js';
import { RedressError } from '../model/errors.js';

/** Waits between tries, in ms: double each time, up to a bound. */
function backoff(failures: number): number {
  return Math.min(250 * 2 ** (failures - 1), 15 * SECOND);
}

const FINITE_TRIES = 6;

/** For what somebody waits for: a failure that may pass is tried again for some seconds. */
export function isWorthAnotherTry(error: unknown, failures: number): boolean {
  return error instanceof RedressError && error.retryable && failures < FINITE_TRIES;
}

export interface InsistOptions {
  /** Asked after each failure and every second of waiting; false gives up, and the error is thrown on. */
  again: (error: unknown, failures: number) => boolean;
  /** Told of each failure that is followed by another try. */
  onRetry?: (error: unknown) => void;
}

/** Does a thing until it succeeds or `again` says no, with growing waits between the tries. */
export async function insist<T>(act: () => Promise<T>, { again, onRetry }: InsistOptions): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await act();
    } catch (error) {
      if (!again(error, failures)) throw error;
      onRetry?.(error);
      for (let left = backoff(failures); left > 0; left -= SECOND) {
        await sleep(Math.min(left, SECOND));
        if (!again(error, failures)) throw error;
      }
    }
  }
}
