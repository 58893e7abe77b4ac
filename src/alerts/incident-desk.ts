import type { Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Delivery } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import type { Severity } from '../model/metric.js';
import type { AnalysisDesk } from './analysis-desk.js';
import { subjectOf } from './deliveries.js';
import type { Episodes } from './episodes.js';
import { targetsOfStep } from './escalation.js';
import { groupIdOfAlert } from './groups.js';
import { isGraver } from './impact.js';
import { compareText } from './order.js';
import { type AlertRecord, isMember, isOpen, isQuiet } from './record.js';
import { type Blaming, blamesOf, sameCause } from './same-cause.js';

/** Two incidents that are one: `slice` is the cause that `by` and `to` have in common, one alert of each. */
interface Match {
  speaker: AlertRecord;
  by: AlertRecord;
  slice: string;
}

/**
 * Makes alerts with the same cause one incident. An analysis is made once and never changes, and who has joined stays, so
 * that nothing goes to and fro. Whoever came first speaks, because people know that message already.
 */
export class IncidentDesk {
  readonly #episodes: Episodes;
  readonly #analyses: AnalysisDesk;

  constructor(episodes: Episodes, analyses: AnalysisDesk) {
    this.#episodes = episodes;
    this.#analyses = analyses;
  }

  /** Looks whether an alert that has been analysed is a part of an incident that is open, or others are of its own. */
  look(alertId: string, now: Instant, journal: JournalEntry[]): void {
    const alert = this.#episodes.book.alert(alertId);
    const own = alert === undefined ? null : this.#speakerOf(alert, now);
    if (alert === undefined || own === null) return;
    const matches = this.#matches(alert, own, now);
    const [first] = matches;
    if (first === undefined) return;
    if (precedes(first.speaker, own)) this.#join(own, first.speaker, first.by, first.slice, now, journal);
    else for (const { speaker, slice } of matches) this.#join(speaker, own, alert, slice, now, journal);
  }

  /** The alert's message came to a target after it had become another's: it has to say so, too. */
  shownLate({ alertId, subject, target, reason }: Delivery, now: Instant, journal: JournalEntry[]): void {
    const alert = this.#episodes.book.alert(alertId);
    if (alert === undefined || !isMember(alert) || reason === 'joined_incident') return;
    const { groupId, sameCause: cause } = alert;
    if (cause === null || subject.id !== subjectOf({ ...alert, groupId: cause.from }).id) return;
    const input = { kind: 'join_incident', groupId, sameCause: cause, shownAt: [target] } as const;
    this.#episodes.advance(alert, input, 'system', now, journal);
  }

  /** Others with the same cause, of each incident one, the first incident first. */
  #matches(alert: AlertRecord, own: AlertRecord, now: Instant): Match[] {
    const { sameCauseWithin: within = null } = this.#episodes.settings;
    if (within === null) return [];
    const blaming = this.#blaming(alert);
    const found = new Map<string, Match>();
    for (const by of this.#episodes.book.open()) {
      if (by.alertId === alert.alertId || (by.groupId !== '' && by.groupId === own.groupId)) continue;
      const slice = sameCause(blaming, this.#blaming(by), within);
      const speaker = slice === null ? null : this.#speakerOf(by, now);
      if (slice === null || speaker === null) continue;
      const known = found.get(speaker.alertId);
      if (known === undefined || precedes(by, known.by)) found.set(speaker.alertId, { speaker, by, slice });
    }
    return [...found.values()].sort((a, b) => (precedes(a.speaker, b.speaker) ? -1 : 1));
  }

