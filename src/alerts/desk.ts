import type { Alert, Carrier, EscalationPolicy, Route, Target } from '../model/alert.js';
import type { AlertAnalysis } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, DeliveryRequest, SendOutcome } from '../model/delivery.js';
import { RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Owner } from '../model/owner.js';
import type { Point } from '../model/point.js';
import type { AlertSilence } from '../model/silence.js';
import type { Direction, Verdict } from '../model/verdict.js';
import { AnalysisDesk } from './analysis-desk.js';
import { AlertBook, compareText, earlier, type SubjectName } from './book.js';
import type { AlertCommand, AlertCommandResult, AlertRefusal } from './command.js';
import { inputOf } from './command-input.js';
import {
  analysisDelivery,
  audienceOf,
  deliveriesOfRequest,
  deliveryOfAlert,
  supersedes,
} from './deliveries.js';
import { afterAttempt } from './delivery-attempt.js';
import { failingTarget, HEALTH_RULE, HEALTH_SEVERITY, healthPoint, quietSource, targetOf } from './health.js';
import { addToImpact, alertPointOf, NO_IMPACT, severityOf } from './impact.js';
import { inhibitorOf } from './inhibition.js';
import { labelsOf } from './labels.js';
import { type AlertRecord, isMuted, isOpen } from './record.js';
import { avoiding, policyFor, type RoutedAlert } from './routing.js';
import { shownOn } from './silence.js';
import { SilenceDesk } from './silence-desk.js';
import { type AlertInput, episodeOf, type Subject, transition } from './transition.js';

/** One judged point: the combined verdict over it, and the child slices that carry its excess. */
export interface Observation {
  metric: MetricDefinition;
  point: Point;
  verdict: Verdict;
  carriers: readonly Carrier[];
}

/** What the desk decides by, as the configuration has it. */
export interface AlertSettings {
  policies: readonly EscalationPolicy[];
  routes: readonly Route[];
  /** Who alerts can be handed over to; nobody where it is absent. */
  owners?: readonly Pick<Owner, 'id'>[];
}

const DIRECTIONS: readonly Direction[] = ['up', 'down'];

/**
 * Where alerts are decided: it remembers what is current, takes points, clicks and the passing of time, and
 * answers each with the journal entries that say what changed. The entries of one answer belong together and
 * are to be written in one insert; the desk has applied them to its own memory already. It does no
 * input/output and knows no clock, so the same calls give the same entries.
 */
export class AlertDesk {
  readonly #settings: AlertSettings;
  readonly #book = new AlertBook();
  readonly #silences = new SilenceDesk();
  readonly #analyses = new AnalysisDesk();

  constructor(settings: AlertSettings) {
    this.#settings = settings;
  }

