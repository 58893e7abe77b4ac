import type { Carrier } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDefinition } from '../model/metric.js';
import { ownerOf } from '../model/owner.js';
import type { Point } from '../model/point.js';
import { countsAsRecovered } from '../model/recovery.js';
import type { Direction, Verdict } from '../model/verdict.js';
import { anomalousInput } from './anomalous-input.js';
import type { Episodes } from './episodes.js';
import { addToImpact, alertPointOf, NO_IMPACT, severityOf } from './impact.js';
import type { AlertInput, Subject } from './input.js';
import { episodeOf } from './on-point.js';
import type { AlertRecord } from './record.js';

/** One judged point: the combined verdict over it, and the child slices that carry its excess. */
export interface Observation {
  metric: MetricDefinition;
  point: Point;
  verdict: Verdict;
  carriers: readonly Carrier[];
  /** The slice within it for which alone it is out of band; empty or absent for none. */
  explainedBy?: string;
}

const DIRECTIONS: readonly Direction[] = ['up', 'down'];

/** Alerts about metrics: what their points bring about. */
export class MetricDesk {
  readonly #episodes: Episodes;

  constructor(episodes: Episodes) {
    this.#episodes = episodes;
  }

  /**
   * Takes in one judged point. The points of one moment are to come parents first (fewer dimensions before
   * more), so that a parent's alert is there to hold back its children's. A point that an episode has seen
   * already, such as a later revision of it, changes nothing.
   */
  observe(observation: Observation, now: Instant): JournalEntry[] {
    const { metric, point, verdict } = observation;
    const seen = alertPointOf(point, verdict);
    if (verdict.status === 'not_evaluable' || seen === null) return [];
    const side = verdict.direction ?? (point.value >= seen.expected ? 'up' : 'down');
    return this.#episodes.turn(now, (journal) => {
      for (const direction of DIRECTIONS) {
        const before = this.#episodes.book.latest({ metric: metric.id, slice: point.slice, direction });
        if (before !== null && point.bucketStart <= before.last.bucketStart) continue;
        const anomalous = verdict.status === 'anomalous' && side === direction;
        if (!anomalous && before === null) continue;
        const rule = { ...metric.alert, flapping: this.#episodes.settings.flapping };
        const input: AlertInput = anomalous
          ? this.#anomalous(before, observation, direction, now)
          : {
              kind: 'normal',
              rule,
              point: seen,
              outlived: this.#isOutlived(before),
              isNewNormal: verdict.reason === 'new_normal' && side === direction,
              recovers: countsAsRecovered(metric.alert, verdict, direction),
            };
        this.#episodes.advance(before, input, 'system', now, journal);
      }
    });
  }

  /** A person has the level taken as normal that an alert is about: it ends with that. */
  newNormal(alertId: string, actor: string, now: Instant): JournalEntry[] {
    const alert = this.#episodes.book.alert(alertId);
    if (alert === undefined) return [];
    const { last: point } = alert;
    const rule = { for: 1, recover: 1, mergeGap: 0 };
    const outlived = this.#isOutlived(alert);
    return this.#episodes.turn(now, (journal) =>
      this.#episodes.advance(
        alert,
        { kind: 'normal', rule, point, outlived, isNewNormal: true },
        actor,
        now,
        journal,
      ),
    );
  }

  #isOutlived(alert: AlertRecord | null): boolean {
    return alert !== null && this.#episodes.book.isOutlived(alert);
  }

  #anomalous(
    before: AlertRecord | null,
    { metric, point, verdict, carriers, explainedBy = '' }: Observation,
    direction: Direction,
    now: Instant,
  ): AlertInput {
    const { runbook, title, id } = metric;
    const owner = ownerOf(this.#episodes.settings.owners ?? [], id, point.slice, metric.owner);
    const seen = alertPointOf(point, verdict);
    if (seen === null) throw new Error('a point that was judged has a band');
    const episode = episodeOf(before, metric.alert, now) ?? NO_IMPACT;
    const impact = addToImpact(episode, seen, point.amount, direction);
    const severity = severityOf(seen.score, impact, metric.alert);
    const subject: Subject = {
      kind: 'metric',
      metric: id,
      slice: point.slice,
      direction,
      title,
      owner,
      runbook,
      bucketSeconds: point.bucketSeconds,
      routingFor: (asked) =>
        this.#episodes.routingOf({ metric: id, slice: point.slice, direction, owner, severity: asked }),
    };
    const seenNow = { severity, point: seen, amount: point.amount, carriers };
    const input = anomalousInput(this.#episodes, before, subject, seenNow, metric.alert, now);
    const speaker =
      explainedBy === '' ? '' : this.#episodes.book.inhibition.speaker({ ...subject, slice: explainedBy });
    return speaker === '' ? input : { ...input, inhibitor: speaker };
  }
}
