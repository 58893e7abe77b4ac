import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { FollowUp, FollowUpSettings, Priority } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import type { Severity } from '../model/metric.js';
import { type Owner, ownerOf } from '../model/owner.js';
import { isParentSlice, parseSlice } from '../model/slice.js';
import type {
  FollowUpChanges,
  FollowUpCommand,
  FollowUpCommandRefusal,
  FollowUpCommandResult,
  OpenByHand,
  OpenFollowUp,
  OpenFollowUpResult,
} from './command.js';
import { inputOf } from './command-input.js';
import { Ledger, NO_CHANGES } from './ledger.js';
import type { Evidence, EvidenceRequest } from './measure/evidence.js';
import { Observing } from './observing.js';
import { findingByHand, findingOf, incidentByHand, incidentOn, newFollowUp, titleOf } from './opening.js';
import { People } from './people.js';
import { type FollowUpRecord, isOpenFollowUp } from './record.js';
import { dueDate } from './reminders.js';
import { Reminding } from './reminding.js';
import { incidentOf, transition } from './transition.js';
import type { Seen } from './witness.js';

const PRIORITY: Readonly<Record<Severity, Priority>> = { info: 'low', warning: 'normal', critical: 'high' };

/** What is only added takes nothing away that somebody might not have seen. */
const ADDITIONS: ReadonlySet<FollowUpCommand['kind']> = new Set(['note', 'link', 'attach_alert']);

/**
 * Where follow-ups are decided: it remembers what is current, takes people's commands, points and the passing
 * of time, and answers each with the journal entries that say what changed, already applied to its own memory,
 * and with the messages that they ask for. It does no input/output and knows no clock.
 */
export class FollowUpDesk {
  readonly #ledger: Ledger;
  readonly #observing: Observing;
  readonly #reminding: Reminding;

  constructor({ owners, settings }: { owners: readonly Owner[]; settings: FollowUpSettings }) {
    this.#ledger = new Ledger(new People(owners), settings);
    this.#observing = new Observing(this.#ledger);
    this.#reminding = new Reminding(this.#ledger);
  }

