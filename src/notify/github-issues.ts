import type { Clock } from '../model/clock.js';
import { askJson, type JsonAnswer } from './json-api.js';
import { markdownText } from './markdown-text.js';
import type { Tried } from './outcome.js';
import type { Ticket, TicketPlace, TicketStatus, Tracker } from './tracker.js';
import { oneLine } from './wording.js';

export interface GithubSettings {
  /** `owner/name`. */
  repository: string;
  /** Of an account or app that may write issues there. */
  token: string;
  /** The REST API's address. */
  api: string;
  /** The first one is also how tickets are found again. */
  labels: readonly string[];
}

/** Pages of tickets and comments that are looked through for one that may be there already. */
const MOST_PAGES = 10;
const PAGE = 100;
const LONGEST = { title: 256, body: 60_000 };

const STATE: Readonly<Record<TicketStatus, { state: string; state_reason?: string }>> = {
  to_do: { state: 'open' },
  in_progress: { state: 'open' },
  done: { state: 'closed', state_reason: 'completed' },
  dropped: { state: 'closed', state_reason: 'not_planned' },
};

interface Issue {
  number: number;
  html_url: string;
  body?: string | null;
}

/** Tickets as GitHub issues (REST API, version 2022-11-28). Marks stand in the text as comments that are not shown. */
export function githubIssues(
  { repository, token, api, labels }: GithubSettings,
  { clock, timeout }: { clock: Clock; timeout?: number | undefined },
): Tracker {
  const headers = {
    Accept: 'application/vnd.github+json',
    Authorization: `Bearer ${token}`,
    'X-GitHub-Api-Version': '2022-11-28',
    'User-Agent': 'redress',
  };
  const ask = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) =>
    askJson({ base: api, headers, clock, timeout }, method, `/repos/${repository}/issues${path}`, body);

  async function search<Item extends { body?: string | null }>(
    path: string,
    mark: string,
  ): Promise<Tried<Item | null>> {
    for (let page = 1; page <= MOST_PAGES; page++) {
      const joint = path.includes('?') ? '&' : '?';
      const answer = await ask('GET', `${path}${joint}per_page=${PAGE}&page=${page}`);
      const read = expectStatus(answer, 200);
      if (!read.ok) return read;
      const items = read.value as Item[];
      const found = items.find(({ body }) => body?.includes(mark));
      if (found !== undefined) return { ok: true, value: found };
      if (items.length < PAGE) break;
    }
    return { ok: true, value: null };
  }

  return {
    async create(ticket) {
      const answer = await ask('POST', '', { title: titleOf(ticket), body: bodyOf(ticket), labels });
      const created = expectStatus(answer, 201);
      return created.ok ? { ok: true, value: placeOf(created.value as Issue) } : created;
    },
    async update(ref, ticket) {
      const asked = { title: titleOf(ticket), body: bodyOf(ticket), ...STATE[ticket.status] };
      const answer = await ask('PATCH', `/${numberOf(ref)}`, asked);
      if (answer.ok && [404, 410].includes(answer.value.status)) return { ok: true, value: null };
      const updated = expectStatus(answer, 200);
      return updated.ok ? { ok: true, value: placeOf(updated.value as Issue) } : updated;
    },
    async comment(ref, text, mark) {
      const body = `${markOf(mark)}\n${shown(text)}`.slice(0, LONGEST.body);
      return expectStatus(await ask('POST', `/${numberOf(ref)}/comments`, { body }), 201);
    },
    async find(followUpId) {
      const label = labels[0] === undefined ? '' : `&labels=${encodeURIComponent(labels[0])}`;
      const found = await search<Issue>(`?state=all${label}`, markOf(followUpId));
      return found.ok ? { ok: true, value: found.value && placeOf(found.value) } : found;
    },
    async hasComment(ref, mark) {
      const found = await search<{ body?: string }>(`/${numberOf(ref)}/comments`, markOf(mark));
      return found.ok ? { ok: true, value: found.value !== null } : found;
    },
  };
}

function expectStatus(answer: Tried<JsonAnswer>, status: number): Tried<unknown> {
  if (!answer.ok) return answer;
  if (answer.value.status === status) return { ok: true, value: answer.value.body };
  return { ok: false, outcome: { outcome: 'failed', reason: `http_${answer.value.status}` } };
}

function placeOf({ number, html_url }: Issue): TicketPlace {
  return { ref: `#${number}`, url: html_url };
}

const numberOf = (ref: string): string => ref.slice(1);

/** A comment of HTML must not hold two dashes in a row, and the id of a follow-up may. */
function markOf(id: string): string {
  return `<!-- redress: ${encodeURIComponent(id).replaceAll('-', '%2D')} -->`;
}

function titleOf({ title }: Ticket): string {
  return [...oneLine(title)].slice(0, LONGEST.title).join('');
}

function bodyOf({ followUpId, facts }: Ticket): string {
  const lines = facts.map(([label, text]) => `- **${label}:** ${shown(text)}`.slice(0, 5_000));
  return `${markOf(followUpId)}\n${lines.join('\n')}`.slice(0, LONGEST.body);
}

/** What somebody wrote, shown as it is: no markup, and nobody is called by a name in it. */
function shown(text: string): string {
  return markdownText(text).replaceAll('@', '@<!-- -->');
}
