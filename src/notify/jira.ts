import { createHash } from 'node:crypto';
import type { Clock } from '../model/clock.js';
import { askJson, type JsonAnswer } from './json-api.js';
import type { Tried } from './outcome.js';
import type { Ticket, TicketPlace, TicketStatus, Tracker } from './tracker.js';
import { oneLine } from './wording.js';

export interface JiraSettings {
  /** The site, such as `https://example.atlassian.net`. */
  url: string;
  /** A project's key. */
  project: string;
  issueType: string;
  /** The e-mail address of the account that the token is of. */
  user: string;
  token: string;
  /** Ids of the workflow's transitions; empty for the first that leads to a status of that category. */
  transitions: Readonly<Record<'toDo' | 'inProgress' | 'done', string>>;
}

/** Jira's own limit of a summary, and one of ours for a paragraph. */
const LONGEST = { summary: 255, paragraph: 5_000 };
const MOST_COMMENTS = 100;

/** Jira's status categories, which every workflow has, and the setting that names a transition to them. */
const CATEGORY = {
  to_do: ['new', 'toDo'],
  in_progress: ['indeterminate', 'inProgress'],
  done: ['done', 'done'],
  dropped: ['done', 'done'],
} as const satisfies Record<TicketStatus, readonly [string, keyof JiraSettings['transitions']]>;

interface Status {
  statusCategory: { key: string };
}

/** Tickets as issues of Jira Cloud (REST API v3), their text in Atlassian's document format. */
export function jiraIssues(
  { url, project, issueType, user, token, transitions }: JiraSettings,
  { clock, timeout }: { clock: Clock; timeout?: number | undefined },
): Tracker {
  const headers = {
    Accept: 'application/json',
    Authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
  };
  const ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) =>
    askJson({ base: url, headers, clock, timeout }, method, `/rest/api/3${path}`, body);
  const placeOf = (key: string): TicketPlace => ({
    ref: key,
    url: `${url.replace(/\/$/, '')}/browse/${key}`,
  });

  /** A workflow that has no way there leaves the status as it is: the comment says what has happened. */
  async function moveTo(key: string, status: TicketStatus): Promise<Tried<unknown>> {
    const [category, setting] = CATEGORY[status];
    const now = expectStatus(await ask('GET', `/issue/${key}?fields=status`), 200);
    if (!now.ok) return now;
    const { fields } = now.value as { fields: { status: Status } };
    if (fields.status.statusCategory.key === category) return now;
    const listed = expectStatus(await ask('GET', `/issue/${key}/transitions`), 200);
    if (!listed.ok) return listed;
    const { transitions: ways } = listed.value as { transitions: { id: string; to: Status }[] };
    const wanted = transitions[setting];
    const way = ways.find(({ id, to }) =>
      wanted === '' ? to.statusCategory.key === category : id === wanted,
    );
    if (way === undefined) return listed;
    const moved = await ask('POST', `/issue/${key}/transitions`, { transition: { id: way.id } });
    return expectStatus(moved, 204);
  }

  return {
    async create(ticket) {
      const fields = {
        ...{ project: { key: project }, issuetype: { name: issueType } },
        ...{ summary: summaryOf(ticket), description: documentOf(ticket) },
        labels: ['redress', hashOf(ticket.followUpId)],
      };
      const created = expectStatus(await ask('POST', '/issue', { fields }), 201);
      return created.ok ? { ok: true, value: placeOf((created.value as { key: string }).key) } : created;
    },
    async update(ref, ticket) {
      const fields = { summary: summaryOf(ticket), description: documentOf(ticket) };
      const answer = await ask('PUT', `/issue/${ref}`, { fields });
      if (answer.ok && answer.value.status === 404) return { ok: true, value: null };
      const updated = expectStatus(answer, 204);
      if (!updated.ok) return updated;
      const moved = await moveTo(ref, ticket.status);
      return moved.ok ? { ok: true, value: placeOf(ref) } : moved;
    },
    async comment(ref, text, mark) {
      const reference = textNode(hashOf(mark), [{ type: 'code' }]);
      const body = documentWith([paragraph([textNode(text)]), paragraph([reference])]);
      return expectStatus(await ask('POST', `/issue/${ref}/comment`, { body }), 201);
    },
    async find(followUpId) {
      const jql = `project = "${project}" AND labels = "${hashOf(followUpId)}"`;
      const asked = { jql, maxResults: 1, fields: ['status'] };
      const found = expectStatus(await ask('POST', '/search/jql', asked), 200);
      if (!found.ok) return found;
      const [issue] = (found.value as { issues: { key: string }[] }).issues;
      return { ok: true, value: issue === undefined ? null : placeOf(issue.key) };
    },
    async hasComment(ref, mark) {
      const query = `orderBy=-created&maxResults=${MOST_COMMENTS}`;
      const listed = expectStatus(await ask('GET', `/issue/${ref}/comment?${query}`), 200);
      if (!listed.ok) return listed;
      const { comments } = listed.value as { comments: { body: unknown }[] };
      const reference = JSON.stringify(hashOf(mark));
      return { ok: true, value: comments.some(({ body }) => JSON.stringify(body).includes(reference)) };
    },
  };
}

function expectStatus(answer: Tried<JsonAnswer>, status: number): Tried<unknown> {
  if (!answer.ok) return answer;
  if (answer.value.status === status) return { ok: true, value: answer.value.body };
  return { ok: false, outcome: { outcome: 'failed', reason: `http_${answer.value.status}` } };
}

/** A label may hold neither spaces nor most signs, and an id may hold anything. */
function hashOf(id: string): string {
  return `redress-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

function summaryOf({ title }: Ticket): string {
  return [...oneLine(title)].slice(0, LONGEST.summary).join('') || 'Follow-up';
}

type Node = { type: string } & Record<string, unknown>;

function documentOf({ facts }: Ticket): Node {
  return documentWith(
    facts.map(([label, text]) => paragraph([textNode(`${label}: `, [{ type: 'strong' }]), textNode(text)])),
  );
}

function documentWith(content: readonly Node[]): Node {
  return { type: 'doc', version: 1, content };
}

function paragraph(content: readonly Node[]): Node {
  return { type: 'paragraph', content };
}

/** Text is a node of its own, so nothing in it is markup; an empty one would be refused. */
function textNode(text: string, marks?: readonly object[]): Node {
  const shown = [...oneLine(text)].slice(0, LONGEST.paragraph).join('') || '-';
  return { type: 'text', text: shown, ...(marks === undefined ? {} : { marks }) };
}
