import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { BusyTargets, Delivery, SendOutcome } from '../model/delivery.js';
import { RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { supersedes } from './deliveries.js';
import { afterAttempt } from './delivery-attempt.js';
import { DeliveryBook, type SubjectName } from './delivery-book.js';

/** Keeps the messages that are to be sent: asks for them, and takes in what became of each attempt. */
export class DeliveryDesk {
  readonly #book = new DeliveryBook();

  apply(entry: JournalEntry): void {
    this.#book.apply(entry);
  }

  /** Asks for a message; older ones about the same thing that still wait for the same target are superseded. */
  ask(delivery: Delivery, now: Instant, journal: JournalEntry[]): void {
    if (this.#book.delivery(delivery.deliveryId) !== undefined) return;
    for (const older of this.#book.waitingAbout(delivery.subject, delivery.target))
      if (supersedes(delivery, older)) this.#supersede(older, now, journal);
    this.#write(delivery, delivery.reason, now, journal);
  }

  /** What waits to be told about something is told with something else. */
  withdraw(subject: SubjectName, targets: readonly Target[], now: Instant, journal: JournalEntry[]): void {
    for (const target of targets)
      for (const waiting of this.#book.waitingAbout(subject, target))
        if (waiting.reason !== 'joined_incident') this.#supersede(waiting, now, journal);
  }

  /**
   * Takes in what became of an attempt. Answers the delivery when that has settled it, otherwise null. Throws `bug` for
   * an id that was never given out.
   */
  recordAttempt(
    deliveryId: string,
    outcome: SendOutcome,
    now: Instant,
    journal: JournalEntry[],
  ): Delivery | null {
    const before = this.#book.delivery(deliveryId);
    if (before === undefined) throw new RedressError('bug', `there is no delivery '${deliveryId}'`);
    const after = afterAttempt(before, outcome, now);
    if (after === null) return null;
    this.#write(after, after.state === 'pending' ? 'retry' : after.state, now, journal);
    return after.state === 'pending' ? null : after;
  }

  delivery(deliveryId: string): Delivery | undefined {
    return this.#book.delivery(deliveryId);
  }

  due(now: Instant): readonly Delivery[] {
    return this.#book.due(now);
  }

  pending(): readonly Delivery[] {
    return this.#book.pending();
  }

  nextDue(busy: BusyTargets): Instant | null {
    return this.#book.nextDue(busy);
  }

  /** Where the target's first message about something is; empty when none has arrived. */
  rootRef(subject: SubjectName, target: Target): string {
    return this.#book.root(subject, target)?.messageRef ?? '';
  }

  #supersede(delivery: Delivery, now: Instant, journal: JournalEntry[]): void {
    const superseded: Delivery = { ...delivery, state: 'superseded', version: delivery.version + 1 };
    this.#write(superseded, 'superseded', now, journal);
  }

  #write(delivery: Delivery, reason: string, now: Instant, journal: JournalEntry[]): void {
    const entry: JournalEntry = {
      stream: 'delivery',
      id: delivery.deliveryId,
      version: delivery.version,
      at: now,
      actor: 'system',
      reason,
      body: delivery as unknown as Json,
    };
    this.#book.apply(entry);
    journal.push(entry);
  }
}
