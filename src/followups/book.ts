import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import { type FollowUpRecord, isOpenFollowUp, isWaitingForPeople } from './record.js';

/** The entries that say that the owner has been reminded. */
const REMINDED: ReadonlySet<string> = new Set(['due_soon', 'due_today', 'overdue']);

/**
 * What is current, folded from the journal: the same entries give the same book, live or after a restart.
 * Entries of other streams are passed over, and an entry that is older than what is known changes nothing.
 */
export class FollowUpBook {
  readonly #followUps = new Map<string, FollowUpRecord>();
  readonly #waiting = new Map<string, FollowUpRecord>();
  /** Ids by fingerprint, by metric and slice, by metric, and by alert, in the order in which they came. */
  readonly #byFingerprint = new Map<string, string[]>();
  readonly #bySeries = new Map<string, string[]>();
  readonly #byMetric = new Map<string, string[]>();
  readonly #byAlert = new Map<string, string[]>();
  readonly #lastReminded = new Map<string, Instant>();

  apply(entry: JournalEntry): void {
    if (entry.stream !== 'follow_up') return;
    const followUp = entry.body as unknown as FollowUpRecord;
    const { followUpId } = followUp;
    const known = this.#followUps.get(followUpId);
    if (known !== undefined && known.version >= followUp.version) return;
    this.#followUps.set(followUpId, followUp);
    if (isWaitingForPeople(followUp)) this.#waiting.set(followUpId, followUp);
    else this.#waiting.delete(followUpId);
    if (REMINDED.has(entry.reason)) this.#reminded(followUp.owner, entry.at);
    if (entry.reason === 'climbed' && followUp.climbed !== null)
      this.#reminded(followUp.climbed.to, entry.at);
    const isHungOn = new Set(known?.alertIds);
    for (const alertId of followUp.alertIds)
      if (!isHungOn.has(alertId)) append(this.#byAlert, alertId, followUpId);
    if (known !== undefined) return;
    append(this.#byFingerprint, followUp.fingerprint, followUpId);
    append(this.#bySeries, seriesKey(followUp.metric, followUp.slice), followUpId);
    append(this.#byMetric, followUp.metric, followUpId);
  }

  followUp(followUpId: string): FollowUpRecord | undefined {
    return this.#followUps.get(followUpId);
  }

  followUps(): readonly FollowUpRecord[] {
    return [...this.#followUps.values()];
  }

  /** Those that wait for people and not for the metric. */
  waiting(): Iterable<FollowUpRecord> {
    return this.#waiting.values();
  }

  /** When a person was last reminded of anything; null for never. */
  lastReminded(person: string): Instant | null {
    return this.#lastReminded.get(person) ?? null;
  }

  /** Every follow-up of a fingerprint, oldest first. */
  ofFingerprint(fingerprint: string): readonly FollowUpRecord[] {
    const found = this.#resolve(this.#byFingerprint.get(fingerprint));
    return found.sort((a, b) => a.openedAt - b.openedAt);
  }

  /** The open follow-ups that a series' points speak to. */
  openOn(metric: string, slice: string): readonly FollowUpRecord[] {
    return this.onSeries(metric, slice).filter(isOpenFollowUp);
  }

  /** Every follow-up of a series, oldest first. */
  onSeries(metric: string, slice: string): readonly FollowUpRecord[] {
    return this.#resolve(this.#bySeries.get(seriesKey(metric, slice)));
  }

  ofMetric(metric: string): readonly FollowUpRecord[] {
    return this.#resolve(this.#byMetric.get(metric));
  }

  /** Every follow-up that an alert hangs on, in no order. */
  ofAlert(alertId: string): readonly FollowUpRecord[] {
    return this.#resolve(this.#byAlert.get(alertId));
  }

  #reminded(person: string, at: Instant): void {
    this.#lastReminded.set(person, Math.max(at, this.#lastReminded.get(person) ?? at));
  }

  #resolve(ids: readonly string[] = []): FollowUpRecord[] {
    return ids.map((id) => this.#followUps.get(id)).filter((followUp) => followUp !== undefined);
  }
}

function append(index: Map<string, string[]>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, [id]);
  else ids.push(id);
}

function seriesKey(metric: string, slice: string): string {
  return `${metric}\n${slice}`;
}
