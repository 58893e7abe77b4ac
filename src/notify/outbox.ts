import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, SendOutcome } from '../model/delivery.js';
import { RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import type { Notification } from './contract.js';
import type { Router } from './index.js';
import type { Uncertain } from './uncertain.js';

export interface OutboxParts {
  router: Router;
  pending(now: Instant): readonly Delivery[];
  /** What the message is built from, as things stand now. */
  notificationOf(delivery: Delivery): Notification;
  /** Takes in what became of an attempt, and answers the entries that say so. */
  recordAttempt(deliveryId: string, outcome: SendOutcome, now: Instant): readonly JournalEntry[];
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** What an earlier run may have sent without having recorded it. */
  uncertain: Uncertain;
}

/** Sends what is due: in order for each target, and no target waits for another. */
export class Outbox {
  readonly #parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Tries every delivery that is due once. Throws only when an attempt cannot be recorded. */
  async send(now: Instant): Promise<void> {
    const byTarget = new Map<Target, Delivery[]>();
    for (const delivery of this.#parts.pending(now))
      byTarget.set(delivery.target, [...(byTarget.get(delivery.target) ?? []), delivery]);
    await Promise.all([...byTarget.values()].map((deliveries) => this.#sendInOrder(deliveries, now)));
  }

  async #sendInOrder(deliveries: readonly Delivery[], now: Instant): Promise<void> {
    for (const delivery of deliveries) {
      const outcome = await this.#attempt(delivery);
      this.#parts.uncertain.attempted(delivery, outcome);
      await this.#parts.append(this.#parts.recordAttempt(delivery.deliveryId, outcome, now));
    }
  }

  /** One that may have arrived already is looked for before it is sent again; a target that cannot say is asked later. */
  async #attempt(delivery: Delivery): Promise<SendOutcome> {
    const { router, uncertain } = this.#parts;
    const maybePosted = uncertain.mayBeThere(delivery);
    const notification = { ...this.#parts.notificationOf(delivery), maybePosted };
    if (maybePosted) {
      try {
        const found = await router.find(delivery.target, notification);
        if (found !== null) return { outcome: 'sent', messageRef: found };
      } catch (error) {
        if (!(error instanceof RedressError) || !error.retryable) throw error;
        return { outcome: 'retry', reason: error.code, retryAfter: null };
      }
    }
    return router.send(delivery.target, notification);
  }
}
