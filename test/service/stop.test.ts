/** A stop is over in time whoever else is not, and what was left behind is done by the next start. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { endWithin } from '../../src/service/stopping.js';
import { LiveService } from './live-service.js';

const PATIENCE = 1_200;
/** More than the patience, because other tests share the machine, and far less than any of the timeouts behind it. */
const IN_TIME = 5_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function liveService(...overrides: Parameters<typeof LiveService.start>): Promise<LiveService> {
  const live = await LiveService.start(...overrides);
  cleanups.push(() => live.close());
  return live;
}

/** Stops, and answers what was late; fails when the stop was. */
async function stopInTime(live: LiveService): Promise<string[]> {
  const begun = performance.now();
  const late = await live.end(PATIENCE);
  expect(performance.now() - begun).toBeLessThan(IN_TIME);
  return late;
}

it('leaves nothing behind when nobody hangs', async () => {
  const live = await liveService();
  await live.incident();
  expect(await live.end(20_000)).toEqual([]);
});

it('does not wait for a Slack that takes calls and never answers; the next start sends the message', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  cleanups.push(
    () => silent.closeAllConnections(),
    () => silent.close(),
  );
  const live = await liveService();
  const { slack } = live.settings.service;
  if (slack === null) throw new Error('the service has no Slack');
  const answering = slack.apiUrl;
  await live.incident();
  await live.end();
  slack.apiUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  await live.begin();
  await live.closeTheHour();
  expect(await stopInTime(live)).toContain('what is to be decided and saved');
  expect(live.roots()).toEqual([]);

  slack.apiUrl = answering;
  await live.begin();
  await live.tick();
  await expect.poll(() => live.roots()).toHaveLength(1);
});

it('does not wait for a store that takes calls and never answers', async () => {
  const live = await liveService();
  await live.incident();
  live.proxy.hangs = true;
  void live.tick();
  expect(await stopInTime(live)).not.toEqual([]);
  live.proxy.hangs = false;
});

it('cuts off a caller who never finishes what he says', async () => {
  const live = await liveService();
  const { port } = new URL(live.address);
  const caller = connect(Number(port), '127.0.0.1');
  cleanups.push(() => caller.destroy());
  caller.write('POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\n{"event_id":');
  const closed = new Promise<void>((resolve) => caller.once('close', () => resolve()));
  caller.on('error', () => {});
  await expect.poll(() => caller.bytesWritten).toBeGreaterThan(0);
  await stopInTime(live);
  await closed;
});

it('ends everything it can, and names what it could not', async () => {
  const ended: string[] = [];
  const never = () => new Promise<never>(() => {});
  const late = await endWithin(50, [
    ['first', async () => ended.push('first')],
    ['hanging', never],
    ['failing', async () => Promise.reject(new Error('no'))],
    ['last', async () => ended.push('last')],
  ]);
  expect(ended).toEqual(['first', 'last']);
  expect(late).toContain('hanging');
});
