import { afterEach, beforeEach, expect, it } from 'vitest';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';
import type { Fate } from './store-proxy.js';

let live: LiveService;

beforeEach(async () => {
  live = await LiveService.start();
});
afterEach(() => live.close());

const readiness = async () => {
  const answer = await live.get('/readyz');
  return { status: answer.status, ...((await answer.json()) as object) };
};

it('answers 503 while the store is away, says so, and goes on by itself without having lost anything', async () => {
  await live.incident();
  expect(await readiness()).toMatchObject({ status: 200, ready: true });
  const before = await live.count('events');

  live.proxy.away = true;
  const refused = await live.send(live.traffic(at('11:00'), at('12:00'), 10, 1));
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await live.until(at('11:12'));
  expect(await readiness()).toMatchObject({
    status: 503,
    ready: false,
    checks: [
      { name: 'store', ok: false, reason: 'ClickHouse does not answer' },
      { name: 'decisions', ok: false },
      {
        name: 'scheduler',
        ok: false,
        reason: 'no look for work has gone well since 2026-03-03T11:05:00.000Z: store_unavailable',
      },
    ],
  });
  expect((await live.get('/healthz')).status).toBe(200);
  // Nothing is known just now, which is not the same as that there is no alert.
  expect((await live.get('/v1/alerts')).status).toBe(503);
  expect(live.roots()).toEqual([]);

  live.proxy.away = false;
  await live.closeTheHour();
  expect(live.roots()).toHaveLength(1);
  expect(await readiness()).toMatchObject({ status: 200, ready: true });
  expect(await live.count('events')).toBe(before + 1);
});

it('tells a person that the click could not be recorded, and leaves the alert as it was', async () => {
  await live.incident();
  await live.closeTheHour();
  const [root] = live.roots();
  if (root === undefined) throw new Error('nobody was told');
  live.proxy.away = true;
  const { body, headers } = live.slack.people.click('redress_acknowledge', root);
  const answer = await fetch(`${live.address}/slack/interactions`, { method: 'POST', body, headers });
  expect(answer.status).toBe(200);
  await expect.poll(() => JSON.stringify(live.slack.responses)).toContain('could not be recorded');

  live.proxy.away = false;
  await live.tick();
  expect(await live.list('/v1/alerts', 'alerts')).toMatchObject([{ state: 'firing' }]);
  expect(live.roots()).toHaveLength(1);
});

it('stops without an error while the store is away', async () => {
  await live.incident();
  live.proxy.away = true;
  await live.end();
});

/** What goes wrong with the inserts into the journal while an alert fires and is told. */
const ACCIDENTS: Record<string, Fate[]> = {
  'the transition is not written': ['refuse'],
  'the transition is written, but the answer is lost': ['lose_answer'],
  'the message is sent, but that is not written': ['pass', 'refuse'],
  'the message is sent and recorded, but the answer is lost': ['pass', 'lose_answer'],
};

for (const [accident, fates] of Object.entries(ACCIDENTS))
  it(`tells of an alert exactly once when ${accident}`, async () => {
    await live.incident();
    live.proxy.journal = [...fates];
    await live.closeTheHour();
    await live.until(at('11:13'));
    await live.until(at('11:20'));
    expect(live.proxy.journal).toEqual([]);
    expect(live.slack.channel('disputes').messages).toHaveLength(1);
    expect(await live.count('alerts')).toBe(1);
    expect(await live.list('/v1/alerts', 'alerts')).toMatchObject([
      { state: 'firing', metric: 'dispute_rate', started_at: '2026-03-03T10:00:00.000Z' },
    ]);
  });
