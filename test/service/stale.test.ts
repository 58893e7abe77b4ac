import { afterEach, beforeEach, expect, it } from 'vitest';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';

let live: LiveService;

beforeEach(async () => {
  live = await LiveService.start();
});
afterEach(() => live.close());

/** The combined verdicts of the buckets from an instant on, by hour. */
async function verdictsFrom(instant: number): Promise<string[]> {
  const found: string[] = [];
  for await (const rows of live.store.rows<{ hour: number; word: string }>(
    `SELECT toHour(bucket_start) AS hour, if(reason = '', status, reason) AS word FROM verdicts
     WHERE slice = 'all' AND detector = 'combined' AND bucket_start >= fromUnixTimestamp64Milli({from:Int64})
     ORDER BY bucket_start`,
    { from: instant },
  ))
    found.push(...rows.map(({ hour, word }) => `${hour} ${word}`));
  return found;
}

it('holds what depends on a quiet source: not evaluable, nothing resolves, and goes on when its data is back', async () => {
  await live.incident();
  await live.closeTheHour();
  const metricAlerts = async () =>
    ((await live.list('/v1/alerts', 'alerts')) as { kind: string; state: string }[])
      .filter((alert) => alert.kind === 'metric')
      .map((alert) => alert.state);
  expect(await metricAlerts()).toEqual(['firing']);
  expect(await verdictsFrom(at('10:00'))).toEqual(['10 anomalous']);

  // The last event came at 11:12; two hours of silence are a fact, a third is a fault.
  for (const time of ['13:00', '14:00', '15:30', '15:31']) await live.until(at(time));
  expect((await verdictsFrom(at('10:00'))).slice(-2)).toEqual(['13 stale', '14 stale']);
  expect(await metricAlerts()).toEqual(['firing']);
  const health = (await live.list('/v1/alerts', 'alerts')) as { kind: string }[];
  expect(health.filter((alert) => alert.kind === 'data_health')).toHaveLength(1);

  await live.send(live.traffic(at('11:00'), at('15:00'), 300, 30));
  live.clock.advanceTo(at('16:12'));
  await live.send(live.traffic(at('15:00'), at('17:00'), 300, 30));
  await live.tick();
  expect(await verdictsFrom(at('13:00'))).toEqual(['13 normal', '14 normal', '15 normal']);
  expect(await metricAlerts()).toEqual(['resolved']);
});
