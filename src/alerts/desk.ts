import type { Alert, Carrier, Target } from '../model/alert.js';
import type { AlertAnalysis } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import type { BusyTargets, Delivery, DeliveryRequest, SendOutcome } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDefinition } from '../model/metric.js';
import { ownerOf } from '../model/owner.js';
import type { Point } from '../model/point.js';
import { countsAsRecovered } from '../model/recovery.js';
import type { Silence } from '../model/silence.js';
import type { Direction, Verdict } from '../model/verdict.js';
import { AnalysisDesk } from './analysis-desk.js';
import { anomalousInput } from './anomalous-input.js';
import type { AuditMismatch } from './audit.js';
import type { AlertCommand, AlertCommandResult, AlertRefusal } from './command.js';
import { inputOf } from './command-input.js';
import { analysisDelivery, deliveriesOfRequest, subjectOf } from './deliveries.js';
import type { SubjectName } from './delivery-book.js';
import { Episodes } from './episodes.js';
import { HealthDesk } from './health-desk.js';
import { addToImpact, alertPointOf, NO_IMPACT, severityOf } from './impact.js';
import { IncidentDesk } from './incident-desk.js';
import type { AlertInput, Subject } from './input.js';
import { episodeOf } from './on-point.js';
import { compareText, earlier } from './order.js';
import { type AlertRecord, isMember, isOpen, isQuiet } from './record.js';
import type { AlertSettings } from './settings.js';
import type { SilenceCommand, SilenceCommandResult } from './silence-command.js';
import { editOf, refusalOf, silenceFrom } from './silence-input.js';
import { transition } from './transition.js';

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

/**
 * Where alerts are decided: it remembers what is current, takes points, clicks and the passing of time, and
 * answers each with the journal entries that say what changed. The entries of one answer belong together and
 * are to be written in one insert; the desk has applied them to its own memory already. It does no
 * input/output and knows no clock, so the same calls give the same entries.
 */
const NOBODY: BusyTargets = new Set<string>();

export class AlertDesk {
  readonly #episodes: Episodes;
  readonly #analyses = new AnalysisDesk();
  readonly #health: HealthDesk;
  readonly #incidents: IncidentDesk;

  constructor(settings: AlertSettings) {
    this.#episodes = new Episodes(settings);
    this.#health = new HealthDesk(this.#episodes);
    this.#incidents = new IncidentDesk(this.#episodes, this.#analyses);
    this.#episodes.onAnnouncedAgain = (alertId, now, journal) => this.#incidents.look(alertId, now, journal);
  }

  /** Takes up the journal where an earlier process left it. */
  restore(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) {
      this.#episodes.apply(entry);
      this.#analyses.apply(entry);
    }
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

  /** Takes in how a source is: one alert for each that is quiet, over when its data comes back. */
  sourceHealth(source: string, stale: boolean, lastArrivalAt: Instant | null, now: Instant): JournalEntry[] {
    return this.#health.source(source, stale, lastArrivalAt, now);
  }

  /** Takes in what an audit of the deliveries has found: one alert, over when everything adds up again. */
  audited(found: readonly AuditMismatch[], now: Instant): JournalEntry[] {
    return this.#health.audited(found, now);
  }

  /** Does what a person asks for, or says why not. What is asked of a group's alert that another leads goes to that one. */
  act(command: AlertCommand, now: Instant): AlertCommandResult {
    const { book, silences } = this.#episodes;
    const named = book.alert(command.alertId);
    if (named === undefined) return { outcome: 'not_found' };
    const alert = this.#speakerFor(named, command.kind);
    const refused = (reason: AlertRefusal) => ({ outcome: 'refused', reason, alert }) as const;
    const impossible = this.#impossible(command, now);
    if (impossible !== null) return refused(impossible);
    const { input, snooze } = inputOf(command, alert, this.#episodes.directory, now);
    const answer = transition(alert, input, now);
    // What is done already is the better answer to a second click than that the message was old.
    if (answer.outcome === 'refused') return refused(answer.reason);
    const stale = command.version !== undefined && command.version < alert.stateVersion;
    if (stale && alert === named) return refused('state_changed');
    const entries = this.#episodes.turn(now, (journal) => {
      if (snooze !== null) {
        const earlierSnooze = alert.silence === null ? undefined : silences.silence(alert.silence.silenceId);
        journal.push(...silences.make(snooze, now), ...silences.matched(snooze.silenceId, now));
        if (earlierSnooze?.origin === 'snooze')
          journal.push(...silences.end(earlierSnooze.silenceId, 'ended_by_person', command.actor, now));
      }
      // What is done to the one that leads is done to the group; it comes last, and tells of it.
      if (alert.leadsGroup && (command.kind === 'resolve' || snooze !== null)) {
        for (const member of book.openMembers(alert.groupId))
          if (member.alertId !== alert.alertId)
            this.#episodes.advance(member, asMember(input), command.actor, now, journal);
      }
      this.#episodes.advance(alert, input, command.actor, now, journal);
    });
    return { outcome: 'done', entries, alert: book.alert(alert.alertId) ?? alert };
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

