import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { BusyTargets, Delivery, DeliveryRule, SendOutcome } from '../model/delivery.js';
import { RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { supersedes } from './deliveries.js';
import { afterAttempt, DELIVERY_RULE, isLate } from './delivery-attempt.js';
import { DeliveryBook, type SubjectName } from './delivery-book.js';

/** Keeps the messages that are to be sent: asks for them, and takes in what became of each attempt. */
export class DeliveryDesk {
  readonly #book = new DeliveryBook();
  readonly #rule: DeliveryRule;

  constructor(rule: DeliveryRule = DELIVERY_RULE) {
    this.#rule = rule;
  }

  apply(entry: JournalEntry): void {
    this.#book.apply(entry);
  }

  /**
   * Asks for a message; older ones about the same thing that still wait for the same target are superseded. Since when
   * the target has not taken them is not forgotten until others were to be told of it; then it counts anew, because
   * they may not have been: nobody is told of what is over or silenced.
   */
  ask(delivery: Delivery, now: Instant, journal: JournalEntry[]): void {
    if (this.#book.delivery(delivery.deliveryId) !== undefined) return;
    const waiting = this.#book.waitingAbout(delivery.subject, delivery.target);
    const older = waiting.filter((it) => supersedes(delivery, it));
    for (const it of older) this.#supersede(it, now, journal);
    const failing = older
      .filter((it) => !isLate(it, this.#rule))
      .flatMap(({ failingSince = [] }) => failingSince);
    const asked = failing.length === 0 ? delivery : { ...delivery, failingSince: Math.min(...failing) };
    this.#write(asked, delivery.reason, now, journal);
  }

  /** What waits to be told about something is told with something else. */
  withdraw(subject: SubjectName, targets: readonly Target[], now: Instant, journal: JournalEntry[]): void {
    for (const target of targets)
      for (const waiting of this.#book.waitingAbout(subject, target))
        if (waiting.reason !== 'joined_incident') this.#supersede(waiting, now, journal);
  }

  /**
   * Takes in what became of an attempt. Answers the delivery when that has settled it, or has made it clear that it
   * will be late; otherwise null. Throws `bug` for an id that was never given out.
   */
  recordAttempt(
    deliveryId: string,
    outcome: SendOutcome,
    now: Instant,
    journal: JournalEntry[],
  ): Delivery | null {
    const before = this.#book.delivery(deliveryId);
    if (before === undefined) throw new RedressError('bug', `there is no delivery '${deliveryId}'`);
    const after = afterAttempt(before, outcome, this.#rule, now);
    if (after === null) return null;
    this.#write(after, after.state === 'pending' ? 'retry' : after.state, now, journal);
    if (after.state !== 'pending') return after;
    return isLate(after, this.#rule) && !isLate(before, this.#rule) ? after : null;
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

  isWaiting(subject: SubjectName, target: Target): boolean {
    return this.#book.waitingAbout(subject, target).length > 0;
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
