import type { Instant } from '../model/clock.js';
import type { AlertCommand, AlertCommandResult, AlertRefusal } from './command.js';
import { inputOf } from './command-input.js';
import type { Episodes } from './episodes.js';
import type { AlertInput } from './input.js';
import { type AlertRecord, isMember } from './record.js';
import type { SilenceCommand, SilenceCommandResult } from './silence-command.js';
import { editOf, refusalOf, silenceFrom } from './silence-input.js';
import { transition } from './transition.js';

/** What people do to alerts and to silences. */
export class CommandDesk {
  readonly #episodes: Episodes;

  constructor(episodes: Episodes) {
    this.#episodes = episodes;
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
    });
    const silence = silences.silence(silenceId);
    return silence === undefined ? { outcome: 'not_found' } : { outcome: 'done', entries, silence };
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
}

/** What is done to a group is done to its members without a word of their own. */
function asMember(input: AlertInput): AlertInput {
  if (input.kind === 'resolve') return { ...input, outlived: true };
  return input.kind === 'silenced' ? { ...input, snooze: false } : input;
}
