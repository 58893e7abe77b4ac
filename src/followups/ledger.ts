import type { Instant } from '../model/clock.js';
import type { FollowUpSettings } from '../model/follow-up.js';
import type { JournalEntry } from '../model/journal.js';
import type { Json } from '../model/json.js';
import { FollowUpBook } from './book.js';
import type { FollowUpChanges } from './command.js';
import { messagesFor } from './messages.js';
import type { People } from './people.js';
import type { FollowUpReason, FollowUpRecord } from './record.js';
import { type FollowUpInput, transition } from './transition.js';

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

export const NO_CHANGES: FollowUpChanges = { entries: [], tell: [] };

/** What is current, and the one way to change it: each change is an entry, applied here, and the messages it asks for. */
export class Ledger {
  readonly book = new FollowUpBook();
  readonly people: People;
  readonly settings: FollowUpSettings;

  constructor(people: People, settings: FollowUpSettings) {
    this.people = people;
    this.settings = settings;
  }

  /** Lets something happen to a follow-up by itself; nothing where it does not apply. */
  advance(before: FollowUpRecord, input: FollowUpInput, now: Instant): FollowUpChanges {
    const result = transition(before, input, now);
    return result.outcome === 'changed'
      ? this.write(result.followUp, result.reason, 'system', now)
      : NO_CHANGES;
  }

  write(
    changed: FollowUpRecord,
    reason: FollowUpReason,
    actor: string,
    now: Instant,
  ): FollowUpChanges & { followUp: FollowUpRecord } {
    const marks = TURNS.has(reason) ? [...changed.marks, { reason, at: now }] : changed.marks;
    const followUp = { ...changed, marks, lead: this.people.leadOf(changed.owner) };
    const entry: JournalEntry = {
      stream: 'follow_up',
      id: followUp.followUpId,
      version: followUp.version,
      at: now,
      actor,
      reason,
      body: followUp as unknown as Json,
    };
    this.book.apply(entry);
    const audience = { people: this.people, tell: this.settings.tell };
    return { followUp, entries: [entry], tell: messagesFor(followUp, { what: reason, actor }, audience) };
  }
}

export function join(changes: readonly FollowUpChanges[]): FollowUpChanges {
  return {
    entries: changes.flatMap(({ entries }) => entries),
    tell: changes.flatMap(({ tell }) => tell),
  };
}
