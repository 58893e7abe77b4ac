import type { Target } from '../model/alert.js';
import { type Clock, type Instant, MINUTE } from '../model/clock.js';
import type { Owner } from '../model/owner.js';
import { ask, firstOfPages, PAGE, type WebClient } from './slack-api.js';
import { conversationOf } from './slack-search.js';

/** Somebody who may act on an alert: a rule's word, or the id of a user group or a person. */
export type SlackActorRule = string;

/** What people act on: who owns it and who hears of it. */
interface ActedOn {
  owner: string;
  told: readonly Target[];
}

/** `unknown`: Slack could not be asked. */
export type MayAct = 'yes' | 'no' | 'unknown';

/** For so long a list of members is believed. */
const BELIEVED_FOR = 5 * MINUTE;

/**
 * Who may act on alerts in Slack: `anyone`, `channel_members` of a channel that was told (or whoever was told directly),
 * `owners` (the alert's owner and their lead), a user group (`S…`) or a person (`U…`, `W…`). One rule that holds is enough.
 * Where somebody acts is no reason to let them: a command can be typed anywhere.
 */
export class SlackPeople {
  readonly #api: WebClient;
  readonly #rules: readonly SlackActorRule[];
  readonly #owners: readonly Owner[];
  readonly #clock: Clock;
  readonly #members = new Map<string, { people: ReadonlySet<string>; at: Instant }>();

  constructor(parts: {
    api: WebClient;
    rules: readonly SlackActorRule[];
    owners: readonly Owner[];
    clock: Clock;
  }) {
    this.#api = parts.api;
    this.#rules = parts.rules;
    this.#owners = parts.owners;
    this.#clock = parts.clock;
  }

  async mayAct(personId: string, about: ActedOn): Promise<MayAct> {
    if (this.#rules.includes('anyone') || this.#rules.includes(personId)) return 'yes';
    if (this.#rules.includes('owners') && this.#isOwner(personId, about)) return 'yes';
    const told = this.#rules.includes('channel_members') ? slackNames(about.told) : [];
    if (told.includes(personId)) return 'yes';
    let unknown = false;
    for (const rule of this.#rules) {
      const lists = rule === 'channel_members' ? told.filter(isChannel) : /^S/.test(rule) ? [rule] : [];
      for (const list of lists) {
        const people = await this.#membersOf(list);
        if (people?.has(personId)) return 'yes';
        unknown ||= people === null;
      }
    }
    return unknown ? 'unknown' : 'no';
  }

  #isOwner(personId: string, about: ActedOn): boolean {
    const owner = this.#owners.find(({ id }) => id === about.owner);
    const lead = this.#owners.find(({ id }) => id === owner?.lead);
    return [owner, lead].some((one) => one?.slack === personId);
  }

  /** Null when Slack could not be asked; what was known before is better than nothing. */
  async #membersOf(list: string): Promise<ReadonlySet<string> | null> {
    const known = this.#members.get(list);
    const now = this.#clock.now();
    if (known !== undefined && now - known.at < BELIEVED_FOR) return known.people;
    const people = list.startsWith('S') ? await this.#group(list) : await this.#channel(list);
    if (people !== null) this.#members.set(list, { people, at: now });
    return people ?? known?.people ?? null;
  }

  async #group(usergroup: string): Promise<ReadonlySet<string> | null> {
    const answer = await ask(() => this.#api.usergroups.users.list({ usergroup }));
    return answer.ok ? new Set(answer.value.users ?? []) : null;
  }

  async #channel(name: string): Promise<ReadonlySet<string> | null> {
    const found = await conversationOf(this.#api, name);
    if (!found.ok || found.value === null) return null;
    const channel = found.value;
    const people = new Set<string>();
    const read = await firstOfPages(
      (cursor) => this.#api.conversations.members({ channel, limit: PAGE, ...cursor }),
      (page) => {
        for (const person of page.members ?? []) people.add(person);
        return undefined;
      },
    );
    return read.ok ? people : null;
  }
}

/** The channels and people among targets, as Slack's API takes them. */
function slackNames(targets: readonly Target[]): string[] {
  return targets.filter((target) => target.startsWith('slack:')).map((target) => target.slice(6));
}

function isChannel(name: string): boolean {
  return !/^[UW]/.test(name);
}