  /** Takes up the journal where an earlier process left it. */
  restore(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) this.#ledger.book.apply(entry);
  }

  /** Opens a follow-up; a series has one open follow-up at most, and each links to the one before it. */
  open(command: OpenFollowUp, now: Instant): OpenFollowUpResult {
    const { alert } = command;
    if (alert.kind !== 'metric') return { outcome: 'refused', reason: 'not_a_metric', followUp: null };
    const earlier = this.#ledger.book.ofFingerprint(alert.fingerprint);
    const refusal = this.#refusalOf(command.owner, earlier);
    if (refusal !== null) return refusal;
    const owner = command.owner ?? alert.owner;
    const priority = command.priority ?? PRIORITY[alert.severity];
    const { on, samples } = command;
    if (on !== undefined && !isParentSlice(parseSlice(alert.slice), parseSlice(on.slice)))
      return { outcome: 'refused', reason: 'other_slice', followUp: null };
    const incident = on === undefined ? incidentOf(alert) : incidentOn(on, alert, now);
    if (incident === null) return { outcome: 'refused', reason: 'too_little_history', followUp: null };
    const found = findingOf(alert, samples);
    const followUp = newFollowUp({
      command: { ...command, owner, priority, title: command.title ?? titleOf(alert) },
      subject: { ...alert, slice: on?.slice ?? alert.slice },
      incident,
      found: on === undefined ? found : { ...findingByHand(incident, samples ?? []), slices: found.slices },
      alertIds: [alert.alertId],
      earlier,
      dueAt: command.dueAt ?? this.#dueDateOf({ priority, owner }, now),
      now,
    });
    return { outcome: 'done', ...this.#ledger.write(followUp, 'opened', command.actor, now) };
  }

  /** Opens a follow-up for a series that no alert speaks of: what was before is learned from its points. */
  openByHand(command: OpenByHand, now: Instant): OpenFollowUpResult {
    const { metric, slice, direction, alert } = command;
    const earlier = this.#ledger.book.onSeries(metric, slice).filter((it) => it.direction === direction);
    const refusal = this.#refusalOf(command.owner, earlier);
    if (refusal !== null) return refusal;
    const incident = incidentByHand(command, now);
    if (incident === null) return { outcome: 'refused', reason: 'too_little_history', followUp: null };
    const owner = command.owner ?? ownerOf(this.#ledger.people.all(), metric, slice, command.metricOwner);
    const priority = command.priority ?? 'normal';
    const fingerprint = alert?.fingerprint ?? `${metric}-${direction}-${slice}`;
    const followUp = newFollowUp({
      command: { ...command, owner, priority },
      subject: { alertId: alert?.alertId ?? '', fingerprint, metric, slice, direction },
      incident,
      found: findingByHand(incident, command.samples),
      alertIds: alert === null ? [] : [alert.alertId],
      earlier,
      dueAt: this.#dueDateOf({ priority, owner }, now),
      now,
    });
    return { outcome: 'done', ...this.#ledger.write(followUp, 'opened', command.actor, now) };
  }

  /** Does what a person asks for, or says why not. `alert` is the one to attach. */
  act(command: FollowUpCommand, now: Instant, alert?: Alert): FollowUpCommandResult {
    const { book, settings } = this.#ledger;
    const before = book.followUp(command.followUpId);
    if (before === undefined) return { outcome: 'not_found' };
    const refused = (reason: FollowUpCommandRefusal): FollowUpCommandResult => ({
      outcome: 'refused',
      reason,
      followUp: before,
    });
    if (command.kind === 'attach_alert') {
      if (alert === undefined) return refused('unknown_alert');
      if (alert.metric !== before.metric) return refused('other_metric');
    }
    const terms = { pointsNeeded: settings.verifyPoints, dueAt: this.#dueDateOf(before, now) };
    const result = transition(before, inputOf(command, terms, alert), now);
    // What is done already is the better answer to a second click than that the message was old.
    if (result.outcome === 'refused') return refused(result.reason);
    if (
      command.version !== undefined &&
      command.version < before.stateVersion &&
      !ADDITIONS.has(command.kind)
    ) {
      return refused('state_changed');
    }
    if (command.kind === 'assign' && !this.#isKnown(command.owner)) return refused('unknown_owner');
    const series = book.ofFingerprint(before.fingerprint);
    if (command.kind === 'reopen' && series.some(isOpenFollowUp)) return refused('already_open');
    if (result.outcome === 'unchanged') return { outcome: 'done', followUp: before, ...NO_CHANGES };
    return {
      outcome: 'done',
      ...this.#ledger.write(result.followUp, result.reason, command.actor, now),
    };
  }

  /** What must be read of the past before the point can be observed; null when nothing. */
  evidenceFor(seen: Seen, now: Instant): EvidenceRequest | null {
    return this.#observing.evidenceFor(seen, now);
  }

  /**
   * Takes in one judged point: what it says of the incident or of the fix. Without the evidence that
   * {@link evidenceFor} asked for, the fix is held against the band that the alert had, and no interval is known.
   */
  observe(seen: Seen, now: Instant, evidence?: Evidence): FollowUpChanges {
    return this.#observing.observe(seen, now, evidence);
  }

  /** Takes in that an alert has fired, or fired again, so that its series' follow-up is opened again or goes with it. */
  recurrence(alert: Alert, now: Instant, samples?: readonly string[]): FollowUpChanges {
    const current = this.#current(alert, now);
    if (current === null) {
      if (!this.opensByRule(alert, now)) return NO_CHANGES;
      const opened = this.open({ alert, actor: 'system', samples }, now);
      return opened.outcome === 'done' ? { entries: opened.entries, tell: opened.tell } : NO_CHANGES;
    }
    const dueAt = this.#dueDateOf(current, now);
    const { reopenWindow } = this.#ledger.settings;
    return this.#ledger.advance(current, { kind: 'recurrence', alert, reopenWindow, dueAt }, now);
  }

  /** Reminders that are due at or before `now`, gathered: one message for each person. */
  due(now: Instant): FollowUpChanges {
    return this.#reminding.due(now);
  }

  /** When the next reminder is due; null when nothing waits for people. */
  nextDue(): Instant | null {
    return this.#reminding.nextDue();
  }

  followUp(followUpId: string): FollowUp | undefined {
    return this.#ledger.book.followUp(followUpId);
  }

  followUps(): readonly FollowUp[] {
    return this.#ledger.book.followUps();
  }

  /** The newest follow-up that belongs, or once belonged, to the alert. */
  forAlert(alertId: string): FollowUp | undefined {
    const related = [...this.#ledger.book.ofAlert(alertId)];
    return related.sort((a, b) => a.openedAt - b.openedAt).at(-1);
  }

  /** A stranger cannot be made to own anything, and one open follow-up on a series is enough. */
  #refusalOf(owner: string | undefined, earlier: readonly FollowUpRecord[]): OpenFollowUpResult | null {
    if (owner !== undefined && !this.#isKnown(owner)) {
      return { outcome: 'refused', reason: 'unknown_owner', followUp: null };
    }
    const followUp = earlier.find(isOpenFollowUp);
    return followUp === undefined ? null : { outcome: 'refused', reason: 'already_open', followUp };
  }

  /**
   * True when the alert opens a follow-up by rule. Somebody's decision not to do it stands for the reopen window against
   * the rule as well.
   */
  opensByRule(alert: Alert, now: Instant): boolean {
    const { openFor, reopenWindow } = this.#ledger.settings;
    if (alert.kind !== 'metric' || !openFor.includes(alert.severity)) return false;
    if (this.#current(alert, now) !== null) return false;
    const latest = this.#ledger.book.ofFingerprint(alert.fingerprint).at(-1);
    return latest?.state !== 'wont_do' || now - (latest.closedAt ?? 0) > reopenWindow;
  }

  /** The follow-up that an alert that fires belongs to; null when it would be another. */
  #current(alert: Alert, now: Instant): FollowUpRecord | null {
    const series = this.#ledger.book.ofFingerprint(alert.fingerprint);
    const current = series.find(isOpenFollowUp) ?? series.at(-1) ?? null;
    return current !== null && !isOpenFollowUp(current) && this.#isOver(current, alert, now) ? null : current;
  }

  /** True when a recurrence has nothing to do with the follow-up any more. */
  #isOver({ state, closedAt }: FollowUp, alert: Alert, now: Instant): boolean {
    const lastsUntil = (closedAt ?? Number.NEGATIVE_INFINITY) + this.#ledger.settings.reopenWindow;
    return alert.kind === 'metric' && (state !== 'verified' || now > lastsUntil);
  }

  #isKnown(owner: string): boolean {
    return this.#ledger.people.get(owner) !== undefined;
  }

  #dueDateOf({ priority, owner }: Pick<FollowUp, 'priority' | 'owner'>, now: Instant): Instant {
    const { people, settings } = this.#ledger;
    return dueDate(now, priority, settings.dueDays, people.daysOf(owner));
  }
}
