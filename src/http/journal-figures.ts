import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Alert } from '../model/alert.js';
import type { Clock, Instant } from '../model/clock.js';
import type { Delivery } from '../model/delivery.js';
import type { FollowUp } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';

/** Seconds, from what a quick service needs to what an unreachable target takes. */
const LATENCIES = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1_800];

interface OpenAlert {
  state: Alert['state'];
  /** The end of the last bucket that spoke for it. */
  bucketEnd: Instant;
}

/** What the journal says of alerts, deliveries and follow-ups: how many there are, and how long things took. */
export class JournalFigures {
  /** Only what is not over, so that memory does not grow with history. */
  readonly #alerts = new Map<string, OpenAlert>();
  readonly #waiting = new Map<string, Instant>();
  readonly #followUps = new Map<string, { state: FollowUp['state']; dueAt: Instant }>();
  readonly #transitions: Counter<'reason'>;
  readonly #ended: Counter<'scheme' | 'state'>;
  readonly #latency: Histogram<'scheme'>;
  readonly #toFirstMessage: Histogram<'scheme'>;

  constructor(registry: Registry, clock: Clock) {
    const registers = [registry];
    const gauge = (name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void) =>
      new Gauge({
        name: `redress_${name}`,
        help,
        labelNames,
        registers,
        collect() {
          collect(this);
        },
      });
    this.#transitions = new Counter({
      name: 'redress_alert_transitions_total',
      help: 'What happened to alerts.',
      labelNames: ['reason'],
      registers,
    });
    this.#ended = new Counter({
      name: 'redress_deliveries_total',
      help: 'Deliveries that came to an end.',
      labelNames: ['scheme', 'state'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'redress_delivery_seconds',
      help: 'From when a message was asked for until it had arrived.',
      labelNames: ['scheme'],
      buckets: LATENCIES,
      registers,
    });
    this.#toFirstMessage = new Histogram({
      name: 'redress_bucket_to_message_seconds',
      help: 'From the end of the bucket that made an alert fire until the first message about it had arrived; the lateness that a metric allows is part of it.',
      labelNames: ['scheme'],
      buckets: [...LATENCIES, 3_600, 7_200],
      registers,
    });
    gauge('alerts', 'Alerts that are not over.', ['state'], (alerts) => {
      for (const state of ['pending', 'firing', 'acknowledged']) alerts.set({ state }, 0);
      for (const { state } of this.#alerts.values()) alerts.inc({ state });
    });
    gauge('deliveries_pending', 'Deliveries that wait to be sent.', [], (waiting) =>
      waiting.set(this.#waiting.size),
    );
    gauge('deliveries_oldest_seconds', 'How long the oldest delivery that waits has waited.', [], (oldest) =>
      oldest.set(this.#waiting.size === 0 ? 0 : (clock.now() - Math.min(...this.#waiting.values())) / 1_000),
    );
    gauge('follow_ups', 'Follow-ups that are not closed.', ['state'], (followUps) => {
      followUps.reset();
      for (const { state } of this.#followUps.values()) followUps.inc({ state });
    });
    gauge('follow_ups_overdue', 'Follow-ups that are not closed and past their due date.', [], (overdue) => {
      const late = [...this.#followUps.values()].filter(({ dueAt }) => dueAt < clock.now());
      overdue.set(late.length);
    });
  }

  /** Takes in what an earlier process wrote: it makes the state, but it did not happen now. */
  read(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) this.#fold(entry);
  }

  /** Takes in what has just been written. */
  written(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) {
      if (entry.stream === 'alert') this.#transitions.inc({ reason: entry.reason });
      if (entry.stream === 'delivery') this.#count(entry.body as unknown as Delivery);
      this.#fold(entry);
    }
  }

  #count({ state, target, reason, alertId, createdAt, sentAt }: Delivery): void {
    if (state === 'pending') return;
    const scheme = target.split(':', 1)[0] as string;
    this.#ended.inc({ scheme, state });
    if (state !== 'sent' || sentAt === null) return;
    this.#latency.observe({ scheme }, (sentAt - createdAt) / 1_000);
    const alert = this.#alerts.get(alertId);
    if (reason === 'first_notification' && alert !== undefined)
      this.#toFirstMessage.observe({ scheme }, Math.max(0, sentAt - alert.bucketEnd) / 1_000);
  }

  #fold({ stream, id, body }: JournalEntry): void {
    if (stream === 'alert') {
      const { state, last, bucketSeconds } = body as unknown as Alert & { bucketSeconds?: number };
      if (state === 'resolved') this.#alerts.delete(id);
      else
        this.#alerts.set(id, { state, bucketEnd: (last?.bucketStart ?? 0) + (bucketSeconds ?? 0) * 1_000 });
    } else if (stream === 'delivery') {
      const { state, createdAt } = body as unknown as Delivery;
      if (state === 'pending') this.#waiting.set(id, createdAt);
      else this.#waiting.delete(id);
    } else if (stream === 'follow_up') {
      const { state, dueAt, closedAt } = body as unknown as FollowUp;
      if (closedAt === null) this.#followUps.set(id, { state, dueAt });
      else this.#followUps.delete(id);
    }
  }
}
