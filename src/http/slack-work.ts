import type { Logger } from 'pino';
import { messageOf } from '../model/errors.js';

/** Slack shows the person a warning after 3 s without an answer; what takes longer goes on behind it. */
const ANSWER_WITHIN = 2_000;
export const LATE = Symbol('late');

/** What is being done for people: waited for as long as Slack waits, and until its end before the program stops. */
export class SlackWork {
  readonly #running = new Set<Promise<unknown>>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Waits for the work, but not longer than Slack does; what is late goes on. */
  async inTime<Value>(work: Promise<Value>): Promise<Value | typeof LATE> {
    this.goOn(work);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      timer = setTimeout(() => resolve(LATE), ANSWER_WITHIN);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets the work go on behind the answer; what it fails with is logged. */
  goOn(work: Promise<unknown>): void {
    const running = work
      .catch((error: unknown) => {
        this.#log.warn({ reason: messageOf(error) }, 'a person could not be answered');
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is being dealt with any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
