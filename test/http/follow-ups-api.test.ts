import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FollowUpListSchema, FollowUpStorySchema } from '../../src/http/follow-up-wire.js';
import { soonestDue } from '../../src/http/routes/follow-ups.js';
import { HOUR } from '../../src/model/clock.js';
import type { FollowUp } from '../../src/model/follow-up.js';
import { application, FakeService, followUpOf, NOW } from './fake-service.js';

let service: FakeService;

beforeEach(() => {
  service = new FakeService();
});

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  application(service).inject({ method: 'POST', url, payload, headers });
const get = (url: string) => application(service).inject({ method: 'GET', url });
const on = (path: string) => `/v1/follow-ups/follow-up-1/${path}`;

describe('a decision made on a version', () => {
  const changed = { stream: 'follow_up', id: 'follow-up-1', at: NOW, body: {} } as const;

  it('is taken from If-Match as the ETag gave it', async () => {
    const shown = await get('/v1/follow-ups/follow-up-1');
    const tag = String(shown.headers.etag);
    expect(tag).toMatch(/^"\d+"$/);
    await post(on('start'), { actor: 'ann' }, { 'if-match': tag });
    expect(service.followUpCommands).toMatchObject([{ kind: 'start', version: Number(tag.slice(1, -1)) }]);
    const nonsense = await post(on('start'), { actor: 'ann' }, { 'if-match': 'W/"x"' });
    expect([nonsense.statusCode, nonsense.json().error.message]).toEqual([
      400,
      'if-match: must be a version as the ETag of the follow-up has it',
    ]);
  });

  it('that is overtaken is refused with what changed meanwhile, and by whom', async () => {
    service.followUpStory = [
      { ...changed, version: 3, actor: 'ann', reason: 'acknowledged' },
      { ...changed, version: 4, actor: 'system', reason: 'still_anomalous' },
      { ...changed, version: 5, actor: 'bob', reason: 'assigned' },
    ];
    const followUp = followUpOf({ version: 5, owner: 'bob' });
    service.followUps.act = async () => ({ outcome: 'refused', reason: 'state_changed', followUp });
    const answer = await post(
      on('due'),
      { actor: 'ann', due_at: '2026-03-10T12:00:00Z', reason: 'parts' },
      { 'if-match': '"3"' },
    );
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      error: { message: 'the follow-up has changed since the version that you saw, by bob' },
      follow_up: { owner: 'bob', version: 5 },
      changes: [
        { version: 4, actor: 'system', reason: 'still_anomalous' },
        { version: 5, actor: 'bob', reason: 'assigned' },
      ],
    });
  });
});

describe('what people write', () => {
  it.each([
    ['notes', { text: ' <i>seen</i> ' }, { kind: 'note', text: '<i>seen</i>' }],
    [
      'links',
      { url: 'https://tracker.example/1' },
      { kind: 'link', url: 'https://tracker.example/1', title: 'https://tracker.example/1' },
    ],
    ['action', { action: 'call them' }, { kind: 'set_action', action: 'call them' }],
    [
      'priority',
      { priority: 'urgent', reason: 'news' },
      { kind: 'set_priority', priority: 'urgent', reason: 'news' },
    ],
    ['alerts', { alert_id: 'a2' }, { kind: 'attach_alert', alertId: 'a2' }],
    [
      'ship-fix',
      { shipped_at: '2026-03-03T10:00:00Z' },
      { kind: 'ship_fix', shippedAt: Date.UTC(2026, 2, 3, 10) },
    ],
  ])('%s', async (path, body, command) => {
    expect((await post(on(path), { actor: 'ann', ...body })).statusCode).toBe(200);
    expect(service.followUpCommands).toMatchObject([{ ...command, followUpId: 'follow-up-1', actor: 'ann' }]);
  });

  it.each(['javascript:alert(1)', 'ftp://x.example/', 'nowhere'])('a link to %s is refused', async (url) => {
    const answer = await post(on('links'), { actor: 'ann', url });
    expect([answer.statusCode, answer.json().error.message]).toEqual([
      400,
      'url: must be an http or https address',
    ]);
  });

  it('is shown with the history, oldest first', async () => {
    service.followUpStory = [
      {
        stream: 'follow_up',
        id: 'follow-up-1',
        version: 1,
        at: NOW,
        actor: 'ann',
        reason: 'opened',
        body: {},
      },
      { stream: 'delivery', id: 'd1', version: 1, at: NOW, actor: 'system', reason: 'sent', body: {} },
    ];
    const shown = FollowUpStorySchema.parse((await get('/v1/follow-ups/follow-up-1')).json());
    expect(shown.history).toEqual([
      { version: 1, at: new Date(NOW).toISOString(), actor: 'ann', reason: 'opened' },
    ]);
  });
});

it('one is opened by hand for a metric and a slice, which want a title', async () => {
  const body = { metric: 'dispute_rate', slice: 'region=GB', title: 'More than we like', actor: 'ann' };
  expect((await post('/v1/follow-ups', body)).statusCode).toBe(201);
  expect(service.openedByHand).toMatchObject([body]);
  const untitled = await post('/v1/follow-ups', { metric: 'dispute_rate', actor: 'ann' });
  expect(untitled.json().error.message).toBe('title: is required with metric');
  service.followUps.openByHand = async () => ({ outcome: 'not_found' });
  expect((await post('/v1/follow-ups', body)).statusCode).toBe(404);
});

describe('fifty thousand follow-ups', () => {
  const many = (): FollowUp[] =>
    Array.from({ length: 50_000 }, (_, i) =>
      followUpOf({
        followUpId: `f${i}`,
        owner: `owner-${i % 40}`,
        metric: `metric-${i % 12}`,
        state: i % 3 === 0 ? 'open' : 'verified',
        priority: i % 2 === 0 ? 'high' : 'low',
        dueAt: NOW + ((i * 7_919) % 50_000) * HOUR,
        closedAt: i % 3 === 0 ? null : NOW,
      }),
    );

  it('cost no more than those that are shown: the rest is only counted, and never sorted or written', async () => {
    let written = 0;
    service.knownFollowUps = many().map((followUp) =>
      Object.defineProperty(followUp, 'baseline', {
        get: () => {
          written += 1;
          return { expected: 0.01, lower: 0, upper: 0.02 };
        },
      }),
    );
    const app = application(service);
    for (const [query, total] of [
      ['', 50_000],
      ['state=not_closed', 16_667],
      ['owner=owner-3', 1_250],
      ['metric=metric-2&priority=high', 4_167],
    ] as const) {
      written = 0;
      const answer = await app.inject({ method: 'GET', url: `/v1/follow-ups?limit=100&${query}` });
      const { follow_ups, total: found } = FollowUpListSchema.parse(answer.json());
      expect([found, follow_ups.length, written]).toEqual([total, 100, 100]);
    }
  });

  it('come in the order of their due dates, however many are due at once and are asked for', () => {
    const some = fc.array(fc.record({ dueAt: fc.integer({ min: 0, max: 9 }), id: fc.nat(999) }));
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 30 }), (items, limit) => {
        const followUps = items.map(({ dueAt, id }, i) => followUpOf({ followUpId: `${id}-${i}`, dueAt }));
        const sorted = [...followUps].sort(
          (one, other) => one.dueAt - other.dueAt || (one.followUpId < other.followUpId ? -1 : 1),
        );
        expect(soonestDue(followUps, limit)).toEqual(sorted.slice(0, limit));
      }),
    );
  });
});
