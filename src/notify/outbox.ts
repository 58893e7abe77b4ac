import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, SendOutcome } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { Notification } from './contract.js';
import type { Router } from './index.js';
import type { Uncertain } from './uncertain.js';

/** What is being sent to each target; it outlives an outbox that is thrown away, so that the next one waits for it. */
export type Underway = Map<Target, Promise<void>>;

export interface OutboxParts {
  router: Router;
  /** What may be tried now, oldest first. */
  due(now: Instant): readonly Delivery[];
  /** A delivery as it is by now. */
  delivery(deliveryId: string): Delivery | undefined;
  /** What the message is built from, as things stand now. */
  notificationOf(delivery: Delivery): Notification;
  /** Takes in what became of an attempt, and answers the entries that say so. */
  recordAttempt(deliveryId: string, outcome: SendOutcome, now: Instant): readonly JournalEntry[];
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** What an earlier run may have sent without having recorded it. */
  uncertain: Uncertain;
  underway: Underway;
  /** How long the call that begins to send waits for slow targets, in ms; null for as long as they take, as in a replay. */
  patience: number | null;
}

type Finished = { deliveryId: string } & ({ outcome: SendOutcome } | { bug: unknown });

/**
 * Sends what is due: in order for each target, and no target waits for another. A target that takes longer than the
 * patience goes on behind it, and what became of it is recorded by a later call, so that everything is still decided
 * one thing at a time.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  #finished: Finished[] = [];

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Tries every delivery that is due once. Throws only when an attempt cannot be recorded. */
  async send(now: Instant): Promise<void> {
    const { due, underway, patience } = this.#parts;
    await this.#record(now);
    const byTarget = new Map<Target, Delivery[]>();
    for (const delivery of due(now))
      byTarget.set(delivery.target, [...(byTarget.get(delivery.target) ?? []), delivery]);
    const begun: Promise<void>[] = [];
    for (const [target, deliveries] of byTarget) {
      if (underway.has(target)) continue;
      const lane = this.#sendInOrder(deliveries).finally(() => underway.delete(target));
      underway.set(target, lane);
      begun.push(lane);
    }
    // Whoever was waited for by an earlier call is not waited for again: a look for work may send at many moments.
    if (patience === null) await Promise.all(underway.values());
    else if (begun.length > 0) await settledWithin(begun, patience);
    await this.#record(now);
  }

  /** True when a call would send or record something. */
  hasWork(now: Instant): boolean {
    return (
      this.#finished.length > 0 ||
      this.#parts.due(now).some(({ target }) => !this.#parts.underway.has(target))
    );
  }

  /** Waits for every attempt that was begun, and records it. */
  async settle(now: Instant): Promise<void> {
    await Promise.all(this.#parts.underway.values());
    await this.#record(now);
  }

  async #sendInOrder(deliveries: readonly Delivery[]): Promise<void> {
    for (const { deliveryId } of deliveries) {
      const delivery = this.#parts.delivery(deliveryId);
      // A newer message may have taken its place while the target was slow.
      if (delivery?.state !== 'pending') continue;
      try {
        const outcome = await this.#attempt(delivery);
        this.#parts.uncertain.attempted(delivery, outcome);
        this.#finished.push({ deliveryId, outcome });
      } catch (bug) {
        this.#finished.push({ deliveryId, bug });
      }
    }
  }

  async #record(now: Instant): Promise<void> {
    const finished = this.#finished;
    this.#finished = [];
    for (const one of finished) {
      if ('bug' in one) throw one.bug;
      await this.#parts.append(this.#parts.recordAttempt(one.deliveryId, one.outcome, now));
    }
  }

  /** One that may have arrived already is looked for before it is sent again; a target that cannot say is asked later. */
  async #attempt(delivery: Delivery): Promise<SendOutcome> {
    const { router, uncertain } = this.#parts;
    const notification = this.#parts.notificationOf(delivery);
    const found = uncertain.mayBeThere(delivery) ? await router.find(delivery.target, notification) : null;
    if (found === null) return router.send(delivery.target, notification);
    if (found.outcome === 'retry') return found;
    const { arrived, rootRef } = found;
    if (arrived) return { outcome: 'sent', messageRef: rootRef };
    return router.send(delivery.target, { ...notification, rootRef });
  }
}

/** Resolves when all are, or after so many ms. */
async function settledWithin(lanes: readonly Promise<void>[], patience: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([Promise.all(lanes), enough]);
  clearTimeout(timer);
}
