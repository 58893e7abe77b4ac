import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { FollowUp, FollowUpSettings, Priority } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import type { Severity } from '../model/metric.js';
import type { Owner } from '../model/owner.js';
import type { Point } from '../model/point.js';
import { FollowUpBook } from './book.js';
import type {
  FollowUpChanges,
  FollowUpCommand,
  FollowUpCommandRefusal,
  FollowUpCommandResult,
  OpenByHand,
  OpenFollowUp,
  OpenFollowUpResult,
} from './command.js';
import type { Evidence, EvidenceRequest } from './measure/evidence.js';
import { type Audience, messagesFor, reminderFor } from './messages.js';
import { findingOf, incidentByHand, newFollowUp, titleOf } from './opening.js';
import { ownerOf } from './ownership.js';
import {
  type FollowUpReason,
  type FollowUpRecord,
  isOpenFollowUp,
  isWaitingForPeople,
  isWatched,
} from './record.js';
import { dueDate, nextReminder, reminderReason } from './reminders.js';
import { type FollowUpInput, incidentOf, transition } from './transition.js';
import { backlog, type Seen, Witness } from './witness.js';
import { WorkDays } from './work-days.js';

const PRIORITY: Readonly<Record<Severity, Priority>> = { info: 'low', warning: 'normal', critical: 'high' };

/** What is only added takes nothing away that somebody might not have seen. */
const ADDITIONS: ReadonlySet<FollowUpCommand['kind']> = new Set(['note', 'link', 'attach_alert']);

/** The turns that a follow-up remembers, for how long each took. */
const TURNS: ReadonlySet<FollowUpReason> = new Set([
  'opened',
  'acknowledged',
  'started',
  'fix_shipped',
  'fix_failed',
  'verified',
  'wont_do',
  'reopened',
  'relapsed',
]);

const NO_CHANGES: FollowUpChanges = { entries: [], tell: [] };

/**
 * Where follow-ups are decided: it remembers what is current, takes people's commands, points and the passing
 * of time, and answers each with the journal entries that say what changed, already applied to its own memory,
 * and with the messages that they ask for. It does no input/output and knows no clock.
 */
export class FollowUpDesk {
  readonly #owners: readonly Owner[];
  readonly #settings: FollowUpSettings;
  readonly #book = new FollowUpBook();
  readonly #witness = new Witness();
  /** Records never change, so a reminder's moment is worked out once for each. */
  readonly #reminders = new WeakMap<FollowUpRecord, Instant>();

  constructor(options: { owners: readonly Owner[]; settings: FollowUpSettings }) {
    this.#owners = options.owners;
    this.#settings = options.settings;
  }

