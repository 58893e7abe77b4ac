import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, DeliverySubject } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import { deliveryFrom } from './deliveries.js';
import type { SeriesName } from './fingerprint.js';
import { type AlertRecord, isOpen, recordOf } from './record.js';

/**
 * What is current, folded from the journal: the same entries give the same book, live or after a restart.
 * Entries of other streams are passed over, and an entry that is older than what is known changes nothing, so
 * it may be given the whole journal or only each id's newest entry.
 */
export class AlertBook {
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #latest = new Map<string, AlertRecord>();
  readonly #open = new Map<string, AlertRecord>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #pending = new Map<string, Delivery>();
  readonly #roots = new Map<string, Delivery>();

  apply(entry: JournalEntry): void {
    if (entry.stream === 'alert') this.#applyAlert(recordOf(entry.body));
    if (entry.stream === 'delivery') this.#applyDelivery(deliveryFrom(entry.body as unknown as Delivery));
  }

  alert(alertId: string): AlertRecord | undefined {
    return this.#alerts.get(alertId);
  }

  alerts(): readonly AlertRecord[] {
    return [...this.#alerts.values()];
  }

  /** The newest episode of a series, over or not. */
  latest(series: SeriesName): AlertRecord | null {
    return this.#latest.get(seriesKey(series)) ?? null;
  }

  /** Firing and acknowledged alerts, in no order. */
  open(): Iterable<AlertRecord> {
    return this.#open.values();
  }

  delivery(deliveryId: string): Delivery | undefined {
    return this.#deliveries.get(deliveryId);
  }

  /** Deliveries that wait for an attempt, in no order. */
  pending(): Iterable<Delivery> {
    return this.#pending.values();
  }

  /** The newest message about a subject that reached a target and can be referred to. */
  root(subject: SubjectName, target: Target): Delivery | undefined {
    return this.#roots.get(rootKey(subject, target));
  }

  /** The next moment at which an escalation or a delivery is due; null when nothing waits. */
  nextDue(): Instant | null {
    let next: Instant | null = null;
    for (const { escalation } of this.#open.values()) next = earlier(next, escalation.nextAt);
    for (const { dueAt } of this.#pending.values()) next = earlier(next, dueAt);
    return next;
  }

  #applyAlert(alert: AlertRecord): void {
    const known = this.#alerts.get(alert.alertId);
    if (known !== undefined && known.version >= alert.version) return;
    this.#alerts.set(alert.alertId, alert);
    if (isOpen(alert)) this.#open.set(alert.alertId, alert);
    else this.#open.delete(alert.alertId);
    const key = seriesKey(alert);
    const latest = this.#latest.get(key);
    if (latest === undefined || latest.startedAt <= alert.startedAt) this.#latest.set(key, alert);
  }

  #applyDelivery(delivery: Delivery): void {
    const known = this.#deliveries.get(delivery.deliveryId);
    if (known !== undefined && known.version >= delivery.version) return;
    this.#deliveries.set(delivery.deliveryId, delivery);
    if (delivery.state === 'pending') this.#pending.set(delivery.deliveryId, delivery);
    else this.#pending.delete(delivery.deliveryId);
    if (delivery.messageRef === '') return;
    const key = rootKey(delivery.subject, delivery.target);
    const root = this.#roots.get(key);
    // Every message names the root that it hangs on; the newest knows of one that somebody deleted and that was made anew.
    if (root === undefined || isSentBefore(root, delivery)) this.#roots.set(key, delivery);
  }
}

function seriesKey({ metric, slice, direction }: SeriesName): string {
  return `${metric}\n${slice}\n${direction}`;
}

/** Names what messages are about, whichever version of it. */
export type SubjectName = Pick<DeliverySubject, 'kind' | 'id'>;

function rootKey({ kind, id }: SubjectName, target: Target): string {
  return `${kind}\n${id}\n${target}`;
}

function isSentBefore(a: Delivery, b: Delivery): boolean {
  return ((a.sentAt ?? 0) - (b.sentAt ?? 0) || compareText(a.deliveryId, b.deliveryId)) < 0;
}

/** The earlier of two moments, where null is never. */
export function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

/** Order by code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