  /** Silences, escalation steps and ends of acknowledgements and holds that are due at or before `now`. */
  due(now: Instant): JournalEntry[] {
    return this.#episodes.turn(now, (journal) => {
      const { silences, book } = this.#episodes;
      journal.push(...silences.due(now));
      if (journal.length > 0) {
        this.#episodes.reviewSilences(now, journal);
        this.#health.idleSilences(now, journal);
      }
      for (const { alertId } of book.due(now)) this.#episodes.takeDue(alertId, now, journal);
    });
  }

  /** Makes, edits or ends a silence, and brings the alerts in step with it; or says why not. */
  silence(command: SilenceCommand, now: Instant): SilenceCommandResult {
    const { silences } = this.#episodes;
    const known = command.kind === 'make' ? undefined : silences.silence(command.silenceId);
    if (command.kind !== 'make' && known === undefined) return { outcome: 'not_found' };
    const refusal = refusalOf(command, known, now);
    if (refusal !== null) return { outcome: 'refused', reason: refusal, silence: known ?? null };
    const silenceId = known?.silenceId ?? silences.newId(now);
    const entries = this.#episodes.turn(now, (journal) => {
      if (command.kind === 'make') journal.push(...silences.make(silenceFrom(command, silenceId, now), now));
      else if (command.kind === 'edit')
        journal.push(...silences.edit(silenceId, editOf(command), command.actor, now));
      else journal.push(...silences.end(silenceId, 'ended_by_person', command.actor, now));
      this.#episodes.reviewSilences(now, journal, command.actor);
      this.#health.idleSilences(now, journal);
    });
    const silence = silences.silence(silenceId);
    return silence === undefined ? { outcome: 'not_found' } : { outcome: 'done', entries, silence };
  }

  silences(): readonly Silence[] {
    return this.#episodes.silences.silences();
  }

  silenceById(silenceId: string): Silence | undefined {
    return this.#episodes.silences.silence(silenceId);
  }

  /** The next moment at which an escalation, a silence or a delivery is due; null when nothing waits. */
  nextDue(busy: BusyTargets = NOBODY): Instant | null {
    const { book, silences, deliveries } = this.#episodes;
    return earlier(earlier(book.nextDue(), silences.nextDue()), deliveries.nextDue(busy));
  }

  /** Deliveries that may be tried now, oldest first; of a channel one at a time, at its pace. */
  dueDeliveries(now: Instant): readonly Delivery[] {
    return this.#episodes.deliveries.due(now);
  }

  /** Every delivery that waits, whenever it may be tried. */
  pendingDeliveries(): readonly Delivery[] {
    return this.#episodes.deliveries.pending();
  }

  delivery(deliveryId: string): Delivery | undefined {
    return this.#episodes.deliveries.delivery(deliveryId);
  }

  /**
   * Takes in what became of an attempt. A delivery that is given up, or will take long, raises an alert about its
   * target, which goes to other targets and ends with the next message that arrives there; and what it was about is told
   * to whoever the route names in its place. Throws `bug` for an id that was never given out.
   */
  recordAttempt(deliveryId: string, outcome: SendOutcome, now: Instant): JournalEntry[] {
    return this.#episodes.turn(now, (journal) => {
      const delivery = this.#episodes.deliveries.recordAttempt(deliveryId, outcome, now, journal);
      if (delivery === null) return;
      const failing = this.#health.target(delivery, now, journal);
      if (delivery.subject.kind !== 'alert' && delivery.subject.kind !== 'group') return;
      if (delivery.state === 'sent') {
        this.#incidents.shownLate(delivery, now, journal);
        this.#tellAnalysis(delivery.alertId, delivery.target, now, journal);
      } else this.#episodes.fallBack(delivery.alertId, failing, now, journal);
    });
  }

  /** The alerts that people are to be told of and whose analysis has not been made, gravest first. */
  unexplained(): readonly Alert[] {
    const wanted = [...this.#episodes.book.open()].filter((alert) => this.#analyses.isWanted(alert));
    return wanted.sort((a, b) => b.worst.score - a.worst.score || compareText(a.alertId, b.alertId));
  }

  /**
   * Takes in an alert's analysis: everybody who has its message is told, and everybody who gets it later. Alerts whose
   * analyses name the same cause are one incident from then on.
   */
  explained(analysis: AlertAnalysis, now: Instant): JournalEntry[] {
    const entry = this.#analyses.entryOf(analysis, now);
    this.#analyses.apply(entry);
    return this.#episodes.turn(now, (journal) => {
      journal.push(entry);
      this.#incidents.look(analysis.alertId, now, journal);
      for (const target of this.#episodes.book.alert(analysis.alertId)?.escalation.told ?? [])
        if (this.alertRef(analysis.alertId, target) !== '')
          this.#tellAnalysis(analysis.alertId, target, now, journal);
    });
  }

  analysis(alertId: string): AlertAnalysis | undefined {
    return this.#analyses.analysis(alertId);
  }

  /** Asks for messages about other things than alerts: to everybody told of their alert and to whom they name. */
  notify(requests: readonly DeliveryRequest[], now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    for (const request of requests) {
      const told = this.#episodes.book.alert(request.alertId)?.escalation.told ?? [];
      for (const delivery of deliveriesOfRequest(request, told, now))
        this.#episodes.deliveries.ask(delivery, now, journal);
    }
    return journal;
  }

  alert(alertId: string): Alert | undefined {
    return this.#episodes.book.alert(alertId);
  }

  alerts(): readonly Alert[] {
    return this.#episodes.book.alerts();
  }

  /** The alerts of an incident group, those that are open first and each in the order in which they fired. */
  group(groupId: string): readonly Alert[] {
    const { book } = this.#episodes;
    const open = book.openMembers(groupId);
    const over = book.members(groupId).filter((alert) => !isOpen(alert));
    return [...open, ...over.sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0))];
  }

  /** The alert that speaks for this one now: the one that leads its group, otherwise itself. */
  speakerOf(alertId: string): Alert | undefined {
    const alert = this.#episodes.book.alert(alertId);
    if (alert === undefined || alert.groupId === '') return alert;
    return this.#episodes.book.speaker(alert.groupId) ?? alert;
  }

  /** Where the target's message is that shows this alert; empty when none has arrived. */
  alertRef(alertId: string, target: Target): string {
    const alert = this.#episodes.book.alert(alertId);
    return alert === undefined ? '' : this.rootRef(subjectOf(alert), target);
  }

  /** Where the target's first message about something is; empty when none has arrived. */
  rootRef(subject: SubjectName, target: Target): string {
    return this.#episodes.deliveries.rootRef(subject, target);
  }

  /** The analysis follows the message that it belongs to, once at each target. */
  #tellAnalysis(alertId: string, target: Target, now: Instant, journal: JournalEntry[]): void {
    if (!this.#analyses.hasNews(alertId)) return;
    const alert = this.#episodes.book.alert(alertId);
    if (alert === undefined || !isOpen(alert) || isQuiet(alert)) return;
    this.#episodes.deliveries.ask(analysisDelivery(alert, target, now), now, journal);
  }

  #impossible(command: AlertCommand, now: Instant): AlertRefusal | null {
    if (command.kind === 'hand_over')
      return this.#episodes.directory.knows(command.owner) ? null : 'unknown_owner';
    const past = command.kind === 'snooze' && command.until !== 'resolved' && command.until <= now;
    return past ? 'not_in_the_future' : null;
  }

  /** The acknowledgement is the group's, so it goes to the alert that leads it. */
  #speakerFor(alert: AlertRecord, kind: AlertCommand['kind']): AlertRecord {
    if (kind !== 'acknowledge' || !isMember(alert)) return alert;
    return this.#episodes.book.leader(alert.groupId) ?? alert;
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

/** What is done to a group is done to its members without a word of their own. */
function asMember(input: AlertInput): AlertInput {
  if (input.kind === 'resolve') return { ...input, outlived: true };
  return input.kind === 'silenced' ? { ...input, snooze: false } : input;
}
