import type { Alert, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import type { AlertSilence } from '../model/silence.js';
import { AlertBook } from './book.js';
import { audienceOf, deliveryOfAlert } from './deliveries.js';
import { DeliveryDesk } from './delivery-desk.js';
import { Directory } from './directory.js';
import { isRepeat, type Routing, targetsOfStep } from './escalation.js';
import { alertOfGroup, type GroupPlace, groupIdOf, groupKeyOf, keyOfGroup } from './groups.js';
import { isGraver } from './impact.js';
import type { AlertInput } from './input.js';
import { type Labelled, labelsOf } from './labels.js';
import { isDue } from './on-time.js';
import { type AlertRecord, isMember, isMuted, isOpen } from './record.js';
import { routingFor } from './routing.js';
import type { AlertSettings } from './settings.js';
import { shownOn } from './silence.js';
import { SilenceDesk } from './silence-desk.js';
import { transition } from './transition.js';

/** The words with which an alert that people may know of is over. */
const ENDED: ReadonlySet<string> = new Set(['resolved', 'new_normal']);

/** After these an alert may be matched by other silences than before. */
const RELABELLED: ReadonlySet<string> = new Set([
  'worsened',
  'handed_over',
  'joined_group',
  'joined_incident',
]);

/** With these words an alert whose analysis is known comes before people again. */
const ANNOUNCED_AGAIN: ReadonlySet<string> = new Set([
  'reopened',
  'silence_ended',
  'inhibition_ended',
  'flapping_ended',
]);

/**
 * Puts inputs through the state machine and lets everything follow from them that follows at the same moment: messages,
 * children that are let go, groups whose leader is over, silences that begin or end to match, steps that are due.
 */
export class Episodes {
  readonly book: AlertBook;
  readonly silences: SilenceDesk;
  readonly deliveries: DeliveryDesk;
  readonly directory: Directory;
  readonly settings: AlertSettings;
  /** Groups that may need another leader, with the one that led them; looked at when the turn is over. */
  readonly #unsettled = new Map<string, AlertRecord>();

  constructor(settings: AlertSettings) {
    this.settings = settings;
    this.book = new AlertBook(settings.inhibit);
    this.silences = new SilenceDesk(settings.annotations, settings.silenceIdleAfter);
    this.deliveries = new DeliveryDesk(settings.deliveries);
    this.directory = new Directory(settings.owners ?? [], settings.schedules ?? []);
  }

  apply(entry: JournalEntry): void {
    this.book.apply(entry);
    this.silences.apply(entry);
    this.deliveries.apply(entry);
  }

  /** Told of alerts that come before people again, while what they are told can still be changed. */
  onAnnouncedAgain: (alertId: string, now: Instant, journal: JournalEntry[]) => void = () => {};

  /** Told when anything has become of a silence, such as that it has muted its first alert. */
  onSilencesChanged: (now: Instant, journal: JournalEntry[]) => void = () => {};

  /** Runs one turn: what it decides belongs together. */
  turn(now: Instant, run: (journal: JournalEntry[]) => void): JournalEntry[] {
    const journal: JournalEntry[] = [];
    run(journal);
    if (journal.some(({ stream }) => stream === 'silence')) this.onSilencesChanged(now, journal);
    const again = journal.filter(({ stream, reason }) => stream === 'alert' && ANNOUNCED_AGAIN.has(reason));
    for (const { id } of again) this.onAnnouncedAgain(id, now, journal);
    this.#settleGroups(now, journal);
    return journal;
  }

  /** One input and everything that follows from it at the same moment. */
  advance(
    seen: AlertRecord | null,
    input: AlertInput,
    actor: string,
    now: Instant,
    journal: JournalEntry[],
  ): void {
    // Others of the same turn may have changed the alert since the caller looked at it.
    const before = seen === null ? null : (this.book.alert(seen.alertId) ?? seen);
    const result = transition(before, input, now);
    if (result.outcome !== 'changed') return;
    const { alert, reason } = result;
    this.#write(alert, actor, reason, now, journal);
    const audience = audienceOf(before, alert, reason);
    for (const target of audience?.targets ?? [])
      if (audience !== null)
        this.deliveries.ask(deliveryOfAlert(alert, audience.reason, target, now), now, journal);
    if (alert.silence !== null && before?.silence?.silenceId !== alert.silence.silenceId)
      journal.push(...this.silences.matched(alert.silence.silenceId, now));
    if (RELABELLED.has(reason)) this.reviewSilence(alert.alertId, now, journal);
    if (ENDED.has(reason)) this.#afterEnd(before, alert, now, journal);
    if (alert.groupId !== '') this.#inGroup(before, alert, reason, actor, now, journal);
    // What was due before this input is for `due` to take; here only what the input itself has brought about.
    const nextIsNew =
      alert.escalation.nextAt !== before?.escalation.nextAt || alert.noticeAt !== before?.noticeAt;
    if (nextIsNew || input.kind === 'due') this.takeDue(alert.alertId, now, journal);
  }

  /** Takes what an alert waits for, if it has come. */
  takeDue(alertId: string, now: Instant, journal: JournalEntry[]): void {
    const alert = this.book.alert(alertId);
    if (alert === undefined || !isDue(alert, now)) return;
    const { escalation, severity, owner } = alert;
    const step = isRepeat(escalation) ? undefined : escalation.policy.steps[escalation.nextStep];
    const held = alert.heldBy !== '';
    const input: AlertInput = {
      kind: 'due',
      inhibitor: held ? this.book.inhibition.inhibitorOf(alert) : '',
      place: held ? this.placeOf(alert, escalation, now) : null,
      targets: this.directory.reach(targetsOfStep(escalation), owner, now),
      deferUntil: this.directory.notBefore(step, severity, owner, now),
    };
    this.advance(alert, input, 'system', now, journal);
  }

  routingOf(alert: Labelled): Routing {
    return routingFor(labelsOf(alert), this.settings.routes, this.settings.policies);
  }

  /** Where an alert comes to stand that is announced now; null where its route does not group. */
  placeOf(
    alert: Labelled & Partial<Pick<Alert, 'groupId' | 'sameCause'>>,
    routing: Routing,
    now: Instant,
  ): GroupPlace | null {
    const key = groupKeyOf(routing, labelsOf(alert));
    const { groupId: before = '' } = alert;
    // A place that it has by its cause stays, whatever its labels say.
    if (before !== '' && (alert.sameCause != null || alertOfGroup(before) !== ''))
      return { groupId: before, leads: this.book.leader(before) === undefined };
    if (key === null) return null;
    const open = this.book.openGroup(key);
    if (open !== '') return { groupId: open, leads: open === alert.groupId && !this.book.leader(open) };
    return { groupId: keyOfGroup(before) === key ? before : groupIdOf(key, now), leads: true };
  }

  /** What mutes an alert of these labels now; null for nothing. */
  silenceOn(alert: Labelled): AlertSilence | null {
    const silence = this.silences.muting(labelsOf(alert));
    return silence === null ? null : shownOn(silence);
  }

  /** Brings every open alert in step with the silences that there are now. */
  reviewSilences(now: Instant, journal: JournalEntry[], actor = 'system'): void {
    const open = [...this.book.open()].map(({ alertId }) => alertId).sort();
    for (const alertId of open) this.reviewSilence(alertId, now, journal, actor);
  }

  reviewSilence(alertId: string, now: Instant, journal: JournalEntry[], actor = 'system'): void {
    const alert = this.book.alert(alertId);
    if (alert === undefined || !isOpen(alert)) return;
    const silence = this.silenceOn(alert);
    if (silence === null && alert.silence === null) return;
    if (silence === null) {
      const place = alert.groupId === '' ? this.placeOf(alert, alert.escalation, now) : null;
      this.advance(alert, { kind: 'silence_ended', place }, actor, now, journal);
    } else if (silence.silenceId !== alert.silence?.silenceId || silence.until !== alert.silence.until)
      this.advance(alert, { kind: 'silenced', silence, snooze: false }, actor, now, journal);
  }

  /** Who is told in the place of a target that could not be reached. */
  fallBack(alertId: string, failing: ReadonlySet<Target>, now: Instant, journal: JournalEntry[]): void {
    const known = this.book.alert(alertId);
    const alert = known !== undefined && isMember(known) ? this.book.leader(known.groupId) : known;
    if (alert === undefined) return;
    const reached = this.directory.reach(alert.escalation.route.fallback, alert.owner, now);
    const instead = reached.filter((target) => !failing.has(target));
    this.advance(alert, { kind: 'undeliverable', instead }, 'system', now, journal);
  }

  #afterEnd(before: AlertRecord | null, alert: AlertRecord, now: Instant, journal: JournalEntry[]): void {
    // A bucket's grace, because children mostly end with their parent or one point later.
    const releaseAt = now + alert.bucketSeconds * 1000;
    const children = this.book.heldBy(alert.alertId).sort((a, b) => (a.alertId < b.alertId ? -1 : 1));
    for (const child of children)
      this.advance(
        child,
        { kind: 'parent_resolved', parent: alert.alertId, releaseAt },
        'system',
        now,
        journal,
      );
    const { silence = null } = before ?? {};
    // A silence that was to last until all is well ends with the last alert that it mutes.
    if (silence === null || silence.until !== null) return;
    for (const other of this.book.open()) if (other.silence?.silenceId === silence.silenceId) return;
    journal.push(...this.silences.end(silence.silenceId, 'all_resolved', 'system', now));
  }

  /** What a turn of one alert means for the group that it is in. */
  #inGroup(
    before: AlertRecord | null,
    alert: AlertRecord,
    reason: string,
    actor: string,
    now: Instant,
    journal: JournalEntry[],
  ): void {
    const { groupId } = alert;
    const led = before?.leadsGroup === true && before.groupId === groupId;
    if (led && !isOpen(alert) && !alert.leadsGroup) this.#unsettled.set(groupId, before);
    else if (
      isMuted(alert) !== (before !== null && isMuted(before)) ||
      alert.flapping !== (before?.flapping ?? false)
    ) {
      const leader = this.book.leader(groupId);
      if (leader !== undefined) this.#unsettled.set(groupId, leader);
    }
    if (alert.leadsGroup && (reason === 'acknowledged' || reason === 'ack_timed_out')) {
      const input: AlertInput =
        reason === 'acknowledged'
          ? { kind: 'acknowledge', actor, personId: alert.acknowledgedById }
          : { kind: 'unacknowledged' };
      for (const member of this.book.openMembers(groupId)) this.advance(member, input, actor, now, journal);
    }
    if (!isMember(alert)) return;
    // Of an incident that has become a part of another it is told once, and not of each of its alerts.
    if (reason === 'joined_incident') return;
    const joins = before?.groupId !== groupId || (before !== null && !isOpen(before) && isOpen(alert));
    const leader = this.book.leader(groupId);
    if (leader === undefined || !(joins || reason === 'worsened' || ENDED.has(reason))) return;
    const urgent = !ENDED.has(reason) && this.#isGravest(alert, leader);
    this.advance(leader, { kind: 'group_grew', urgent }, 'system', now, journal);
  }

  /** Graver than every other alert of its group. */
  #isGravest(alert: AlertRecord, leader: AlertRecord): boolean {
    if (!isGraver(alert.severity, leader.severity)) return false;
    return !this.book
      .openMembers(alert.groupId)
      .some((other) => other.alertId !== alert.alertId && !isGraver(alert.severity, other.severity));
  }

  /** A group whose leader is over, muted or restless is led by the one of the others that fired first. */
  #settleGroups(now: Instant, journal: JournalEntry[]): void {
    for (const [groupId, from] of this.#unsettled) {
      this.#unsettled.delete(groupId);
      const leader = this.book.leader(groupId);
      if (leader !== undefined && canLead(leader)) continue;
      const others = this.book.openMembers(groupId).filter(({ alertId }) => alertId !== leader?.alertId);
      const successor = others.find(canLead) ?? (leader === undefined ? others[0] : undefined);
      if (successor === undefined) continue;
      if (leader !== undefined) this.advance(leader, { kind: 'led_by_another' }, 'system', now, journal);
      this.advance(successor, { kind: 'lead', from }, 'system', now, journal);
    }
  }

  #write(alert: AlertRecord, actor: string, reason: string, now: Instant, journal: JournalEntry[]): void {
    const { alertId: id, version } = alert;
    const entry: JournalEntry = {
      stream: 'alert',
      id,
      version,
      at: now,
      actor,
      reason,
      body: alert as unknown as Json,
    };
    this.book.apply(entry);
    journal.push(entry);
  }
}

function canLead(alert: AlertRecord): boolean {
  return !isMuted(alert) && !alert.flapping;
}
