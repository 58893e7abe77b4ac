import { type Answered, type Asked, RestStandIn } from './rest-stand-in.js';

interface Issue {
  number: number;
  title: string;
  body: string;
  state: string;
  state_reason: string | null;
  labels: { name: string }[];
  html_url: string;
}

/** GitHub's REST API for one repository's issues, as docs.github.com describes version 2022-11-28, and as strict. */
export class GithubStandIn {
  readonly token = 'ghp_right';
  readonly issues: Issue[] = [];
  readonly comments = new Map<number, { id: number; body: string }[]>();
  rest: RestStandIn | null = null;

  static async start(): Promise<GithubStandIn> {
    const standIn = new GithubStandIn();
    standIn.rest = await RestStandIn.start((asked) => standIn.#answer(asked));
    return standIn;
  }

  #answer({ method, path, query, headers, body }: Asked): Answered {
    if (headers['user-agent'] === undefined || headers['user-agent'] === 'node')
      return problem(403, 'Request forbidden by administrative rules. User-Agent header is required');
    if (headers.authorization !== `Bearer ${this.token}`) return problem(401, 'Bad credentials');
    if (headers['x-github-api-version'] !== '2022-11-28') return problem(400, 'Unsupported API version');
    if (headers.accept !== 'application/vnd.github+json') return problem(415, 'Unsupported media type');
    const match = /^\/repos\/acme\/market\/issues(?:\/(\d+)(\/comments)?)?$/.exec(path);
    if (match === null) return problem(404, 'Not Found');
    const number = match[1] === undefined ? null : Number(match[1]);
    const issue = this.issues.find((it) => it.number === number);
    if (number === null)
      return method === 'POST' ? this.#create(body) : this.#list(this.#labelled(query), query);
    if (issue === undefined) return problem(404, 'Not Found');
    if (match[2] === undefined)
      return method === 'PATCH' ? this.#edit(issue, body) : problem(404, 'Not Found');
    const comments = this.comments.get(number) ?? [];
    if (method === 'GET') return this.#list(comments, query);
    if (typeof body?.body !== 'string' || body.body === '') return problem(422, 'Validation Failed');
    const comment = { id: comments.length + 1, body: body.body };
    this.comments.set(number, [...comments, comment]);
    return { status: 201, body: comment };
  }

  #create(body: Asked['body']): Answered {
    const known = ['title', 'body', 'labels', 'assignees', 'milestone', 'type'];
    const strange = Object.keys(body ?? {}).some((key) => !known.includes(key));
    if (strange || typeof body?.title !== 'string' || body.title === '' || body.title.length > 256)
      return problem(422, 'Validation Failed');
    if (body.body.length > 65_536) return problem(422, 'body is too long (maximum is 65536 characters)');
    const number = this.issues.length + 1;
    const issue: Issue = {
      ...{ number, title: body.title, body: body.body, state: 'open', state_reason: null },
      labels: (body.labels ?? []).map((name: string) => ({ name })),
      html_url: `https://github.com/acme/market/issues/${number}`,
    };
    this.issues.unshift(issue);
    return { status: 201, body: issue };
  }

  #edit(issue: Issue, body: Asked['body']): Answered {
    const reasons = ['completed', 'not_planned', 'duplicate', 'reopened', null, undefined];
    if (!['open', 'closed', undefined].includes(body.state) || !reasons.includes(body.state_reason))
      return problem(422, 'Validation Failed');
    Object.assign(issue, body);
    if (body.state === 'open') issue.state_reason = issue.state_reason === null ? null : 'reopened';
    return { status: 200, body: issue };
  }

  #labelled(query: URLSearchParams): Issue[] {
    const labels = query.get('labels')?.split(',') ?? [];
    return this.issues
      .filter(({ state }) => query.get('state') === 'all' || state === 'open')
      .filter((it) => labels.every((label) => it.labels.some(({ name }) => name === label)));
  }

  #list(items: readonly unknown[], query: URLSearchParams): Answered {
    const size = Number(query.get('per_page') ?? 30);
    if (size > 100) return problem(422, 'per_page');
    const page = Number(query.get('page') ?? 1);
    return { status: 200, body: items.slice((page - 1) * size, page * size) };
  }
}

function problem(status: number, message: string): Answered {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest' } };
}
