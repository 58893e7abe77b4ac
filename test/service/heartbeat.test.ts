import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MINUTE } from '../../src/model/clock.js';
import { Heartbeat } from '../../src/service/heartbeat.js';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';

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

it('comes from a live service after each look that went well, and no more once they do not', async () => {
  status = 200;
  const live = await LiveService.start({ heartbeat: { url, every: MINUTE } });
  /** How many calls come of the looks until then. */
  const callsUntil = async (instant: number): Promise<number> => {
    const before = calls;
    await live.until(instant);
    return calls - before;
  };
  expect(await callsUntil(at('10:01'))).toBe(1);
  expect(await callsUntil(at('10:02'))).toBe(1);
  live.proxy.away = true;
  expect(await callsUntil(at('10:03'))).toBe(0);
  expect(await callsUntil(at('10:04'))).toBe(0);
  live.proxy.away = false;
  expect(await callsUntil(at('10:05'))).toBe(1);
  await live.close();
});
