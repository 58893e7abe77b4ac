import { afterEach, expect, it } from 'vitest';
import { createServer, type HttpServer } from '../../src/http/server.js';
import { FakeService, serverOptions } from './fake-service.js';

const open: HttpServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function server(service: FakeService, overrides = {}): HttpServer {
  const created = createServer(serverOptions(service, overrides));
  open.push(created);
  return created;
}

it('listens where it says, and takes events there', async () => {
  const service = new FakeService();
  const { address } = await server(service).listen();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = await fetch(`${address}/v1/events`, { method: 'POST', body: '{"event_id":"1"}\n' });
  expect(answer.status).toBe(200);
  expect(service.bodies).toEqual(['{"event_id":"1"}\n']);
});

it('names the address when another program has it', async () => {
  const { address } = await server(new FakeService()).listen();
  const port = Number(new URL(address).port);
  const second = server(new FakeService(), { port });
  await expect(second.listen()).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`127.0.0.1:${port} is in use`),
  });
});

it('says that an address which is not this machine cannot be listened on', async () => {
  await expect(server(new FakeService(), { host: '203.0.113.7', port: 8080 }).listen()).rejects.toMatchObject(
    {
      code: 'config_invalid',
      message: expect.stringContaining('203.0.113.7:8080'),
    },
  );
});

it('is healthy while it answers, and ready only while everything that it needs is there', async () => {
  const service = new FakeService();
  const { address } = await server(service).listen();
  const statuses = async () => [
    (await fetch(`${address}/healthz`)).status,
    (await fetch(`${address}/readyz`)).status,
  ];
  expect(await statuses()).toEqual([200, 200]);
  service.readiness = async () => [
    { name: 'store', ok: true, reason: '' },
    { name: 'kafka', ok: false, reason: 'no broker answers' },
  ];
  expect(await statuses()).toEqual([200, 503]);
  expect(await (await fetch(`${address}/readyz`)).json()).toEqual({
    ready: false,
    checks: [
      { name: 'store', ok: true, reason: '' },
      { name: 'kafka', ok: false, reason: 'no broker answers' },
    ],
  });
});

it('gives its figures in the form that Prometheus reads', async () => {
  const { address } = await server(new FakeService()).listen();
  const answer = await fetch(`${address}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe('redress_events_accepted_total 1\n');
});

it('answers an address that sends too much with 429 and when to come back, and still answers probes', async () => {
  const limits = { tokens: [{ role: 'read', token: 'a-long-enough-token' }], requestsPerMinute: 3 };
  const { address } = await server(new FakeService(), limits).listen();
  const guess = () => fetch(`${address}/v1/alerts`, { headers: { authorization: 'Bearer a-wrong-guess' } });
  expect([(await guess()).status, (await guess()).status, (await guess()).status]).toEqual([401, 401, 401]);
  const refused = await guess();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { code: 'too_many_requests' } });
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
});

it('takes a trusted proxy at its word on who calls, and nobody else', async () => {
  const tokens = [{ role: 'read', token: 'a-long-enough-token' }];
  const call = async (address: string, from: string) =>
    (await fetch(`${address}/v1/alerts`, { headers: { 'x-forwarded-for': from } })).status;
  const limits = { tokens, requestsPerMinute: 1 };
  const behind = await server(new FakeService(), { ...limits, trustedProxies: ['127.0.0.1'] }).listen();
  expect([await call(behind.address, '198.51.100.1'), await call(behind.address, '198.51.100.2')]).toEqual([
    401, 401,
  ]);
  const bare = await server(new FakeService(), limits).listen();
  expect([await call(bare.address, '198.51.100.1'), await call(bare.address, '198.51.100.2')]).toEqual([
    401, 429,
  ]);
});

it('tells a browser neither to run, nor to frame, nor to guess at what it answers', async () => {
  const { address } = await server(new FakeService()).listen();
  for (const path of ['/healthz', '/v1/alerts', '/nowhere']) {
    const { headers } = await fetch(address + path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});
