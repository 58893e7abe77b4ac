import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDefinition, Severity } from '../model/metric.js';
import { parseSlice } from '../model/slice.js';
import { anomalousInput } from './anomalous-input.js';
import type { AuditMismatch } from './audit.js';
import type { Episodes } from './episodes.js';
import {
  type DetectorHealth,
  FAILURE_NOTED_EVERY,
  FAILURE_OVER_AFTER,
  failingDetector,
  failingTarget,
  HEALTH_RULE,
  HEALTH_SEVERITY,
  healthPoint,
  idleSilence,
  quietSource,
  severityOfFailure,
  silenceOf,
  targetOf,
  wrongDeliveries,
} from './health.js';
import type { AlertInput, Subject } from './input.js';
import type { Labelled } from './labels.js';
import { type AlertRecord, isOpen } from './record.js';
import { avoiding, PLAIN_ROUTE } from './routing.js';

/** Alerts about the data and the messages themselves, rather than about a metric. */
export class HealthDesk {
  readonly #episodes: Episodes;

  constructor(episodes: Episodes) {
    this.#episodes = episodes;
  }

  /** Takes in how a source is: one alert for each that is quiet, over when its data comes back. */
  source(source: string, stale: boolean, lastArrivalAt: Instant | null, now: Instant): JournalEntry[] {
    const routing = (alert: Labelled) => this.#episodes.routingOf(alert);
    return this.#episodes.turn(now, (journal) =>
      this.#health(quietSource(source, lastArrivalAt, routing), stale, now, journal),
    );
  }

  /** Takes in how a metric's detectors fare: one alert for each that fails on any series, over when it has failed on none for a day. */
  detectors(health: readonly DetectorHealth[], now: Instant): JournalEntry[] {
    return this.#episodes.turn(now, (journal) => {
      for (const each of health) {
        const subject = failingDetector(each, (alert) => this.#episodes.routingOf(alert));
        const before = this.#episodes.book.latest(subject);
        const quietFor = before !== null && isOpen(before) ? now - before.last.bucketStart : null;
        const fails = each.failed > 0;
        const isNews = fails
          ? quietFor === null || quietFor >= FAILURE_NOTED_EVERY
          : quietFor !== null && quietFor >= FAILURE_OVER_AFTER;
        if (isNews) this.#turn(before, subject, fails, now, journal, severityOfFailure(each));
      }
    });
  }

  /** Nobody waits for a detector that was taken away, by itself or with its metric: the alert about it is over. */
  configured(metrics: readonly MetricDefinition[], now: Instant): JournalEntry[] {
    const detectorsOf = new Map(metrics.map(({ id, detect }) => [id, detect.map(({ use }) => use)]));
    return this.#episodes.turn(now, (journal) => {
      for (const { slice } of [...this.#episodes.book.openHealth()]) {
        const { judges: metric, detector = '' } = parseSlice(slice);
        if (metric === undefined || detectorsOf.get(metric)?.includes(detector)) continue;
        const gone = { metric, detector, asked: 0, failed: 0, unwatched: 0 };
        const subject = failingDetector(gone, (alert) => this.#episodes.routingOf(alert));
        this.#health(subject, false, now, journal);
      }
    });
  }

  /** Takes in what an audit of the deliveries has found: one alert, over when everything adds up again. */
  audited(found: readonly AuditMismatch[], now: Instant): JournalEntry[] {
    const routing = (alert: Labelled) => this.#episodes.routingOf(alert);
    const [first] = found;
    const example = first === undefined ? '' : `${first.deliveryId} (${first.kind.replaceAll('_', ' ')})`;
    const subject = wrongDeliveries(found.length, example, routing);
    return this.#episodes.turn(now, (journal) => this.#health(subject, found.length > 0, now, journal));
  }

  /** A silence that mutes nothing has an alert, until it mutes something or is over. */
  idleSilences(now: Instant, journal: JournalEntry[]): void {
    const routing = (alert: Labelled) => this.#episodes.routingOf(alert);
    const idle = this.#episodes.silences.idle();
    for (const silence of idle) this.#health(idleSilence(silence, routing), true, now, journal, 'info');
    const stillIdle = new Set(idle.map(({ silenceId }) => silenceId));
    for (const alert of [...this.#episodes.book.openHealth()]) {
      const about = this.#episodes.silences.silence(silenceOf(alert));
      if (about !== undefined && !stillIdle.has(about.silenceId))
        this.#health(idleSilence(about, routing), false, now, journal);
    }
  }

  /** A target that cannot be reached has an alert, which goes to others and ends with the next message that arrives. */
  target({ target, state, failure }: Delivery, now: Instant, journal: JournalEntry[]): ReadonlySet<Target> {
    const failing = this.#failingTargets().add(target);
    const subject = failingTarget(target, failure, (alert) => ({
      policy: avoiding(this.#episodes.routingOf(alert).policy, failing),
      route: PLAIN_ROUTE,
    }));
    this.#health(subject, state !== 'sent', now, journal);
    return failing;
  }

  #failingTargets(): Set<Target> {
    const targets = [...this.#episodes.book.openHealth()].map(targetOf);
    return new Set(targets.filter((target) => target !== null));
  }

  /** An open health alert hears nothing more of the same until it is over. */
  #health(
    subject: Subject,
    ailing: boolean,
    now: Instant,
    journal: JournalEntry[],
    severity: Severity = HEALTH_SEVERITY,
  ): void {
    const before = this.#episodes.book.latest(subject);
    const known = before !== null && isOpen(before);
    if (ailing !== known) this.#turn(before, subject, ailing, now, journal, severity);
  }

  #turn(
    before: AlertRecord | null,
    subject: Subject,
    ailing: boolean,
    now: Instant,
    journal: JournalEntry[],
    severity: Severity,
  ): void {
    const point = healthPoint(now);
    const seen = { severity, point, amount: 0, carriers: [] };
    const input: AlertInput = ailing
      ? anomalousInput(this.#episodes, before, subject, seen, HEALTH_RULE, now)
      : {
          kind: 'normal',
          rule: HEALTH_RULE,
          point,
          outlived: before !== null && this.#episodes.book.isOutlived(before),
        };
    this.#episodes.advance(before, input, 'system', now, journal);
  }
}
