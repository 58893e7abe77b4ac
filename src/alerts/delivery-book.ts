import type { Target } from '../model/alert.js';
import { type Instant, SECOND } from '../model/clock.js';
import type { BusyTargets, Delivery, DeliverySubject } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import { deliveryFrom } from './deliveries.js';
import { compareText, earlier } from './order.js';

/** Names what messages are about, whichever version of it. */
export type SubjectName = Pick<DeliverySubject, 'kind' | 'id'>;

/** The least time between two attempts at one target, in ms, by the target's scheme: a channel takes about one a second. */
const PACE: ReadonlyMap<string, number> = new Map([['slack', SECOND]]);

/** What waits for one target, and from when on it may be tried. */
interface Lane {
  pace: number;
  freeAt: Instant;
  /** When it last took a message. */
  reachedAt: Instant;
  pending: Map<string, Delivery>;
}

/** The deliveries as they are, folded from the journal like the alerts. */
export class DeliveryBook {
  readonly #deliveries = new Map<string, Delivery>();
  readonly #lanes = new Map<Target, Lane>();
  readonly #waiting = new Map<string, Map<string, Delivery>>();
  readonly #roots = new Map<string, Delivery>();

  apply(entry: JournalEntry): void {
    if (entry.stream !== 'delivery') return;
    const delivery = deliveryFrom(entry.body as unknown as Delivery);
    const { deliveryId, target } = delivery;
    const known = this.#deliveries.get(deliveryId);
    if (known !== undefined && known.version >= delivery.version) return;
    this.#deliveries.set(deliveryId, delivery);
    const lane = this.#lane(target);
    const about = aboutKey(delivery.subject, target);
    const waiting = this.#waiting.get(about) ?? new Map<string, Delivery>();
    if (delivery.state === 'pending') {
      lane.pending.set(deliveryId, delivery);
      this.#waiting.set(about, waiting.set(deliveryId, delivery));
    } else {
      lane.pending.delete(deliveryId);
      waiting.delete(deliveryId);
      if (waiting.size === 0) this.#waiting.delete(about);
    }
    const { attemptedAt = Number.NEGATIVE_INFINITY, busyUntil = 0 } = delivery;
    lane.freeAt = Math.max(lane.freeAt, attemptedAt + lane.pace, busyUntil);
    lane.reachedAt = Math.max(lane.reachedAt, delivery.sentAt ?? lane.reachedAt);
    if (delivery.messageRef === '') return;
    const root = this.#roots.get(about);
    // Every message names the root that it hangs on; the newest knows of one that somebody deleted and that was made anew.
    if (root === undefined || isSentBefore(root, delivery)) this.#roots.set(about, delivery);
  }

  delivery(deliveryId: string): Delivery | undefined {
    return this.#deliveries.get(deliveryId);
  }

  /** Messages about the same thing that wait for the same target. */
  waitingAbout(subject: SubjectName, target: Target): Delivery[] {
    return [...(this.#waiting.get(aboutKey(subject, target))?.values() ?? [])];
  }

  /** The newest message about a subject that reached a target and can be referred to. */
  root(subject: SubjectName, target: Target): Delivery | undefined {
    return this.#roots.get(aboutKey(subject, target));
  }

  /** Every delivery that waits, whenever it may be tried. */
  pending(): Delivery[] {
    return [...this.#lanes.values()].flatMap(({ pending }) => [...pending.values()]).sort(inOrder);
  }

  /** What may be tried at `now`, oldest first: of a target that is paced one, and nothing of one that is busy. */
  due(now: Instant): Delivery[] {
    const due: Delivery[] = [];
    for (const lane of this.#lanes.values()) {
      if (lane.freeAt > now) continue;
      let first: Delivery | null = null;
      for (const delivery of lane.pending.values()) {
        if (dueIn(lane, delivery) > now) continue;
        if (lane.pace === 0) due.push(delivery);
        else if (first === null || inOrder(delivery, first) < 0) first = delivery;
      }
      if (first !== null) due.push(first);
    }
    return due.sort(inOrder);
  }

  /** The next moment at which something may be tried at a target that is not busy; null when nothing waits. */
  nextDue(busy: BusyTargets): Instant | null {
    let next: Instant | null = null;
    for (const [target, lane] of this.#lanes) {
      if (busy.has(target)) continue;
      let first: Instant | null = null;
      for (const delivery of lane.pending.values()) first = earlier(first, dueIn(lane, delivery));
      if (first !== null) next = earlier(next, Math.max(first, lane.freeAt));
    }
    return next;
  }

  #lane(target: Target): Lane {
    const known = this.#lanes.get(target);
    if (known !== undefined) return known;
    const pace = PACE.get(target.split(':', 1)[0] ?? '') ?? 0;
    const never = Number.NEGATIVE_INFINITY;
    const lane: Lane = { pace, freeAt: never, reachedAt: never, pending: new Map() };
    this.#lanes.set(target, lane);
    return lane;
  }
}

/** A target that has taken another message since this one failed need not be waited for any longer. */
function dueIn({ reachedAt }: Lane, { attemptedAt, dueAt }: Delivery): Instant {
  return attemptedAt !== undefined && attemptedAt < reachedAt ? Math.min(dueAt, reachedAt) : dueAt;
}

function aboutKey({ kind, id }: SubjectName, target: Target): string {
  return `${kind}\n${id}\n${target}`;
}

function inOrder(a: Delivery, b: Delivery): number {
  return a.dueAt - b.dueAt || compareText(a.deliveryId, b.deliveryId);
}

function isSentBefore(a: Delivery, b: Delivery): boolean {
  return ((a.sentAt ?? 0) - (b.sentAt ?? 0) || compareText(a.deliveryId, b.deliveryId)) < 0;
}