  #blaming(alert: AlertRecord): Blaming {
    const outcome = this.#analyses.analysis(alert.alertId)?.outcome;
    return { ...alert, blames: outcome === undefined ? [] : blamesOf(alert, outcome) };
  }

  /**
   * The alert that speaks for this one to people, null where none does: what is held back, muted or restless joins nothing
   * and nothing joins it, or a silence would swallow what it does not match. So with one that waits for work to begin.
   */
  #speakerOf(alert: AlertRecord, now: Instant): AlertRecord | null {
    const { book, directory } = this.#episodes;
    const speaker = alert.groupId === '' ? alert : book.leader(alert.groupId);
    if (speaker === undefined || !isOpen(speaker) || isQuiet(speaker)) return null;
    const { escalation, severity, owner } = speaker;
    const step = escalation.policy.steps[escalation.nextStep];
    const waits = escalation.told.length === 0 && directory.notBefore(step, severity, owner, now) > now;
    return waits ? null : speaker;
  }

  /** One incident, `own` the alert that speaks for it, becomes a part of that which `lead` speaks for. */
  #join(
    own: AlertRecord,
    lead: AlertRecord,
    by: AlertRecord,
    slice: string,
    now: Instant,
    journal: JournalEntry[],
  ): void {
    const { book, deliveries } = this.#episodes;
    const advance = (alert: AlertRecord, input: Parameters<Episodes['advance']>[1], actor = 'system') =>
      this.#episodes.advance(alert, input, actor, now, journal);
    const groupId = lead.groupId || groupIdOfAlert(lead.alertId);
    const joining = membersOf(own, book);
    const [ours, theirs] = [gravest(joining), gravest(membersOf(lead, book))];
    const graver = isGraver(ours, theirs);
    const people = this.#peopleOf(own, lead, graver, now);

    advance(lead, { kind: 'lead_incident', groupId });
    const subject = subjectOf(own);
    deliveries.withdraw(subject, own.escalation.told, now, journal);
    for (const alert of joining) {
      const shown = alert.escalation.told.filter((target) => deliveries.rootRef(subject, target) !== '');
      const shownAt = alert.alertId === own.alertId ? shown : [];
      const cause = { alertId: by.alertId, slice, from: alert.groupId };
      advance(alert, { kind: 'join_incident', groupId, sameCause: cause, shownAt });
    }
    // What has not gone out yet shows the whole incident anyway.
    const isShown = lead.escalation.told.some((target) => deliveries.rootRef(subjectOf(lead), target) !== '');
    if (isShown) advance(lead, { kind: 'group_grew', urgent: graver });
    const { policy } = own.escalation;
    const other = graver && policy.id !== lead.escalation.policy.id ? policy : null;
    advance(lead, { kind: 'tell_also', targets: people, policy: other });

    // Whoever has taken the one is at work on the other, unless they took it for less than it is.
    if (lead.state === 'acknowledged')
      for (const alert of joining) advance(alert, takenAs(lead), lead.acknowledgedBy);
    else if (own.state === 'acknowledged' && !isGraver(theirs, ours))
      advance(lead, takenAs(own), own.acknowledgedBy);
  }

  /** Whom an alert has told that joins, or would have told first, and whom the incident's own steps may pass by. */
  #peopleOf(own: AlertRecord, lead: AlertRecord, graver: boolean, now: Instant): readonly Target[] {
    const { directory } = this.#episodes;
    const firstOf = ({ escalation, owner }: AlertRecord) =>
      directory.reach(targetsOfStep(escalation), owner, now);
    if (own.escalation.told.length > 0) return own.escalation.told;
    const alike = own.escalation.policy.id === lead.escalation.policy.id && own.owner === lead.owner;
    if (alike) return [];
    return graver && lead.escalation.told.length === 0 ? [...firstOf(own), ...firstOf(lead)] : firstOf(own);
  }
}

/** The acknowledgement that another alert has, for one that shares it. */
function takenAs({ acknowledgedBy, acknowledgedById }: AlertRecord) {
  return { kind: 'acknowledge', actor: acknowledgedBy, personId: acknowledgedById } as const;
}

function membersOf(speaker: AlertRecord, book: Episodes['book']): readonly AlertRecord[] {
  return speaker.groupId === '' ? [speaker] : book.openMembers(speaker.groupId);
}

function gravest(alerts: readonly AlertRecord[]): Severity {
  return alerts.reduce<Severity>(
    (worst, { severity }) => (isGraver(severity, worst) ? severity : worst),
    'info',
  );
}

/** The one that people heard of first, of two at the same time the graver. */
function precedes(one: AlertRecord, other: AlertRecord): boolean {
  const at = (one.openedAt ?? 0) - (other.openedAt ?? 0);
  if (at !== 0) return at < 0;
  if (one.severity !== other.severity) return isGraver(one.severity, other.severity);
  const score = one.worst.score - other.worst.score;
  return score === 0 ? compareText(one.alertId, other.alertId) < 0 : score > 0;
}
