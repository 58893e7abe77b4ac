import type { Instant } from '../model/clock.js';
import type { FollowUpChanges } from './command.js';
import { join, type Ledger } from './ledger.js';
import { reminderFor } from './messages.js';
import type { FollowUpRecord } from './record.js';
import { nextClimb, nextReminder, reminderReason } from './reminders.js';

/** One thing to remind a person of: something of their own, or what has climbed to them as its owner's lead. */
interface Item {
  followUp: FollowUpRecord;
  person: string;
  as: 'owner' | 'lead';
  at: Instant;
}

/**
 * Who is reminded of what, and when. All that is due for one person on one day is one message, at the start of the
 * person's work; what was missed is made up for once, while the person is at work.
 */
export class Reminding {
  readonly #ledger: Ledger;
  /** Records never change, so what is to be said of one is worked out once. */
  readonly #items = new WeakMap<FollowUpRecord, readonly Item[]>();
  /** People who were found away from work when something was due, and when they are back. */
  readonly #back = new Map<string, Instant>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Reminders that are due at or before `now`, one message for each person who is at work. */
  due(now: Instant): FollowUpChanges {
    const waiting = [...this.#soonest()].filter(([person, at]) => this.#moment(person, at) <= now);
    const atWork = waiting.filter(([person]) => {
      const days = this.#ledger.people.daysOf(person);
      if (days.isAtWork(now)) return true;
      this.#back.set(person, days.morningFrom(now));
      return false;
    });
    return join(atWork.map(([person]) => this.#remind(person, now)));
  }

  /** When the next reminder is due; null when nothing waits for people. */
  nextDue(): Instant | null {
    let next: Instant | null = null;
    for (const [person, at] of this.#soonest())
      next = Math.min(next ?? Number.POSITIVE_INFINITY, this.#moment(person, at));
    return next;
  }

  /** The soonest of each person's reminders. */
  #soonest(): Map<string, Instant> {
    const soonest = new Map<string, Instant>();
    for (const followUp of this.#ledger.book.waiting())
      for (const { person, at } of this.#itemsOf(followUp))
        if (at < (soonest.get(person) ?? Number.POSITIVE_INFINITY)) soonest.set(person, at);
    return soonest;
  }

  /** When a person's soonest reminder is sent: not on a day on which there was one already. */
  #moment(person: string, soonest: Instant): Instant {
    const reminded = this.#ledger.book.lastReminded(person);
    const nextDay = reminded === null ? 0 : this.#ledger.people.daysOf(person).morningAfter(reminded);
    return Math.max(soonest, nextDay, this.#back.get(person) ?? 0);
  }

  #itemsOf(followUp: FollowUpRecord): readonly Item[] {
    const known = this.#items.get(followUp);
    if (known !== undefined) return known;
    const { people, settings } = this.#ledger;
    const { owner } = followUp;
    const own = nextReminder(followUp, settings.remindBefore, people.daysOf(owner));
    const items: Item[] = [{ followUp, person: owner, as: 'owner', at: own }];
    const lead = people.leadOf(owner);
    if (lead !== '') {
      const at = nextClimb(followUp, settings.leadAfter, lead, people.daysOf(lead));
      items.push({ followUp, person: lead, as: 'lead', at });
    }
    this.#items.set(followUp, items);
    return items;
  }

  #remind(person: string, now: Instant): FollowUpChanges {
    this.#back.delete(person);
    const { book, people, settings } = this.#ledger;
    const days = people.daysOf(person);
    const due = [...book.waiting()]
      .flatMap((followUp) => this.#itemsOf(followUp))
      .filter((item) => item.person === person && item.at <= now)
      .sort(soonestDueFirst);
    const { entries } = join(
      due.map(({ followUp, as }) =>
        this.#ledger.advance(
          followUp,
          as === 'lead'
            ? { kind: 'climb', to: person }
            : { kind: 'remind', reason: reminderReason(followUp, now, days) },
          now,
        ),
      ),
    );
    const day = days.isoDate(days.dayOf(now));
    const told = due.map(({ followUp }) => followUp);
    return { entries, tell: [reminderFor(person, day, told, { people, tell: settings.tell })] };
  }
}

function soonestDueFirst({ followUp: a }: Item, { followUp: b }: Item): number {
  return a.dueAt - b.dueAt || (a.followUpId < b.followUpId ? -1 : 1);
}