  /** Takes up the journal where an earlier process left it. */
  restore(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) this.#take(entry);
  }

  /**
   * Takes in one judged point. The points of one moment are to come parents first (fewer dimensions before
   * more), so that a parent's alert is there to hold back its children's. A point that an episode has seen
   * already, such as a later revision of it, changes nothing.
   */
  observe({ metric, point, verdict, carriers }: Observation, now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    const seen = alertPointOf(point, verdict);
    if (verdict.status === 'not_evaluable' || seen === null) return journal;
    const side = verdict.direction ?? (point.value >= seen.expected ? 'up' : 'down');
    for (const direction of DIRECTIONS) {
      const series = { metric: metric.id, slice: point.slice, direction };
      const before = this.#book.latest(series);
      if (before !== null && point.bucketStart <= before.last.bucketStart) continue;
      if (verdict.status === 'anomalous' && side === direction) {
        const subject = this.#subjectOf(metric, point, direction);
        const episode = episodeOf(before, metric.alert, now) ?? NO_IMPACT;
        const impact = addToImpact(episode, seen, point.amount, direction);
        const severity = severityOf(seen.score, impact, metric.alert);
        const input: AlertInput = {
          kind: 'anomalous',
          subject,
          rule: metric.alert,
          point: seen,
          amount: point.amount,
          severity,
          carriers,
          inhibitor: inhibitorOf(series, this.#book.open()),
          silence: this.#silenceOn({ ...subject, severity }),
        };
        this.#advance(before, input, 'system', now, journal);
      } else if (before !== null) {
        this.#advance(before, { kind: 'normal', rule: metric.alert, point: seen }, 'system', now, journal);
      }
    }
    return journal;
  }

  /** Takes in how a source is: one alert for each that is quiet, over when its data comes back. */
  sourceHealth(source: string, stale: boolean, lastArrivalAt: Instant | null, now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    this.#health(quietSource(source, lastArrivalAt, this.#policyFor), stale, now, journal);
    return journal;
  }

  /** Does what a person asks for, or says why not. */
  act(command: AlertCommand, now: Instant): AlertCommandResult {
    const alert = this.#book.alert(command.alertId);
    if (alert === undefined) return { outcome: 'not_found' };
    const refused = (reason: AlertRefusal) => ({ outcome: 'refused', reason, alert }) as const;
    const impossible = this.#impossible(command, now);
    if (impossible !== null) return refused(impossible);
    const { input, snooze } = inputOf(command, alert, now);
    const answer = transition(alert, input, now);
    // What is done already is the better answer to a second click than that the message was old.
    if (answer.outcome === 'refused') return refused(answer.reason);
    if (command.version !== undefined && command.version < alert.stateVersion)
      return refused('state_changed');
    const journal: JournalEntry[] = [];
    if (snooze !== null) {
      const { silence } = alert;
      const earlier = silence === null ? undefined : this.#silences.silence(silence.silenceId);
      journal.push(...this.#silences.make(snooze, now));
      journal.push(...this.#silences.matched(snooze.silenceId, now));
      if (earlier?.origin === 'snooze')
        journal.push(...this.#silences.end(earlier.silenceId, 'ended_by_person', command.actor, now));
    }
    this.#advance(alert, input, command.actor, now, journal);
    return { outcome: 'done', entries: journal, alert: this.#book.alert(alert.alertId) ?? alert };
  }

  #impossible(command: AlertCommand, now: Instant): AlertRefusal | null {
    if (command.kind === 'hand_over') {
      const known = this.#settings.owners?.some(({ id }) => id === command.owner) ?? false;
      return known ? null : 'unknown_owner';
    }
    const past = command.kind === 'snooze' && command.until !== 'resolved' && command.until <= now;
    return past ? 'not_in_the_future' : null;
  }

  /** Silences, escalation steps and ends of acknowledgements and holds that are due at or before `now`. */
  due(now: Instant): JournalEntry[] {
    const journal = this.#silences.due(now);
    if (journal.length > 0) this.#reviewSilences(now, journal);
    const waiting = inOrder(this.#book.open()).filter((alert) => isDue(alert, now));
    for (const { alertId } of waiting) this.#takeDueSteps(alertId, now, journal);
    return journal;
  }

  /** The next moment at which an escalation or a delivery is due; null when nothing waits. */
  nextDue(): Instant | null {
    return earlier(this.#book.nextDue(), this.#silences.nextDue());
  }

  /** Deliveries that may be tried now, oldest first. */
  pendingDeliveries(now: Instant): readonly Delivery[] {
    const due = [...this.#book.pending()].filter(({ dueAt }) => dueAt <= now);
    return due.sort((a, b) => a.dueAt - b.dueAt || compareText(a.deliveryId, b.deliveryId));
  }

  /**
   * Takes in what became of an attempt. A delivery that is given up raises an alert about its target, which
   * goes to other targets and ends with the next message that arrives there. Throws `bug` for an id that was
   * never given out.
   */
  recordAttempt(deliveryId: string, outcome: SendOutcome, now: Instant): JournalEntry[] {
    const before = this.#book.delivery(deliveryId);
    if (before === undefined) throw new RedressError('bug', `there is no delivery '${deliveryId}'`);
    const journal: JournalEntry[] = [];
    const after = afterAttempt(before, outcome, now);
    if (after === null) return journal;
    const reason = after.state === 'pending' ? 'retry' : after.state;
    this.#writeDelivery(after, reason, now, journal);
    if (after.state === 'pending') return journal;
    const subject = failingTarget(after.target, after.failure, (alert) =>
      avoiding(this.#policyFor(alert), this.#failingTargets().add(after.target)),
    );
    this.#health(subject, after.state === 'failed', now, journal);
    if (after.state === 'sent') this.#tellAnalysis(after, now, journal);
    return journal;
  }

  /** The alerts that people are to be told of and whose analysis has not been made, gravest first. */
  unexplained(): readonly Alert[] {
    const wanted = [...this.#book.open()].filter((alert) => this.#analyses.isWanted(alert));
    return wanted.sort((a, b) => b.worst.score - a.worst.score || compareText(a.alertId, b.alertId));
  }

  /** Takes in an alert's analysis: everybody who has its message is told, and everybody who gets it later. */
  explained(analysis: AlertAnalysis, now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    this.#write(this.#analyses.entryOf(analysis, now), journal);
    for (const target of this.#book.alert(analysis.alertId)?.escalation.told ?? []) {
      const root = this.#book.root({ kind: 'alert', id: analysis.alertId }, target);
      if (root !== undefined) this.#tellAnalysis(root, now, journal);
    }
    return journal;
  }

  analysis(alertId: string): AlertAnalysis | undefined {
    return this.#analyses.analysis(alertId);
  }

  /** Asks for messages about other things than alerts: to everybody told of their alert and to whom they name. */
  notify(requests: readonly DeliveryRequest[], now: Instant): JournalEntry[] {
    const journal: JournalEntry[] = [];
    for (const request of requests) {
      const told = this.#book.alert(request.alertId)?.escalation.told ?? [];
      for (const delivery of deliveriesOfRequest(request, told, now)) this.#ask(delivery, now, journal);
    }
    return journal;
  }

  alert(alertId: string): Alert | undefined {
    return this.#book.alert(alertId);
  }

  alerts(): readonly Alert[] {
    return this.#book.alerts();
  }

  delivery(deliveryId: string): Delivery | undefined {
    return this.#book.delivery(deliveryId);
  }

  /** Where the target's first message about something is; empty when none has arrived. */
  rootRef(subject: SubjectName, target: Target): string {
    return this.#book.root(subject, target)?.messageRef ?? '';
  }

  readonly #policyFor = (alert: RoutedAlert): EscalationPolicy =>
    policyFor(alert, this.#settings.routes, this.#settings.policies);

  #subjectOf(metric: MetricDefinition, point: Point, direction: Direction): Subject {
    return {
      kind: 'metric',
      metric: metric.id,
      slice: point.slice,
      direction,
      title: metric.title,
      owner: metric.owner,
      runbook: metric.runbook,
      bucketSeconds: point.bucketSeconds,
      policyFor: (severity) => this.#policyFor({ metric: metric.id, slice: point.slice, severity }),
    };
  }

  #failingTargets(): Set<Target> {
    const targets = [...this.#book.open()].map(targetOf);
    return new Set(targets.filter((target) => target !== null));
  }

  /** An open health alert hears nothing more of the same until it is over. */
  #health(subject: Subject, ailing: boolean, now: Instant, journal: JournalEntry[]): void {
    const before = this.#book.latest(subject);
    const known = before !== null && isOpen(before);
    if (ailing === known) return;
    const point = healthPoint(now);
    const input: AlertInput = ailing
      ? {
          kind: 'anomalous',
          subject,
          rule: HEALTH_RULE,
          point,
          amount: 0,
          severity: HEALTH_SEVERITY,
          carriers: [],
          inhibitor: '',
          silence: this.#silenceOn({ ...subject, severity: HEALTH_SEVERITY }),
        }
      : { kind: 'normal', rule: HEALTH_RULE, point };
    this.#advance(before, input, 'system', now, journal);
  }

  /** One input and everything that follows from it at the same moment. */
  #advance(
    before: AlertRecord | null,
    input: AlertInput,
    actor: string,
    now: Instant,
    journal: JournalEntry[],
  ): void {
    const result = transition(before, input, now);
    if (result.outcome !== 'changed') return;
    const { alert, reason } = result;
    this.#write(
      {
        stream: 'alert',
        id: alert.alertId,
        version: alert.version,
        at: now,
        actor,
        reason,
        body: alert as unknown as Json,
      },
      journal,
    );
    const audience = audienceOf(before, alert, reason);
    if (audience !== null) {
      for (const target of audience.targets) {
        this.#ask(deliveryOfAlert(alert, audience.reason, target, now), now, journal);
      }
    }
    if (reason === 'resolved') {
      this.#letGoOfChildren(alert, now, journal);
      if (before?.silence) this.#endWhatItMuted(before.silence, now, journal);
    }
    if (alert.silence !== null && before?.silence?.silenceId !== alert.silence.silenceId)
      journal.push(...this.#silences.matched(alert.silence.silenceId, now));
    if (RELABELLED.has(reason)) this.#reviewSilence(alert, now, journal);
    // What was due before this input is for `due` to take; here only what the input itself has brought about.
    const nextIsNew = alert.escalation.nextAt !== before?.escalation.nextAt;
    if (nextIsNew || input.kind === 'due') this.#takeDueSteps(alert.alertId, now, journal);
  }

  #takeDueSteps(alertId: string, now: Instant, journal: JournalEntry[]): void {
    const alert = this.#book.alert(alertId);
    if (alert === undefined || !isDue(alert, now)) return;
    const inhibitor = inhibitorOf(alert, this.#book.open());
    this.#advance(alert, { kind: 'due', inhibitor }, 'system', now, journal);
  }

  /** A bucket's grace, because children mostly end with their parent or one point later. */
  #letGoOfChildren(parent: AlertRecord, now: Instant, journal: JournalEntry[]): void {
    const releaseAt = now + parent.bucketSeconds * 1000;
    for (const child of inOrder(this.#book.open())) {
      const input = { kind: 'parent_resolved', parent: parent.alertId, releaseAt } as const;
      this.#advance(child, input, 'system', now, journal);
    }
  }

  /** The analysis follows the message that it belongs to, once at each target. */
  #tellAnalysis({ subject, target }: Delivery, now: Instant, journal: JournalEntry[]): void {
    if (subject.kind !== 'alert' || !this.#analyses.hasNews(subject.id)) return;
    const alert = this.#book.alert(subject.id);
    if (alert === undefined || !isOpen(alert) || isMuted(alert)) return;
    this.#ask(analysisDelivery(alert, target, now), now, journal);
  }

  #ask(delivery: Delivery, now: Instant, journal: JournalEntry[]): void {
    if (this.#book.delivery(delivery.deliveryId) !== undefined) return;
    for (const older of this.#book.pending()) {
      if (!supersedes(delivery, older)) continue;
      const superseded: Delivery = { ...older, state: 'superseded', version: older.version + 1 };
      this.#writeDelivery(superseded, 'superseded', now, journal);
    }
    this.#writeDelivery(delivery, delivery.reason, now, journal);
  }

  #writeDelivery(delivery: Delivery, reason: string, now: Instant, journal: JournalEntry[]): void {
    this.#write(
      {
        stream: 'delivery',
        id: delivery.deliveryId,
        version: delivery.version,
        at: now,
        actor: 'system',
        reason,
        body: delivery as unknown as Json,
      },
      journal,
    );
  }

  #silenceOn(alert: Parameters<typeof labelsOf>[0]): AlertSilence | null {
    const silence = this.#silences.muting(labelsOf(alert));
    return silence === null ? null : shownOn(silence);
  }

  #reviewSilences(now: Instant, journal: JournalEntry[]): void {
    for (const alert of inOrder(this.#book.open())) this.#reviewSilence(alert, now, journal);
  }

  /** Brings an open alert in step with the silences that there are now. */
  #reviewSilence(alert: AlertRecord, now: Instant, journal: JournalEntry[]): void {
    if (!isOpen(alert)) return;
    const silence = this.#silenceOn(alert);
    if (silence === null && alert.silence === null) return;
    if (silence === null) this.#advance(alert, { kind: 'silence_ended' }, 'system', now, journal);
    else if (silence.silenceId !== alert.silence?.silenceId || silence.until !== alert.silence.until)
      this.#advance(alert, { kind: 'silenced', silence, snooze: false }, 'system', now, journal);
  }

  /** A silence that was to last until all is well ends with the last alert that it mutes. */
  #endWhatItMuted({ silenceId, until }: AlertSilence, now: Instant, journal: JournalEntry[]): void {
    if (until !== null) return;
    for (const { silence } of this.#book.open()) if (silence?.silenceId === silenceId) return;
    journal.push(...this.#silences.end(silenceId, 'all_resolved', 'system', now));
  }

  #take(entry: JournalEntry): void {
    this.#book.apply(entry);
    this.#silences.apply(entry);
    this.#analyses.apply(entry);
  }

  #write(entry: JournalEntry, journal: JournalEntry[]): void {
    this.#take(entry);
    journal.push(entry);
  }
}

/** After these an alert may be matched by other silences than before. */
const RELABELLED: ReadonlySet<string> = new Set(['worsened', 'handed_over']);

function isDue(alert: AlertRecord, now: Instant): boolean {
  const { nextAt } = alert.escalation;
  return isOpen(alert) && nextAt !== null && nextAt <= now;
}

/** Soonest due first, then by id: never by the order in which a memory happens to hold them. */
function inOrder(alerts: Iterable<AlertRecord>): AlertRecord[] {
  const dueAt = ({ escalation }: AlertRecord) => escalation.nextAt ?? Number.MAX_SAFE_INTEGER;
  return [...alerts].sort((a, b) => dueAt(a) - dueAt(b) || compareText(a.alertId, b.alertId));
}
