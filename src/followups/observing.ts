import type { Instant } from '../model/clock.js';
import type { Point } from '../model/point.js';
import type { FollowUpChanges } from './command.js';
import { join, type Ledger, NO_CHANGES } from './ledger.js';
import type { Evidence, EvidenceRequest } from './measure/evidence.js';
import { type FollowUpRecord, isWatched } from './record.js';
import { dueDate } from './reminders.js';
import { backlog, type Seen, Witness } from './witness.js';

/** Shows follow-ups the points of their series: what they say of the incident, of the fix and of its lasting. */
export class Observing {
  readonly #ledger: Ledger;
  readonly #witness = new Witness();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What must be read of the past before the point can be observed; null when nothing. */
  evidenceFor(seen: Seen, now: Instant): EvidenceRequest | null {
    return this.#witness.request(this.#watching(seen.point, now), seen);
  }

  observe(seen: Seen, now: Instant, evidence?: Evidence): FollowUpChanges {
    const { metric, slice } = seen.point;
    const { book } = this.#ledger;
    const concerned = new Set([...book.openOn(metric, slice), ...this.#watching(seen.point, now)]);
    return join(
      [...concerned].flatMap(({ followUpId }) =>
        this.#seenBy(followUpId, seen, evidence).map((each) =>
          this.#observeOne(followUpId, each, now, evidence),
        ),
      ),
    );
  }

  #seenBy(followUpId: string, seen: Seen, evidence: Evidence | undefined): readonly Seen[] {
    const followUp = this.#ledger.book.followUp(followUpId);
    return followUp === undefined ? [] : [...backlog(followUp, seen.point, evidence), seen];
  }

  #observeOne(followUpId: string, seen: Seen, now: Instant, evidence: Evidence | undefined): FollowUpChanges {
    const { book, people, settings } = this.#ledger;
    const before = book.followUp(followUpId);
    if (before === undefined) return NO_CHANGES;
    const others = book.ofMetric(before.metric);
    const measure = isWatched(before)
      ? this.#witness.measure(before, seen.point, evidence, others)
      : undefined;
    const { priority, owner } = before;
    const dueAt = dueDate(now, priority, settings.dueDays, people.daysOf(owner));
    const guard = { window: settings.guardWindow, dueAt };
    return this.#ledger.advance(
      before,
      { kind: 'point', ...seen, guard, ...(measure === undefined ? {} : { measure }) },
      now,
    );
  }

  /** The follow-ups whose fix, or whose verified metric, is watched on a point's series. */
  #watching({ metric, slice }: Point, now: Instant): readonly FollowUpRecord[] {
    const { book, settings } = this.#ledger;
    return book
      .onSeries(metric, slice)
      .filter(
        (followUp) =>
          isWatched(followUp) &&
          (followUp.state !== 'verified' || now - (followUp.closedAt ?? 0) <= settings.guardWindow),
      );
  }
}
