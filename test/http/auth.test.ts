import { describe, expect, it } from 'vitest';
import type { AuthSettings } from '../../src/http/auth.js';
import { application, FakeService } from './fake-service.js';

const TOKENS: AuthSettings['tokens'] = [
  { role: 'ingest', token: 'ingest-token' },
  { role: 'read', token: 'reading-token' },
  { role: 'operate', token: 'operate-token' },
];

const CALLS = {
  send: { method: 'POST', url: '/v1/events', payload: '{}' },
  look: { method: 'GET', url: '/v1/alerts' },
  act: { method: 'POST', url: '/v1/alerts/alert-1/acknowledge', payload: { actor: 'ann' } },
} as const;

async function statuses(headers: Record<string, string>, settings: Partial<AuthSettings>) {
  const app = application(new FakeService(), settings);
  const answers = await Promise.all(
    Object.values(CALLS).map((call) => app.inject({ ...call, headers: { ...headers } })),
  );
  return answers.map(({ statusCode }) => statusCode);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('tokens', () => {
  it.each([
    ['ingest-token', [200, 403, 403]],
    ['reading-token', [403, 200, 403]],
    ['operate-token', [403, 200, 200]],
    ['another-token', [401, 401, 401]],
    ['', [401, 401, 401]],
  ])('%s may send, look and act: %j', async (token, expected) => {
    expect(await statuses(bearer(token), { tokens: TOKENS })).toEqual(expected);
  });

  it('are asked for on loopback too once there are any, and say so', async () => {
    expect(await statuses({}, { tokens: TOKENS })).toEqual([401, 401, 401]);
    const answer = await application(new FakeService(), { tokens: TOKENS }).inject(CALLS.look);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json().error.code).toBe('unauthorized');
  });

  it('are asked for on any other address even when there are none, so that nobody gets in', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'redress.example']) {
      expect(await statuses({}, { host })).toEqual([401, 401, 401]);
    }
  });

  it('are checked before the body is looked at', async () => {
    const app = application(new FakeService(), { tokens: TOKENS });
    const large = await app.inject({ ...CALLS.send, payload: 'x'.repeat(5_000) });
    expect(large.statusCode).toBe(401);
  });

  it('are not asked for by probes and scrapers', async () => {
    const app = application(new FakeService(), { tokens: TOKENS, host: '0.0.0.0' });
    for (const url of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
      expect((await app.inject({ method: 'GET', url })).statusCode).toBe(200);
    }
  });
});

describe('without tokens, on loopback', () => {
  it('programs on this machine may do everything', async () => {
    for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080']) {
      expect(await statuses({ host }, {})).toEqual([200, 200, 200]);
    }
  });

  it('a web page may not, neither from elsewhere nor under a name that it has resolve to loopback', async () => {
    const foreign = { host: 'localhost:8080', origin: 'https://evil.example' };
    expect(await statuses(foreign, {})).toEqual([403, 403, 403]);
    const rebound = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };
    expect(await statuses(rebound, {})).toEqual([403, 403, 403]);
    expect(await statuses({ host: 'evil.example' }, {})).toEqual([403, 403, 403]);
  });
});
