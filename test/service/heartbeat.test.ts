import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Heartbeat } from '../../src/service/heartbeat.js';

let server: Server;
let url: string;
let calls = 0;
let status = 200;

beforeAll(async () => {
  server = createServer((_request, response) => {
    calls += 1;
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/beat`;
});

afterAll(() => server.close());

it('calls while everything is sound, no more often than it should, and not when something is wrong', async () => {
  let now = 0;
  const heartbeat = new Heartbeat({ url, every: 60_000 }, { now: () => now });
  const sound = async () => [{ ok: true }, { ok: true }];
  expect(await heartbeat.beat(sound)).toBe('sent');
  now = 59_999;
  expect(await heartbeat.beat(sound)).toBe('not_due');
  now = 60_000;
  expect(await heartbeat.beat(async () => [{ ok: true }, { ok: false }])).toBe('held_back');
  now = 120_000;
  expect(await heartbeat.beat(sound)).toBe('sent');
  expect(calls).toBe(2);
});

it('says what went wrong with a call, and goes on', async () => {
  let now = 0;
  const sound = async () => [{ ok: true }];
  const heartbeat = new Heartbeat({ url, every: 1 }, { now: () => now });
  status = 500;
  expect([await heartbeat.beat(sound), heartbeat.failure]).toEqual(['failed', 'it answered 500']);
  status = 200;
  now = 1;
  expect([await heartbeat.beat(sound), heartbeat.failure]).toEqual(['sent', '']);
  const nobody = new Heartbeat({ url: 'http://127.0.0.1:1/', every: 1 }, { now: () => now });
  expect(await nobody.beat(sound)).toBe('failed');
});
