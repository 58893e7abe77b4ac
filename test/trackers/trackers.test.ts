import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../../src/model/clock.js';
import type { FollowUp } from '../../src/model/follow-up.js';
import { createNotifiers, createRouter, type Router } from '../../src/notify/index.js';
import {
  CONTEXT,
  makeDelivery,
  makeFollowUp,
  makeFollowUpNotification,
  makeNotification,
  NOON,
} from '../notify/fixtures.js';
import { GithubStandIn } from './github-stand-in.js';
import { JiraStandIn } from './jira-stand-in.js';
import type { RestStandIn } from './rest-stand-in.js';

let github: GithubStandIn;
let jira: JiraStandIn;
let router: Router;

function routerWith(githubToken: string, jiraToken: string, done = ''): Router {
  return createRouter(
    createNotifiers({
      ...CONTEXT,
      print: () => undefined,
      slack: null,
      webhooks: { addresses: {}, secret: '', clock: new SimulatedClock(NOON), timeout: 1_000 },
      trackers: {
        github: {
          issues: {
            repository: 'acme/market',
            token: githubToken,
            api: at(github.rest),
            labels: ['redress'],
          },
        },
        jira: {
          ops: {
            ...{ url: at(jira.rest), project: 'OPS', issueType: 'Task', user: jira.user, token: jiraToken },
            transitions: { toDo: '', inProgress: '', done },
          },
        },
      },
    }),
  );
}

const at = (rest: RestStandIn | null) => rest?.address ?? '';

beforeEach(async () => {
  github = await GithubStandIn.start();
  jira = await JiraStandIn.start();
  router = routerWith(github.token, jira.token);
});

afterEach(async () => {
  await github.rest?.stop();
  await jira.rest?.stop();
});

let turns = 0;

/** A turn of a follow-up, and where its ticket is. */
const turn = (changes: Partial<FollowUp>, rootRef = '', what = 'started', actor = 'ann') =>
  makeFollowUpNotification({
    followUp: makeFollowUp({ title: 'Call @carriers <b>now</b>\n*today*', state: 'open', ...changes }),
    delivery: makeDelivery({
      deliveryId: `d-${turns++}`,
      subject: { kind: 'follow_up', id: 'f-1', version: turns },
      reason: what === 'opened' ? 'follow_up_opened' : 'follow_up_changed',
      change: { what, actor },
    }),
    rootRef,
  });

describe.each(['github:issues', 'jira:ops'])('%s', (target) => {
  const rest = () => (target === 'jira:ops' ? jira.rest : github.rest) as RestStandIn;
  const titles = () =>
    target === 'jira:ops'
      ? jira.issues.map(({ fields }) => fields.summary)
      : github.issues.map(({ title }) => title);
  const comments = () =>
    target === 'jira:ops' ? (jira.issues[0]?.comments ?? []) : (github.comments.get(1) ?? []);

  const create = async () => {
    const outcome = await router.send(target, turn({}));
    if (outcome.outcome !== 'sent') throw new Error(outcome.reason);
    return outcome;
  };

  test('gets one ticket for a follow-up, brought up to date and commented on at each turn', async () => {
    const { messageRef, link } = await create();
    expect(titles()).toEqual(['Call @carriers <b>now</b> *today*']);
    expect(link?.url).toMatch(/\/(issues\/1|browse\/OPS-1)$/);
    const started = turn({ state: 'in_progress', title: 'Call the carriers' }, messageRef);
    expect(await router.send(target, started)).toMatchObject({ outcome: 'sent', messageRef });
    expect(titles()).toEqual(['Call the carriers']);
    expect(JSON.stringify(comments())).toContain('Work begun by ann.');
    // The link that the ticket itself has brought about is no news on it.
    await router.send(target, turn({ state: 'in_progress' }, messageRef, 'linked', target));
    expect(comments()).toHaveLength(1);
  });

  test('makes another ticket when somebody has deleted the first', async () => {
    const { messageRef } = await create();
    github.issues.length = 0;
    jira.issues.length = 0;
    expect(await router.send(target, turn({}, messageRef))).toMatchObject({ outcome: 'sent' });
    expect(titles()).toHaveLength(1);
  });

  test('is asked before a ticket or comment is made again that may be there already', async () => {
    const opened = turn({}, '', 'opened');
    expect(await router.find(target, opened)).toEqual({ outcome: 'found', arrived: false, rootRef: '' });
    rest().failNext('silence');
    expect(await router.send(target, opened)).toMatchObject({ outcome: 'retry', reason: 'timeout' });
    const rootRef = target === 'jira:ops' ? 'OPS-1' : '#1';
    expect(await router.find(target, opened)).toEqual({ outcome: 'found', arrived: true, rootRef });
    // A later turn, before anybody has recorded the ticket, is a comment on it.
    const started = turn({ state: 'in_progress' });
    expect(await router.find(target, started)).toEqual({ outcome: 'found', arrived: false, rootRef });
    await router.send(target, { ...started, rootRef });
    expect(await router.find(target, started)).toEqual({ outcome: 'found', arrived: true, rootRef });
    expect(await router.find(target, turn({}, rootRef))).toEqual({
      outcome: 'found',
      arrived: false,
      rootRef,
    });
    rest().failNext({ status: 503 });
    expect(await router.find(target, started)).toMatchObject({ outcome: 'retry', reason: 'http_503' });
  });

  test.each([
    [
      { status: 429, headers: { 'retry-after': '30' } },
      { outcome: 'retry', reason: 'http_429', retryAfter: 30_000 },
    ],
    [
      { status: 502, body: {} },
      { outcome: 'retry', reason: 'http_502', retryAfter: null },
    ],
    [
      { status: 422, body: {} },
      { outcome: 'failed', reason: 'http_422' },
    ],
    [
      { status: 301, headers: { location: '/elsewhere' } },
      { outcome: 'failed', reason: 'http_301' },
    ],
  ] as const)('%j becomes %j', async (fault, outcome) => {
    rest().failNext(fault);
    expect(await router.send(target, turn({}))).toEqual(outcome);
  });

  test('hears of nothing but follow-ups, and knows no other name or token', async () => {
    expect(await router.send(target, makeNotification())).toMatchObject({ reason: 'only_follow_ups' });
    expect(await router.send(`${target}x`, turn({}))).toMatchObject({ reason: 'unknown_target' });
    expect(await routerWith('no', 'no').send(target, turn({}))).toMatchObject({ reason: 'http_401' });
  });

  test('shows what people wrote as they wrote it, however long it is', async () => {
    const title = `<script> & ${'long '.repeat(200)}`;
    const note = '';
    expect(
      await router.send(
        target,
        turn({ title, note, work: { action: '@all '.repeat(5_000), notes: [], links: [] } }),
      ),
    ).toMatchObject({
      outcome: 'sent',
    });
    if (target === 'github:issues') {
      expect(github.issues[0]?.body).not.toMatch(/@all/);
      expect(github.issues[0]?.body).toContain('@<!-- -->all');
    }
  });
});

