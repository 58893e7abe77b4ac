import { beforeEach, describe, expect, it } from 'vitest';
import { AlertListSchema, AlertStorySchema } from '../../src/http/alert-wire.js';
import { FollowUpAnswerSchema, FollowUpListSchema } from '../../src/http/follow-up-wire.js';
import { DAY } from '../../src/model/clock.js';
import { RedressError } from '../../src/model/errors.js';
import { alertOf, application, FakeService, followUpOf, NOW } from './fake-service.js';

let service: FakeService;

beforeEach(() => {
  service = new FakeService();
});

const post = (url: string, payload?: string | object) => {
  const body = payload === undefined ? {} : { payload };
  return application(service).inject({ method: 'POST', url, ...body });
};
const get = (url: string) => application(service).inject({ method: 'GET', url });

describe('POST /v1/events', () => {
  it('hands the body on byte by byte, whatever its content type says, and answers what became of it', async () => {
    const body = '{"event_id":"1"}\n{"broken"\n';
    for (const type of [
      'application/json',
      'application/x-ndjson',
      'text/plain; charset=utf-16',
      undefined,
    ]) {
      const headers = type === undefined ? {} : { 'content-type': type };
      const answer = await application(service).inject({
        method: 'POST',
        url: '/v1/events',
        headers,
        payload: Buffer.from(body),
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({
        accepted: 1,
        rejected: [{ line: 2, reason: 'missing_field', field: 'type', detail: 'type is missing' }],
      });
    }
    expect(service.bodies).toEqual([body, body, body, body]);
  });

  it('refuses what is too large, empty or compressed, and nothing of it is taken', async () => {
    const large = await post('/v1/events', `{"text":"${'x'.repeat(2_000)}"}`);
    expect([large.statusCode, large.json().error.code]).toEqual([413, 'too_large']);
    for (const blank of [undefined, '', ' \r\n\n']) {
      const empty = await post('/v1/events', blank);
      expect([empty.statusCode, empty.json().error.code]).toEqual([400, 'empty_body']);
    }
    const compressed = await application(service).inject({
      method: 'POST',
      url: '/v1/events',
      headers: { 'content-encoding': 'gzip' },
      payload: Buffer.from([0x1f, 0x8b]),
    });
    expect([compressed.statusCode, compressed.json().error.code]).toEqual([415, 'unsupported_encoding']);
    expect(service.bodies).toEqual([]);
  });

  it('says when to come again while the store is away, without telling where the store is', async () => {
    service.ingest.take = async () => {
      throw new RedressError('store_unavailable', 'connect ECONNREFUSED 10.1.2.3:8123', { retryable: true });
    };
    const answer = await post('/v1/events', '{}');
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.json().error.code).toBe('store_unavailable');
    expect(answer.body).not.toContain('10.1.2.3');
  });

  it('keeps no more than 32 requests in memory at once, and asks the others to come again', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    service.ingest.take = async () => {
      await held;
      return { accepted: 1, rejected: [] };
    };
    const app = application(service);
    const send = () => app.inject({ method: 'POST', url: '/v1/events', payload: '{}' });
    const all = Array.from({ length: 40 }, send);
    const refused = await Promise.race(all);
    expect([refused.statusCode, refused.json().error.code]).toEqual([503, 'busy']);
    release();
    const statuses = (await Promise.all(all)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(32);
    expect((await send()).statusCode).toBe(200);
  });
});

describe('alerts', () => {
  it('lists newest first, chosen by state', async () => {
    service.knownAlerts = [
      alertOf({ alertId: 'old', state: 'resolved', startedAt: NOW - 9 * DAY }),
      alertOf({ alertId: 'held', state: 'acknowledged', startedAt: NOW - 2 * DAY }),
      alertOf({ alertId: 'new', startedAt: NOW - DAY }),
    ];
    const ids = async (url: string) =>
      AlertListSchema.parse((await get(url)).json()).alerts.map(({ alert_id }) => alert_id);
    expect(await ids('/v1/alerts')).toEqual(['new', 'held', 'old']);
    expect(await ids('/v1/alerts?state=open')).toEqual(['new', 'held']);
    expect(await ids('/v1/alerts?state=resolved,firing')).toEqual(['new', 'old']);
    expect(await ids('/v1/alerts?limit=1')).toEqual(['new']);
    const wrong = await get('/v1/alerts?state=on-fire');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().error.message).toMatch(/^state: must be of pending, firing/);
  });

  it('shows one with its story', async () => {
    const { alert, story } = AlertStorySchema.parse((await get('/v1/alerts/alert-1')).json());
    expect(alert).toMatchObject({
      slice: 'region=GB',
      impact_count: 38,
      opened_at: '2026-03-03T13:00:00.000Z',
    });
    expect(story.map(({ reason, actor }) => [reason, actor])).toEqual([
      ['fired', 'system'],
      ['acknowledged', 'ann'],
    ]);
    expect(story.map(({ text }) => text)).toEqual([
      'It fired as critical: 4.1% where 1.3% was expected, usually 0.9% to 1.8%.',
      'ann acknowledged it, and nobody else is called.',
    ]);
    expect((await get('/v1/alerts/nobody')).statusCode).toBe(404);
  });

  it('finds one whose metric has a long name', async () => {
    const alertId = `${'m'.repeat(200)}-up-3f29c1d0ab-20240105T060000Z`;
    service.knownAlerts = [alertOf({ alertId })];
    expect((await get(`/v1/alerts/${alertId}`)).json().alert.alert_id).toBe(alertId);
  });

  it('does what a person asks for, and passes on what they saw', async () => {
    const answer = await post('/v1/alerts/alert-1/acknowledge', { actor: ' ann ', version: 3 });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().alert).toMatchObject({ state: 'acknowledged', acknowledged_by: 'ann' });
    await post('/v1/alerts/alert-1/resolve', { actor: 'ann' });
    expect(service.alertCommands).toEqual([
      { kind: 'acknowledge', alertId: 'alert-1', actor: 'ann', version: 3 },
      { kind: 'resolve', alertId: 'alert-1', actor: 'ann' },
    ]);
    expect((await post('/v1/alerts/nobody/resolve', { actor: 'ann' })).statusCode).toBe(404);
  });

  it('says why it did not, and shows the alert as it is', async () => {
    service.alerts.act = async () => ({
      outcome: 'refused',
      reason: 'already_resolved',
      alert: alertOf({ state: 'resolved', version: 7 }),
    });
    const answer = await post('/v1/alerts/alert-1/acknowledge', { actor: 'ann', version: 3 });
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      error: { code: 'refused', message: 'the alert is resolved already' },
      reason: 'already_resolved',
      alert: { state: 'resolved', version: 7 },
    });
  });
});

