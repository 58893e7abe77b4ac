import type { JournalEntry } from '../model/journal.js';
import { type FollowUpRecord, isOpenFollowUp } from './record.js';

/**
 * What is current, folded from the journal: the same entries give the same book, live or after a restart.
 * Entries of other streams are passed over, and an entry that is older than what is known changes nothing.
 */
export class FollowUpBook {
  readonly #followUps = new Map<string, FollowUpRecord>();
  /** Ids by fingerprint, by metric and slice, and by metric, in the order in which they were opened. */
  readonly #byFingerprint = new Map<string, string[]>();
  readonly #bySeries = new Map<string, string[]>();
  readonly #byMetric = new Map<string, string[]>();

  apply(entry: JournalEntry): void {
    if (entry.stream !== 'follow_up') return;
    const followUp = complete(entry.body as unknown as FollowUpRecord);
    const known = this.#followUps.get(followUp.followUpId);
    if (known !== undefined && known.version >= followUp.version) return;
    this.#followUps.set(followUp.followUpId, followUp);
    if (known !== undefined) return;
    append(this.#byFingerprint, followUp.fingerprint, followUp.followUpId);
    append(this.#bySeries, seriesKey(followUp.metric, followUp.slice), followUp.followUpId);
    append(this.#byMetric, followUp.metric, followUp.followUpId);
  }

  followUp(followUpId: string): FollowUpRecord | undefined {
    return this.#followUps.get(followUpId);
  }

  followUps(): readonly FollowUpRecord[] {
    return [...this.#followUps.values()];
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

  #resolve(ids: readonly string[] = []): FollowUpRecord[] {
    return ids.map((id) => this.#followUps.get(id)).filter((followUp) => followUp !== undefined);
  }
}

/** An entry from before a field was kept has what the field would have been. */
function complete(body: FollowUpRecord): FollowUpRecord {
  const incidentFrom = body.incidentFrom ?? body.openedAt;
  return {
    ...body,
    incidentFrom,
    duringFrom: body.duringFrom ?? incidentFrom,
    firedAt: body.firedAt ?? incidentFrom,
    nextLook: body.nextLook ?? body.watch?.pointsNeeded ?? 0,
    skipped: body.skipped ?? [],
    work: body.work ?? { action: '', notes: [], links: [] },
  };
}

function append(index: Map<string, string[]>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, [id]);
  else ids.push(id);
}

function seriesKey(metric: string, slice: string): string {
  return `${metric}\n${slice}`;
}
