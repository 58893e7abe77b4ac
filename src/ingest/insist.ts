import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../model/clock.js';

/** Waits between tries, in ms: double each time, up to a bound. */
export function backoff(failures: number): number {
  return Math.min(250 * 2 ** (failures - 1), 15 * SECOND);
}

export interface InsistOptions {
  /** False gives up: the error is thrown on. */
  again: (error: unknown, failures: number) => boolean;
  /** Called every `beatEvery` ms of waiting; an error that it throws ends the waiting. */
  beat?: () => Promise<void>;
  beatEvery?: number;
}

/** Does a thing until it succeeds or `again` says no, with growing waits between the tries. */
export async function insist<T>(act: () => Promise<T>, options: InsistOptions): Promise<T> {
  const beatEvery = options.beatEvery ?? SECOND;
  for (let failures = 1; ; failures++) {
    try {
      return await act();
    } catch (error) {
      if (!options.again(error, failures)) throw error;
      for (let left = backoff(failures); left > 0; left -= beatEvery) {
        await sleep(Math.min(left, beatEvery));
        if (!options.again(error, failures)) throw error;
        await options.beat?.();
      }
    }
  }
}
