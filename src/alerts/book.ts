import type { InhibitionRule } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { SeriesName } from './fingerprint.js';
import { keyOfGroup } from './groups.js';
import { Inhibition } from './inhibition.js';
import { compareText, earlier } from './order.js';
import { type AlertRecord, isOpen, recordOf } from './record.js';

/**
 * The alerts as they are, folded from the journal: the same entries give the same book, live or after a restart.
 * Entries of other streams are passed over, and an entry that is older than what is known changes nothing, so
 * it may be given the whole journal or only each id's newest entry.
 */
export class AlertBook {
  readonly inhibition: Inhibition;
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #latest = new Map<string, AlertRecord>();
  readonly #open = new Map<string, AlertRecord>();
  readonly #openHealth = new Map<string, AlertRecord>();
  /** Alerts for which something is due some time. */
  readonly #waiting = new Map<string, Instant>();
  /** Open alerts by the one that holds them back. */
  readonly #held = new Index();
  /** All alerts of a group, and the open ones. */
  readonly #groups = new Index();
  readonly #openInGroup = new Index();
  /** The newest group of a key, and who came to lead each group last. */
  readonly #groupOfKey = new Map<string, string>();
  readonly #leads = new Map<string, string>();

  constructor(rules: readonly InhibitionRule[] = []) {
    this.inhibition = new Inhibition(rules);
  }

  apply(entry: JournalEntry): void {
    if (entry.stream === 'alert') this.#apply(recordOf(entry.body));
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

  /** Open alerts about the data and the messages themselves, in no order. */
  openHealth(): Iterable<AlertRecord> {
    return this.#openHealth.values();
  }

  /** Open alerts that this one holds back, in no order. */
  heldBy(alertId: string): AlertRecord[] {
    return this.#records(this.#held.of(alertId));
  }

  /** All alerts of a group, open or not, in no order. */
  members(groupId: string): AlertRecord[] {
    return this.#records(this.#groups.of(groupId));
  }

  /** The open alerts of a group, by when they fired. */
  openMembers(groupId: string): AlertRecord[] {
    return this.#records(this.#openInGroup.of(groupId)).sort(
      (a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || compareText(a.alertId, b.alertId),
    );
  }

  /** True when an open alert of the group is not this one. */
  isOutlived({ alertId, groupId }: AlertRecord): boolean {
    if (groupId === '') return false;
    const open = this.#openInGroup.of(groupId);
    return open.size > (open.has(alertId) ? 1 : 0);
  }

  /** The open alert that leads a group. */
  leader(groupId: string): AlertRecord | undefined {
    const lead = this.speaker(groupId);
    return lead !== undefined && isOpen(lead) ? lead : undefined;
  }

  /** The alert that speaks for a group: the one that leads it, or that led it last when all are over. */
  speaker(groupId: string): AlertRecord | undefined {
    const lead = this.#alerts.get(this.#leads.get(groupId) ?? '');
    return lead?.leadsGroup && lead.groupId === groupId ? lead : undefined;
  }

  /** The open group of a key, empty for none. */
  openGroup(key: string): string {
    const groupId = this.#groupOfKey.get(key) ?? '';
    return this.leader(groupId) === undefined ? '' : groupId;
  }

  /** Alerts for which something is due at or before `now`, soonest first. */
  due(now: Instant): AlertRecord[] {
    const due = [...this.#waiting].filter(([, at]) => at <= now);
    due.sort(([a, at], [b, other]) => at - other || compareText(a, b));
    return this.#records(due.map(([alertId]) => alertId));
  }

  /** The next moment at which something is due for an alert; null when nothing waits. */
  nextDue(): Instant | null {
    let next: Instant | null = null;
    for (const at of this.#waiting.values()) if (next === null || at < next) next = at;
    return next;
  }

  #records(ids: Iterable<string>): AlertRecord[] {
    const records: AlertRecord[] = [];
    for (const alertId of ids) {
      const record = this.#alerts.get(alertId);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  #apply(alert: AlertRecord): void {
    const { alertId } = alert;
    const known = this.#alerts.get(alertId);
    if (known !== undefined && known.version >= alert.version) return;
    const open = isOpen(alert);
    this.#alerts.set(alertId, alert);
    if (open) this.#open.set(alertId, alert);
    else this.#open.delete(alertId);
    if (open && alert.kind === 'data_health') this.#openHealth.set(alertId, alert);
    else this.#openHealth.delete(alertId);
    this.inhibition.note(alert, open);
    const dueAt = earlier(open ? alert.escalation.nextAt : null, alert.noticeAt);
    if (dueAt === null) this.#waiting.delete(alertId);
    else this.#waiting.set(alertId, dueAt);
    this.#held.move(alertId, known?.heldBy ?? '', open ? alert.heldBy : '');
    this.#groups.move(alertId, known?.groupId ?? '', alert.groupId);
    this.#openInGroup.move(alertId, known?.groupId ?? '', open ? alert.groupId : '');
    if (alert.leadsGroup && speaksBefore(alert, this.speaker(alert.groupId)))
      this.#leads.set(alert.groupId, alertId);
    if (alert.leadsGroup && open) this.#groupOfKey.set(keyOfGroup(alert.groupId), alert.groupId);
    const key = seriesKey(alert);
    const latest = this.#latest.get(key);
    if (latest === undefined || latest.startedAt <= alert.startedAt) this.#latest.set(key, alert);
  }
}

/** Whoever is open, or was over last: whatever the order in which the entries come. */
function speaksBefore(alert: AlertRecord, other: AlertRecord | undefined): boolean {
  if (other === undefined || isOpen(alert)) return true;
  return !isOpen(other) && (alert.resolvedAt ?? 0) >= (other.resolvedAt ?? 0);
}

/** Ids by another id that they hang on. */
class Index {
  readonly #sets = new Map<string, Set<string>>();

  of(key: string): ReadonlySet<string> {
    return this.#sets.get(key) ?? NONE;
  }

  /** From one key to another; the empty key is none. */
  move(id: string, from: string, to: string): void {
    if (from !== '' && from !== to) {
      const set = this.#sets.get(from);
      set?.delete(id);
      if (set?.size === 0) this.#sets.delete(from);
    }
    if (to === '') return;
    const set = this.#sets.get(to);
    if (set === undefined) this.#sets.set(to, new Set([id]));
    else set.add(id);
  }
}

const NONE: ReadonlySet<string> = new Set();

function seriesKey({ metric, slice, direction }: SeriesName): string {
  return `${metric}\n${slice}\n${direction}`;
}