describe('a ticket is closed by what the follow-up has come to', () => {
  const through = async (target: string, states: readonly FollowUp['state'][]) => {
    const seen: unknown[] = [];
    let ref = '';
    for (const state of states) {
      const outcome = await router.send(target, turn({ state }, ref));
      if (outcome.outcome !== 'sent') throw new Error(outcome.reason);
      ref = outcome.messageRef;
      const [issue] = github.issues;
      seen.push(target === 'jira:ops' ? jira.issues[0]?.status : [issue?.state, issue?.state_reason]);
    }
    return seen;
  };

  test('on GitHub as completed or not planned, and open again with it', async () => {
    expect(
      await through('github:issues', ['open', 'verifying', 'verified', 'in_progress', 'wont_do']),
    ).toEqual([
      ['open', null],
      ['open', null],
      ['closed', 'completed'],
      ['open', 'reopened'],
      ['closed', 'not_planned'],
    ]);
  });

  test('on Jira by transitions to a status of the category, as far as the workflow has a way there', async () => {
    expect(
      await through('jira:ops', ['open', 'in_progress', 'verified', 'open', 'in_progress', 'wont_do']),
    ).toEqual([
      'Backlog',
      'Doing',
      'Done',
      // This workflow does not lead back to the backlog.
      'Done',
      'Doing',
      'Done',
    ]);
    expect(
      jira.rest?.calls.filter((call) => call === 'POST /rest/api/3/issue/OPS-1/transitions'),
    ).toHaveLength(4);
  });

  test('on Jira by the transition that the configuration names', async () => {
    router = routerWith(github.token, jira.token, '31');
    // 41 leads there as well, and is not the one; 31 does not start from the backlog.
    expect(await through('jira:ops', ['open', 'verified', 'in_progress', 'verified'])).toEqual([
      'Backlog',
      'Backlog',
      'Doing',
      'Done',
    ]);
  });

  test("GitHub's own way of saying that nothing remains is waited for", async () => {
    const reset = String(NOON / 1_000 + 90);
    github.rest?.failNext({
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    });
    expect(await router.send('github:issues', turn({}))).toEqual({
      outcome: 'retry',
      reason: 'http_403',
      retryAfter: 90_000,
    });
    github.rest?.failNext({ status: 403, body: {} });
    expect(await router.send('github:issues', turn({}))).toEqual({ outcome: 'failed', reason: 'http_403' });
  });
});
