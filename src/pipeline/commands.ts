import type { AlertCommand, AlertCommandResult } from '../alerts/command.js';
import type { AlertDesk } from '../alerts/desk.js';
import type { SilenceCommand, SilenceCommandResult } from '../alerts/silence-command.js';
import type {
  FollowUpChanges,
  FollowUpCommand,
  FollowUpCommandResult,
  OpenByHand,
  OpenFollowUp,
  OpenFollowUpResult,
} from '../followups/command.js';
import type { FollowUpDesk } from '../followups/desk.js';
import type { Alert, Carrier } from '../model/alert.js';
import { type AnalysisOutcome, causesOf, isWorthTelling } from '../model/analysis.js';
import type { Instant } from '../model/clock.js';
import type { Delivery, SendOutcome } from '../model/delivery.js';
import type { JournalEntry } from '../model/journal.js';
import { formatSlice, parseSlice } from '../model/slice.js';

/** What a person's command came to, and the entries that say so: to be written together. */
export interface Carried<Result> {
  result: Result;
  entries: readonly JournalEntry[];
  /** True when the judges have been told something: what they know is to be stored before the entries are. */
  judgesChanged?: boolean;
}

/** Takes the level that a series has now for what is expected of it; false where that cannot be. */
export type AcceptLevel = (metric: string, slice: string) => boolean;

/** What was made elsewhere for a follow-up, such as a ticket, is a link of it. */
export function linkedBy(
  commands: Pick<Commands, 'followUp'>,
  delivery: Delivery | undefined,
  outcome: SendOutcome,
  now: Instant,
): readonly JournalEntry[] {
  if (outcome.outcome !== 'sent' || outcome.link === undefined) return [];
  if (delivery?.subject.kind !== 'follow_up') return [];
  const { subject, target } = delivery;
  return commands.followUp({ kind: 'link', followUpId: subject.id, actor: target, ...outcome.link }, now)
    .entries;
}

/** The causes of an alert's analysis as the slices that carry it; none where nothing narrower was found. */
function carriersOf({ slice }: Alert, outcome: AnalysisOutcome | null): Carrier[] {
  if (!isWorthTelling(outcome)) return [];
  return causesOf(outcome).map((cause) => ({
    slice: formatSlice({ ...parseSlice(slice), ...cause.slice }),
    excess: cause.excess,
    share: cause.explained ?? 0,
  }));
}

/** People's commands, to the desk that each is for; a follow-up's messages go by the alerts' way. */
export class Commands {
  readonly #alerts: AlertDesk;
  readonly #followUps: FollowUpDesk;

  readonly #acceptLevel: AcceptLevel;

  constructor(alerts: AlertDesk, followUps: FollowUpDesk, acceptLevel: AcceptLevel) {
    this.#alerts = alerts;
    this.#followUps = followUps;
    this.#acceptLevel = acceptLevel;
  }

  alert(command: AlertCommand, now: Instant): Carried<AlertCommandResult> {
    const result = this.#alerts.act(command, now);
    if (result.outcome !== 'done') return { result, entries: [] };
    if (command.kind !== 'feedback' || command.verdict !== 'new_normal')
      return { result, entries: result.entries };
    // A level that no detector can take for normal stays an alert; that somebody said so is kept all the same.
    const { alertId, metric, slice } = result.alert;
    if (!this.#acceptLevel(metric, slice)) return { result, entries: result.entries };
    const ended = this.#alerts.newNormal(alertId, command.actor, now);
    const entries = [...result.entries, ...ended];
    const alert = this.#alerts.alert(alertId) ?? result.alert;
    return { result: { ...result, entries, alert }, entries, judgesChanged: true };
  }

  silence(command: SilenceCommand, now: Instant): Carried<SilenceCommandResult> {
    const result = this.#alerts.silence(command, now);
    return { result, entries: result.outcome === 'done' ? result.entries : [] };
  }

  openFollowUp(command: OpenFollowUp, now: Instant): Carried<OpenFollowUpResult> {
    const result = this.#followUps.open(this.#fromCause(command), now);
    return { result, entries: result.outcome === 'done' ? this.#told(result, now) : [] };
  }

  /** A follow-up begins from what the analysis found, where it found something narrower than the alert itself. */
  #fromCause(command: OpenFollowUp): OpenFollowUp {
    const { alert } = command;
    const outcome = this.#alerts.analysis(alert.alertId)?.outcome ?? null;
    const carriers = carriersOf(alert, outcome);
    const [first] = carriers;
    if (first === undefined) return command;
    const title = command.title ?? `${alert.title}: ${command.on?.slice ?? first.slice}`;
    return { ...command, title, alert: { ...alert, carriers } };
  }

  openByHand(command: OpenByHand, now: Instant): Carried<OpenFollowUpResult> {
    const result = this.#followUps.openByHand(command, now);
    return { result, entries: result.outcome === 'done' ? this.#told(result, now) : [] };
  }

  followUp(command: FollowUpCommand, now: Instant): Carried<FollowUpCommandResult> {
    const attached = command.kind === 'attach_alert' ? this.#alerts.alert(command.alertId) : undefined;
    const result = this.#followUps.act(command, now, attached);
    return { result, entries: result.outcome === 'done' ? this.#told(result, now) : [] };
  }

  #told({ entries, tell }: FollowUpChanges, now: Instant): JournalEntry[] {
    return [...entries, ...this.#alerts.notify(tell, now)];
  }
}
