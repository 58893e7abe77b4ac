import { type Answered, type Asked, RestStandIn } from './rest-stand-in.js';

interface Issue {
  key: string;
  fields: { summary: string; description: object; labels: string[]; project: string; issuetype: string };
  status: keyof typeof CATEGORIES;
  comments: { id: string; body: object }[];
}

const CATEGORIES = { Backlog: 'new', Doing: 'indeterminate', Done: 'done' } as const;
/** The workflow's transitions: Doing can be reached from everywhere, Done only from Doing, Backlog never again. */
const WAYS = [
  { id: '21', from: ['Backlog', 'Done'], to: 'Doing' },
  { id: '31', from: ['Doing'], to: 'Done' },
  { id: '41', from: ['Backlog', 'Doing'], to: 'Done' },
] as const;

/** Jira Cloud's REST API v3 for one project, as developer.atlassian.com describes it, and as strict. */
export class JiraStandIn {
  readonly user = 'bot@example.org';
  readonly token = 'jira-right';
  readonly issues: Issue[] = [];
  /** Transitions that the project's workflow has. */
  ways: readonly string[] = ['21', '31', '41'];
  rest: RestStandIn | null = null;

  static async start(): Promise<JiraStandIn> {
    const standIn = new JiraStandIn();
    standIn.rest = await RestStandIn.start((asked) => standIn.#answer(asked));
    return standIn;
  }

  #answer({ method, path, headers, body }: Asked): Answered {
    const right = `Basic ${Buffer.from(`${this.user}:${this.token}`).toString('base64')}`;
    if (headers.authorization !== right) return { status: 401, body: { errorMessages: ['no'] } };
    if (path === '/rest/api/3/issue' && method === 'POST') return this.#create(body);
    if (path === '/rest/api/3/search/jql' && method === 'POST') return this.#search(body);
    const match = /^\/rest\/api\/3\/issue\/([A-Z]+-\d+)(?:\/(transitions|comment))?$/.exec(path);
    const issue = this.issues.find(({ key }) => key === match?.[1]);
    if (match === null || issue === undefined)
      return problem(404, 'Issue does not exist or you do not have permission to see it.');
    switch (`${method} ${match[2] ?? ''}`) {
      case 'PUT ':
        return this.#edit(issue, body);
      case 'GET ':
        return { status: 200, body: { key: issue.key, fields: { status: statusOf(issue.status) } } };
      case 'GET transitions':
        return {
          status: 200,
          body: {
            transitions: this.#waysOf(issue).map(({ id, to }) => ({ id, name: to, to: statusOf(to) })),
          },
        };
      case 'POST transitions': {
        const way = this.#waysOf(issue).find(({ id }) => id === body?.transition?.id);
        if (way === undefined)
          return problem(400, 'It seems that you have tried to perform a workflow operation');
        issue.status = way.to;
        return { status: 204 };
      }
      case 'GET comment':
        return { status: 200, body: { comments: issue.comments, total: issue.comments.length } };
      case 'POST comment': {
        const wrong = documentProblem(body?.body);
        if (wrong !== null) return problem(400, wrong);
        issue.comments.unshift({ id: String(issue.comments.length + 1), body: body.body });
        return { status: 201, body: issue.comments[0] };
      }
      default:
        return problem(405, 'Method Not Allowed');
    }
  }

  #create(body: Asked['body']): Answered {
    const { project, issuetype, summary, description, labels = [] } = body?.fields ?? {};
    if (project?.key !== 'OPS') return problem(400, 'valid project is required');
    if (issuetype?.name !== 'Task') return problem(400, 'Specify a valid issue type');
    const wrong = summaryProblem(summary) ?? documentProblem(description);
    if (wrong !== null) return problem(400, wrong);
    if (labels.some((label: string) => /\s/.test(label)))
      return problem(400, "The label can't contain spaces.");
    const key = `OPS-${this.issues.length + 1}`;
    const fields = { summary, description, labels, project: project.key, issuetype: issuetype.name };
    this.issues.push({ key, fields, status: 'Backlog', comments: [] });
    return { status: 201, body: { id: '10000', key, self: `${this.rest?.address}/rest/api/3/issue/10000` } };
  }

  #edit(issue: Issue, body: Asked['body']): Answered {
    const { summary, description, ...others } = body?.fields ?? {};
    // The status is no field: it is changed by transitions.
    if (Object.keys(others).length > 0)
      return problem(400, `Field '${Object.keys(others)[0]}' cannot be set`);
    const wrong = summaryProblem(summary) ?? documentProblem(description);
    if (wrong !== null) return problem(400, wrong);
    Object.assign(issue.fields, { summary, description });
    return { status: 204 };
  }

  #search(body: Asked['body']): Answered {
    const match = /^project = "(\w+)" AND labels = "([\w-]+)"$/.exec(body?.jql ?? '');
    if (match === null) return problem(400, 'The JQL query is not bounded or not valid');
    const found = this.issues.filter(
      ({ fields }) => fields.project === match[1] && fields.labels.includes(match[2] ?? ''),
    );
    const issues = found.slice(0, body.maxResults).map(({ key }) => ({ id: '10000', key }));
    return { status: 200, body: { issues, isLast: true } };
  }

  #waysOf({ status }: Issue) {
    return WAYS.filter(({ id, from }) => this.ways.includes(id) && from.some((it) => it === status));
  }
}

function statusOf(name: keyof typeof CATEGORIES) {
  return { name, statusCategory: { key: CATEGORIES[name] } };
}

function summaryProblem(summary: unknown): string | null {
  if (typeof summary !== 'string' || summary.trim() === '') return 'You must specify a summary of the issue.';
  if (summary.includes('\n')) return 'The summary is invalid because it contains newline characters.';
  return summary.length > 255 ? 'Summary must be less than 255 characters.' : null;
}

/** Atlassian Document Format: a versioned document of paragraphs of non-empty texts is all that is taken here. */
function documentProblem(document: unknown): string | null {
  // biome-ignore lint/suspicious/noExplicitAny: what a stand-in is sent is for it to look through.
  const doc = document as any;
  if (doc?.type !== 'doc' || doc.version !== 1 || !Array.isArray(doc.content))
    return 'Operation value must be an Atlassian Document';
  for (const paragraph of doc.content) {
    if (paragraph.type !== 'paragraph') return 'INVALID_INPUT';
    for (const node of paragraph.content)
      if (node.type !== 'text' || typeof node.text !== 'string' || node.text === '') return 'INVALID_INPUT';
  }
  return null;
}

function problem(status: number, message: string): Answered {
  return { status, body: { errorMessages: [message], errors: {} } };
}