  /** Takes up the journal where an earlier process left it. */
  restore(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) this.#book.apply(entry);
  }

  /** Opens a follow-up; a series has one open follow-up at most, and each links to the one before it. */
  open(command: OpenFollowUp, now: Instant): OpenFollowUpResult {
    const { alert, actor } = command;
    const owner = command.owner ?? ownerOf(this.#owners, alert.metric, alert.slice, alert.owner);
    if (alert.kind !== 'metric') return { outcome: 'refused', reason: 'not_a_metric', followUp: null };
    if (command.owner !== undefined && !this.#isKnown(command.owner)) {
      return { outcome: 'refused', reason: 'unknown_owner', followUp: null };
    }
    const earlier = this.#book.ofFingerprint(alert.fingerprint);
    const current = earlier.find(isOpenFollowUp);
    if (current !== undefined) return { outcome: 'refused', reason: 'already_open', followUp: current };
    const priority = command.priority ?? PRIORITY[alert.severity];
    const followUp = newFollowUp({
      command: { ...command, owner, priority, title: command.title ?? titleOf(alert) },
      subject: alert,
      incident: incidentOf(alert),
      found: findingOf(alert),
      alertIds: [alert.alertId],
      earlier,
      dueAt: dueDate(now, priority, this.#settings.dueDays, this.#ownerOf(owner)),
      now,
    });
    return { outcome: 'done', ...this.#write(followUp, 'opened', actor, now) };
  }

  /** Opens a follow-up for a series that no alert speaks of: what was before is learned from its points. */
  openByHand(command: OpenByHand, now: Instant): OpenFollowUpResult {
    const { metric, slice, direction, alert } = command;
    const owner = command.owner ?? ownerOf(this.#owners, metric, slice, command.metricOwner);
    if (command.owner !== undefined && !this.#isKnown(command.owner)) {
      return { outcome: 'refused', reason: 'unknown_owner', followUp: null };
    }
    const fingerprint = alert?.fingerprint ?? `${metric}-${direction}-${slice}`;
    const earlier = this.#book.onSeries(metric, slice).filter((it) => it.direction === direction);
    const current = earlier.find(isOpenFollowUp);
    if (current !== undefined) return { outcome: 'refused', reason: 'already_open', followUp: current };
    const incident = incidentByHand(command, now);
    if (incident === null) return { outcome: 'refused', reason: 'too_little_history', followUp: null };
    const priority = command.priority ?? 'normal';
    const followUp = newFollowUp({
      command: { ...command, owner, priority },
      subject: { alertId: alert?.alertId ?? '', fingerprint, metric, slice, direction },
      incident,
      found: undefined,
      alertIds: alert === null ? [] : [alert.alertId],
      earlier,
      dueAt: dueDate(now, priority, this.#settings.dueDays, this.#ownerOf(owner)),
      now,
    });
    return { outcome: 'done', ...this.#write(followUp, 'opened', command.actor, now) };
  }

  /** Does what a person asks for, or says why not. `alert` is the one to attach. */
  act(command: FollowUpCommand, now: Instant, alert?: Alert): FollowUpCommandResult {
    const before = this.#book.followUp(command.followUpId);
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
    const result = transition(before, this.#inputOf(command, before, now, alert), now);
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
    const series = this.#book.ofFingerprint(before.fingerprint);
    if (command.kind === 'reopen' && series.some(isOpenFollowUp)) return refused('already_open');
    if (result.outcome === 'unchanged') return { outcome: 'done', followUp: before, ...NO_CHANGES };
    const changes = this.#write(result.followUp, result.reason, command.actor, now);
    return { outcome: 'done', ...changes };
  }

  /** What must be read of the past before the point can be observed; null when nothing. */
  evidenceFor(seen: Seen, now: Instant): EvidenceRequest | null {
    return this.#witness.request(this.#watching(seen.point, now), seen);
  }

  /**
   * Takes in one judged point: what it says of the incident or of the fix. Without the evidence that
   * {@link evidenceFor} asked for, the fix is held against the band that the alert had, and no interval is known.
   */
  observe(seen: Seen, now: Instant, evidence?: Evidence): FollowUpChanges {
    const { metric, slice } = seen.point;
    const concerned = new Set([...this.#book.openOn(metric, slice), ...this.#watching(seen.point, now)]);
    return join(
      [...concerned].flatMap(({ followUpId }) =>
        this.#seenBy(followUpId, seen.point, seen, evidence).map((each) =>
          this.#observeOne(followUpId, each, now, evidence),
        ),
      ),
    );
  }

  /** Takes in that an alert has fired, or fired again, so that its series' follow-up is opened again or goes with it. */
  recurrence(alert: Alert, now: Instant): FollowUpChanges {
    const series = this.#book.ofFingerprint(alert.fingerprint);
    const current = series.find(isOpenFollowUp) ?? series.at(-1);
    if (current === undefined || (!isOpenFollowUp(current) && this.#isOver(current, alert, now))) {
      return this.#openByRule(alert, now);
    }
    const dueAt = this.#dueDateOf(current, now);
    const { reopenWindow } = this.#settings;
    return this.#advance(current, { kind: 'recurrence', alert, reopenWindow, dueAt }, now);
  }

  /** Reminders that are due at or before `now`, gathered: one message for each owner. */
  due(now: Instant): FollowUpChanges {
    const byOwner = new Map<string, FollowUpRecord[]>();
    for (const followUp of this.#waiting()) {
      if (this.#reminderAt(followUp) > now) continue;
      byOwner.set(followUp.owner, [...(byOwner.get(followUp.owner) ?? []), followUp]);
    }
    return join([...byOwner].map(([owner, followUps]) => this.#remind(owner, followUps, now)));
  }

  /** When the next reminder is due; null when nothing waits for people. */
  nextDue(): Instant | null {
    const moments = this.#waiting().map((followUp) => this.#reminderAt(followUp));
    return moments.length === 0 ? null : Math.min(...moments);
  }

  followUp(followUpId: string): FollowUp | undefined {
    return this.#book.followUp(followUpId);
  }

  followUps(): readonly FollowUp[] {
    return this.#book.followUps();
  }

  /** The newest follow-up that belongs, or once belonged, to the alert. */
  forAlert(alertId: string): FollowUp | undefined {
    const related = this.#book.followUps().filter(({ alertIds }) => alertIds.includes(alertId));
    return related.sort((a, b) => a.openedAt - b.openedAt).at(-1);
  }

  /** True when a recurrence has nothing to do with the follow-up any more. */
  #isOver({ state, closedAt }: FollowUp, alert: Alert, now: Instant): boolean {
    const lastsUntil = (closedAt ?? Number.NEGATIVE_INFINITY) + this.#settings.reopenWindow;
    return alert.kind === 'metric' && (state !== 'verified' || now > lastsUntil);
  }

  /** Somebody's decision not to do it stands for the reopen window against the rule as well. */
  #openByRule(alert: Alert, now: Instant): FollowUpChanges {
    if (alert.kind !== 'metric' || !this.#settings.openFor.includes(alert.severity)) return NO_CHANGES;
    const latest = this.#book.ofFingerprint(alert.fingerprint).at(-1);
    if (latest?.state === 'wont_do' && now - (latest.closedAt ?? 0) <= this.#settings.reopenWindow)
      return NO_CHANGES;
    const opened = this.open({ alert, actor: 'system' }, now);
    return opened.outcome === 'done' ? { entries: opened.entries, tell: opened.tell } : NO_CHANGES;
  }

  #seenBy(followUpId: string, point: Point, seen: Seen, evidence: Evidence | undefined): readonly Seen[] {
    const followUp = this.#book.followUp(followUpId);
    return followUp === undefined ? [] : [...backlog(followUp, point, evidence), seen];
  }

  #observeOne(followUpId: string, seen: Seen, now: Instant, evidence: Evidence | undefined): FollowUpChanges {
    const before = this.#book.followUp(followUpId);
    if (before === undefined) return NO_CHANGES;
    const others = this.#book.ofMetric(before.metric);
    const measure = isWatched(before)
      ? this.#witness.measure(before, seen.point, evidence, others)
      : undefined;
    const guard = { window: this.#settings.guardWindow, dueAt: this.#dueDateOf(before, now) };
    return this.#advance(
      before,
      { kind: 'point', ...seen, guard, ...(measure === undefined ? {} : { measure }) },
      now,
    );
  }

  /** The follow-ups whose fix, or whose verified metric, is watched on a point's series. */
  #watching({ metric, slice }: Point, now: Instant): readonly FollowUpRecord[] {
    const { guardWindow } = this.#settings;
    return this.#book
      .onSeries(metric, slice)
      .filter(
        (followUp) =>
          isWatched(followUp) &&
          (followUp.state !== 'verified' || now - (followUp.closedAt ?? 0) <= guardWindow),
      );
  }

  /** Each follow-up has been reminded of, in one message. */
  #remind(owner: string, followUps: readonly FollowUpRecord[], now: Instant): FollowUpChanges {
    const soonest = [...followUps].sort(
      (a, b) => a.dueAt - b.dueAt || (a.followUpId < b.followUpId ? -1 : 1),
    );
    const person = this.#ownerOf(owner);
    const each = soonest.map((followUp) => {
      const reason = reminderReason(followUp, now, person);
      return this.#advance(followUp, { kind: 'remind', reason }, now);
    });
    const day = new WorkDays(person).at(now).toISODate() ?? '';
    const lead = soonest.some((it) => this.#isForLead(it, now)) ? (person?.lead ?? '') : '';
    return { entries: join(each).entries, tell: [reminderFor(owner, day, soonest, lead, this.#audience)] };
  }

  #waiting(): readonly FollowUpRecord[] {
    return this.#book.followUps().filter(isWaitingForPeople);
  }

  #reminderAt(followUp: FollowUpRecord): Instant {
    const known = this.#reminders.get(followUp);
    if (known !== undefined) return known;
    const timezone = this.#ownerOf(followUp.owner);
    const at = nextReminder(followUp, this.#settings.remindBefore, timezone);
    this.#reminders.set(followUp, at);
    return at;
  }

  #isKnown(owner: string): boolean {
    return this.#owners.some(({ id }) => id === owner);
  }

  #ownerOf(id: string): Owner | undefined {
    return this.#owners.find((owner) => owner.id === id);
  }

  #dueDateOf({ priority, owner }: FollowUp, now: Instant): Instant {
    return dueDate(now, priority, this.#settings.dueDays, this.#ownerOf(owner));
  }

  #inputOf(
    command: FollowUpCommand,
    before: FollowUp,
    now: Instant,
    alert: Alert | undefined,
  ): FollowUpInput {
    const { actor } = command;
    switch (command.kind) {
      case 'ship_fix':
        return {
          kind: 'ship_fix',
          pointsNeeded: this.#settings.verifyPoints,
          shippedAt: command.shippedAt,
        };
      case 'reopen':
        return { kind: 'reopen', dueAt: this.#dueDateOf(before, now) };
      case 'wont_do':
        return { kind: 'wont_do', note: command.note };
      case 'assign':
        return { kind: 'assign', owner: command.owner, actor, reason: command.reason };
      case 'set_due':
        return { kind: 'set_due', dueAt: command.dueAt, actor, reason: command.reason };
      case 'set_priority':
        return { kind: 'set_priority', priority: command.priority, actor, reason: command.reason };
      case 'note':
        return { kind: 'note', text: command.text, actor };
      case 'link':
        return { kind: 'link', url: command.url, title: command.title, actor };
      case 'set_action':
        return { kind: 'set_action', action: command.action };
      case 'attach_alert':
        if (alert === undefined) throw new RedressError('bug', 'an alert is attached that is not there');
        return { kind: 'attach_alert', alert };
      default:
        return { kind: command.kind };
    }
  }

  #advance(before: FollowUpRecord, input: FollowUpInput, now: Instant): FollowUpChanges {
    const result = transition(before, input, now);
    return result.outcome === 'changed'
      ? this.#write(result.followUp, result.reason, 'system', now)
      : NO_CHANGES;
  }

  get #audience(): Audience {
    return { owners: this.#owners, tell: this.#settings.tell };
  }

  #isForLead({ dueAt }: FollowUp, now: Instant): boolean {
    return now - dueAt >= this.#settings.leadAfter;
  }

  #write(
    changed: FollowUpRecord,
    reason: FollowUpReason,
    actor: string,
    now: Instant,
  ): FollowUpChanges & { followUp: FollowUpRecord } {
    const marks = [...(changed.marks ?? []), { reason, at: now }];
    const followUp = TURNS.has(reason) ? { ...changed, marks } : changed;
    const entry: JournalEntry = {
      stream: 'follow_up',
      id: followUp.followUpId,
      version: followUp.version,
      at: now,
      actor,
      reason,
      body: followUp as unknown as Json,
    };
    this.#book.apply(entry);
    return {
      followUp,
      entries: [entry],
      tell: messagesFor(followUp, { what: reason, actor }, this.#audience),
    };
  }
}

function join(changes: readonly FollowUpChanges[]): FollowUpChanges {
  return {
    entries: changes.flatMap(({ entries }) => entries),
    tell: changes.flatMap(({ tell }) => tell),
  };
}
