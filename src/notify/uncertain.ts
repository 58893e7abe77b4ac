import type { Delivery, SendOutcome } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';

/**
 * The subjects of which a message may be at a target without anybody having recorded it, because the process died
 * or no answer came. It is kept by subject and not by delivery: the delivery that was cut off is often superseded
 * by a newer one, which must not post the subject's message a second time.
 */
export class Uncertain {
  readonly #keys = new Set<string>();

  /** Reads what earlier runs left open from the journal's entries, in any order. */
  constructor(journal: Iterable<JournalEntry> = []) {
    const newest = new Map<string, Delivery>();
    for (const { stream, id, version, body } of journal)
      if (stream === 'delivery' && (newest.get(id)?.version ?? 0) < version)
        newest.set(id, body as unknown as Delivery);
    for (const delivery of newest.values()) {
      const tried = delivery.attempts > 0 && delivery.messageRef === '';
      if (delivery.state === 'pending' || tried) this.#keys.add(keyOf(delivery));
    }
  }

  mayBeThere(delivery: Delivery): boolean {
    return this.#keys.has(keyOf(delivery));
  }

  /** What the target itself said is certain; that it said nothing is not. */
  attempted(delivery: Delivery, outcome: SendOutcome): void {
    if (outcome.outcome === 'retry') this.#keys.add(keyOf(delivery));
    else if (outcome.outcome === 'sent') this.#keys.delete(keyOf(delivery));
  }
}

function keyOf({ subject, target }: Delivery): string {
  return `${subject.kind}\n${subject.id}\n${target}`;
}
