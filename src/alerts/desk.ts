import type { Alert, Target } from '../model/alert.js';
import type { AlertAnalysis } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import type { BusyTargets, Delivery, DeliveryRequest, SendOutcome } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Silence } from '../model/silence.js';
import { AnalysisDesk } from './analysis-desk.js';
import type { AuditMismatch } from './audit.js';
import type { AlertCommand, AlertCommandResult } from './command.js';
import { CommandDesk } from './command-desk.js';
import { analysisDelivery, deliveriesOfRequest, subjectOf } from './deliveries.js';
import type { SubjectName } from './delivery-book.js';
import { Episodes } from './episodes.js';
import type { DetectorHealth } from './health.js';
import { HealthDesk } from './health-desk.js';
import { IncidentDesk } from './incident-desk.js';
import { MetricDesk, type Observation } from './metric-desk.js';
import { compareText, earlier } from './order.js';
import { isOpen, isQuiet } from './record.js';
import type { AlertSettings } from './settings.js';
import type { SilenceCommand, SilenceCommandResult } from './silence-command.js';

const NOBODY: BusyTargets = new Set<string>();

/**
 * Where alerts are decided: it remembers what is current, takes points, clicks and the passing of time, and
 * answers each with the journal entries that say what changed. The entries of one answer belong together and
 * are to be written in one insert; the desk has applied them to its own memory already. It does no
 * input/output and knows no clock, so the same calls give the same entries.
 */
export class AlertDesk {
  readonly #episodes: Episodes;
  readonly #analyses = new AnalysisDesk();
  readonly #metrics: MetricDesk;
  readonly #health: HealthDesk;
  readonly #commands: CommandDesk;
  readonly #incidents: IncidentDesk;

  constructor(settings: AlertSettings) {
    this.#episodes = new Episodes(settings);
    this.#metrics = new MetricDesk(this.#episodes);
    this.#health = new HealthDesk(this.#episodes);
    this.#commands = new CommandDesk(this.#episodes);
    this.#incidents = new IncidentDesk(this.#episodes, this.#analyses);
    this.#episodes.onSilencesChanged = (now, journal) => this.#health.idleSilences(now, journal);
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
    return this.#metrics.observe(observation, now);
  }

  /** Takes in how a source is: one alert for each that is quiet, over when its data comes back. */
  sourceHealth(source: string, stale: boolean, lastArrivalAt: Instant | null, now: Instant): JournalEntry[] {
    return this.#health.source(source, stale, lastArrivalAt, now);
  }

  /** Takes in how a metric's detectors fare: one alert for each that fails, over when it does not any more. */
  detectorsHealth(health: readonly DetectorHealth[], now: Instant): JournalEntry[] {
    return this.#health.detectors(health, now);
  }

  /** Takes in which metrics there are: alerts about detectors that judge none of them any more are over. */
  detectorsConfigured(metrics: readonly MetricDefinition[], now: Instant): JournalEntry[] {
    return this.#health.configured(metrics, now);
  }

  /** Takes in what an audit of the deliveries has found: one alert, over when everything adds up again. */
  audited(found: readonly AuditMismatch[], now: Instant): JournalEntry[] {
    return this.#health.audited(found, now);
  }

  /** Does what a person asks for, or says why not. What is asked of a group's alert that another leads goes to that one. */
  act(command: AlertCommand, now: Instant): AlertCommandResult {
    return this.#commands.act(command, now);
  }

  /** Makes, edits or ends a silence, and brings the alerts in step with it; or says why not. */
  silence(command: SilenceCommand, now: Instant): SilenceCommandResult {
    return this.#commands.silence(command, now);
  }

  /** A person has the level taken as normal that an alert is about: it ends with that. */
  newNormal(alertId: string, actor: string, now: Instant): JournalEntry[] {
    return this.#metrics.newNormal(alertId, actor, now);
  }

  /** Silences, escalation steps and ends of acknowledgements and holds that are due at or before `now`. */
  due(now: Instant): JournalEntry[] {
    return this.#episodes.turn(now, (journal) => {
      const { silences, book } = this.#episodes;
      journal.push(...silences.due(now));
      if (journal.length > 0) this.#episodes.reviewSilences(now, journal);
      for (const { alertId } of book.due(now)) this.#episodes.takeDue(alertId, now, journal);
    });
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

  /** True while a message about something waits for a target, or is on its way there. */
  isToldOf(subject: SubjectName, target: Target): boolean {
    return this.#episodes.deliveries.isWaiting(subject, target);
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
}
