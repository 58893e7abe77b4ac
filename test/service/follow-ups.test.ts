/** Follow-ups through the running service: what people rely on when several of them work at once and it restarts. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOUR } from '../../src/model/clock.js';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';

let live: LiveService;

beforeEach(async () => {
  live = await LiveService.start();
  await live.incident();
  await live.closeTheHour();
});
afterEach(() => live.close());

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${live.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

interface Shown {
  follow_up: { follow_up_id: string; state: string; version: number; notes: { text: string }[] };
  history: { reason: string; actor: string }[];
}
const show = async (path: string) => (await (await live.get(path)).json()) as Shown;

async function open(): Promise<string> {
  const [alert] = (await live.list('/v1/alerts', 'alerts')) as { alert_id: string }[];
  const answer = await post('/v1/follow-ups', { alert_id: alert?.alert_id, actor: 'ann' });
  const { follow_up } = (await answer.json()) as Shown;
  return `/v1/follow-ups/${encodeURIComponent(follow_up.follow_up_id)}`;
}

it('two people who click at once make one transition, and one of them is told politely', async () => {
  const path = await open();
  const answers = await Promise.all(['ann', 'bob'].map((actor) => post(`${path}/start`, { actor })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const { follow_up, history } = await show(path);
  expect(follow_up.state).toBe('in_progress');
  expect(history.map(({ reason }) => reason)).toEqual(['opened', 'started']);
});

it('who decides on what somebody has changed since is told who did, and overwrites nothing', async () => {
  const path = await open();
  const tag = (await live.get(path)).headers.get('etag') ?? '';
  await post(
    `${path}/due`,
    { actor: 'bob', due_at: new Date(at('12:00') + 72 * HOUR).toISOString(), reason: 'parts' },
    { 'if-match': tag },
  );
  const late = await post(`${path}/wont-do`, { actor: 'ann', reason: 'too dear' }, { 'if-match': tag });
  expect(late.status).toBe(409);
  expect(await late.json()).toMatchObject({
    error: { message: 'the follow-up has changed since the version that you saw, by bob' },
    changes: [{ reason: 'due_changed', actor: 'bob' }],
  });
  expect((await show(path)).follow_up.state).toBe('open');
});

it('a restart loses nothing that people wrote, and doubles nothing', async () => {
  const path = await open();
  await post(`${path}/notes`, { actor: 'ann', text: '<script>naïve</script>' });
  await post(`${path}/links`, { actor: 'tracker', url: 'https://tracker.example/7', title: 'Ticket 7' });
  const before = await show(path);
  await live.end();
  await live.begin();
  expect(await show(path)).toEqual(before);
  expect(before.follow_up.notes.map(({ text }) => text)).toEqual(['<script>naïve</script>']);
});

it('one is opened by hand once, with what the points say, and not for a metric that there is not', async () => {
  const since = new Date(at('05:00')).toISOString();
  const wanted = { metric: 'dispute_rate', slice: 'all', title: 'By hand', actor: 'ann', since };
  const [first, second] = [await post('/v1/follow-ups', wanted), await post('/v1/follow-ups', wanted)];
  expect([first.status, second.status]).toEqual([201, 409]);
  expect((await post('/v1/follow-ups', { ...wanted, metric: 'nothing' })).status).toBe(404);
});

it('the digest is written from what the service knows', async () => {
  await open();
  await live.until(at('13:00'));
  const digest = (await (await live.get('/v1/digest')).json()) as { markdown: string; counts: object };
  expect(digest.counts).toMatchObject({ opened: 1, verified: 0, alerts: 1 });
  expect(digest.markdown).toContain('## Opened (1)');
});