describe('follow-ups', () => {
  it('lists soonest due first, chosen by state', async () => {
    service.knownFollowUps = [
      followUpOf({ followUpId: 'later', dueAt: NOW + 5 * DAY, state: 'verifying' }),
      followUpOf({ followUpId: 'sooner', dueAt: NOW + DAY }),
      followUpOf({ followUpId: 'done', dueAt: NOW - DAY, state: 'verified', closedAt: NOW }),
    ];
    const ids = async (url: string) =>
      FollowUpListSchema.parse((await get(url)).json()).follow_ups.map(({ follow_up_id }) => follow_up_id);
    expect(await ids('/v1/follow-ups')).toEqual(['done', 'sooner', 'later']);
    expect(await ids('/v1/follow-ups?state=not_closed')).toEqual(['sooner', 'later']);
    expect(await ids('/v1/follow-ups?state=open')).toEqual(['sooner']);
  });

  it('shows one, with what the fix did', async () => {
    const effect = { before: 0.012, during: 0.031, after: 0.011, points: 24, savedPerWeek: 140 };
    service.knownFollowUps = [followUpOf({ state: 'verified', effect })];
    const shown = FollowUpAnswerSchema.parse((await get('/v1/follow-ups/follow-up-1')).json());
    expect(shown.follow_up.effect).toMatchObject({ after: 0.011, saved_per_week: 140 });
    expect((await get('/v1/follow-ups/nobody')).statusCode).toBe(404);
  });

  it('opens one for an alert', async () => {
    const answer = await post('/v1/follow-ups', { alert_id: 'alert-1', actor: 'ann', priority: 'urgent' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json().follow_up.follow_up_id).toBe('follow-up-1');
    expect(service.opened).toEqual([{ alertId: 'alert-1', actor: 'ann', priority: 'urgent' }]);
    expect((await post('/v1/follow-ups', { alert_id: 'nobody', actor: 'ann' })).statusCode).toBe(404);
    service.followUps.open = async () => ({
      outcome: 'refused',
      reason: 'already_open',
      followUp: followUpOf({ owner: 'bob' }),
    });
    const second = await post('/v1/follow-ups', { alert_id: 'alert-1', actor: 'ann' });
    expect(second.statusCode).toBe(409);
    expect(second.json()).toMatchObject({ reason: 'already_open', follow_up: { owner: 'bob' } });
  });

  it.each([
    ['acknowledge', {}, { kind: 'acknowledge' }],
    ['start', {}, { kind: 'start' }],
    ['ship-fix', {}, { kind: 'ship_fix' }],
    ['reopen', {}, { kind: 'reopen' }],
    ['wont-do', { reason: 'cheaper to refund' }, { kind: 'wont_do', note: 'cheaper to refund' }],
    ['assign', { owner: 'bob' }, { kind: 'assign', owner: 'bob' }],
    [
      'due',
      { due_at: '2026-03-10T12:00:00+01:00', reason: 'parts' },
      { kind: 'set_due', dueAt: Date.UTC(2026, 2, 10, 11), reason: 'parts' },
    ],
  ])('%s is the command of that name', async (path, more, command) => {
    const answer = await post(`/v1/follow-ups/follow-up-1/${path}`, { actor: 'ann', version: 1, ...more });
    expect(answer.statusCode).toBe(200);
    const expected = { ...command, followUpId: 'follow-up-1', actor: 'ann', version: 1 };
    expect(service.followUpCommands).toEqual([expected]);
    const unknown = await post(`/v1/follow-ups/nobody/${path}`, { actor: 'ann', ...more });
    expect(unknown.statusCode).toBe(404);
  });
});

describe('a request that is not valid', () => {
  it.each([
    ['/v1/alerts/alert-1/acknowledge', {}, 'actor: '],
    ['/v1/alerts/alert-1/acknowledge', { actor: '  ' }, 'actor: '],
    ['/v1/alerts/alert-1/acknowledge', { actor: 'ann', version: 'three' }, 'version: '],
    ['/v1/alerts/alert-1/acknowledge', { actor: 'ann', versoin: 3 }, '"versoin"'],
    ['/v1/follow-ups', { actor: 'ann' }, 'alert_id: '],
    ['/v1/follow-ups/follow-up-1/wont-do', { actor: 'ann', reason: '' }, 'reason: '],
    ['/v1/follow-ups/follow-up-1/due', { actor: 'ann', due_at: 'tomorrow' }, 'due_at: must be ISO 8601'],
  ])('%s %j is refused by the name of the field', async (url, body, words) => {
    const answer = await post(url, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(words),
    });
    expect([...service.alertCommands, ...service.followUpCommands, ...service.opened]).toEqual([]);
  });

  it('is answered in one form, whatever is wrong with it', async () => {
    const app = application(service);
    const json = { 'content-type': 'application/json' };
    const url = '/v1/alerts/alert-1/acknowledge';
    const answers = [
      await app.inject({ method: 'POST', url, headers: json, payload: '{"actor"' }),
      await app.inject({ method: 'POST', url }),
      await app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: 'ann' }),
      await app.inject({ method: 'GET', url: '/v1/%zz' }),
      await app.inject({ method: 'DELETE', url: '/v1/alerts/alert-1' }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 415, 400, 404]);
    for (const answer of answers) {
      const { error } = answer.json<{ error: { code: string; message: string } }>();
      expect(Object.keys(answer.json())).toEqual(['error']);
      expect(error.code).toMatch(/^[a-z_]+$/);
      expect(error.message).not.toBe('');
    }
  });

  it('of ours, a bug, is not shown to strangers', async () => {
    service.alerts.story = async () => {
      throw new Error('cannot read alert_log of redress-7f');
    };
    const answer = await get('/v1/alerts/alert-1');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('redress-7f');
    expect(answer.json().error.code).toBe('internal');
  });
});
