/** A configuration is taken, or refused, without losing what was decided and without telling anybody of it again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import type { LoadedConfiguration } from '../../src/config/load.js';
import { DAY } from '../../src/model/clock.js';
import type { ReloadableService } from '../../src/service/reloadable-service.js';
import { at, disputeRate } from '../flow/timeline.js';
import { freePort } from '../support/free-port.js';
import { LiveService } from './live-service.js';

const IN_EFFECT = 'the new configuration is in effect';
const OLD_GOES_ON = 'the new configuration cannot be started; the old one goes on';

let live: LiveService;
let service: ReloadableService;
/** What the files hold when they are read the next time. */
let files: LoadedConfiguration;

/** A live service with an alert of which somebody has been told, which goes on in one that can be reloaded. */
beforeEach(async () => {
  const http = { host: '127.0.0.1', publicUrl: '', tokens: [], requestsPerMinute: 1_000, trustedProxies: [] };
  live = await LiveService.start({ http: { ...http, port: await freePort() } });
  await live.incident();
  await live.closeTheHour();
  expect(live.roots()).toHaveLength(1);
  service = await live.continueReloadable(async () => files);
});
afterEach(() => live.close());

function edited(change: Partial<Configuration>): void {
  files = { ok: true, configuration: { ...live.settings, ...change }, warnings: [] };
}

const said = (words: string) => () => live.logged.some((line) => line.includes(words));
const alerts = () => live.list('/v1/alerts', 'alerts') as Promise<{ alert_id: string; state: string }[]>;

it('keeps the history and the open alert of a metric that is edited, and tells nobody of it again', async () => {
  const [before] = await alerts();
  edited({ metrics: [disputeRate({ title: 'Disputes, renamed', allowedLateness: 0 })] });
  expect(await service.reload()).toMatchObject({ outcome: 'taken', orphans: [] });
  await expect.poll(said(IN_EFFECT)).toBe(true);
  expect(await alerts()).toMatchObject([{ alert_id: before?.alert_id, state: 'firing' }]);

  // The next hour is as bad: judged against what was learned before the change, it belongs to the same alert.
  live.clock.advanceTo(at('12:00'));
  await live.send(live.traffic(at('11:00'), at('12:00'), 300, 60));
  await live.send(JSON.stringify({ event_id: 'c', type: 'order.delivered', occurred_at: at('12:00') }));
  await expect
    .poll(alerts, { timeout: 20_000 })
    .toMatchObject([{ alert_id: before?.alert_id, last: { bucket_start: '2026-03-03T11:00:00.000Z' } }]);
  expect(live.roots()).toHaveLength(1);
});

it('goes on with the next whole bucket where a metric has been given other buckets', async () => {
  edited({ metrics: [disputeRate({ bucket: { count: 1, unit: 'day' } })] });
  await service.reload();
  await expect.poll(said(IN_EFFECT)).toBe(true);
  live.clock.advanceTo(at('00:20', 2));
  const order = (id: string, occurred_at: number) =>
    JSON.stringify({ event_id: id, type: 'order.delivered', occurred_at });
  await live.send([order('noon', at('12:00', 1)), order('midnight', at('00:15', 2))].join('\n'));
  const days = async () => {
    const starts: number[] = [];
    for await (const rows of live.store.rows<{ start: number }>(
      "SELECT toUnixTimestamp64Milli(bucket_start) AS start FROM points WHERE slice = 'all' AND bucket_seconds = 86400",
    ))
      starts.push(...rows.map(({ start }) => start));
    return starts;
  };
  await expect.poll(days, { timeout: 20_000 }).toContain(at('00:00', 1));
  expect((await days()).filter((start) => start % DAY !== 0)).toEqual([]);
});

it('says which open alerts it would leave alone, and refuses a configuration whole that is wrong', async () => {
  files = {
    ok: false,
    problems: [{ file: 'metrics.yaml', line: 1, column: 1, path: '', message: 'no' }],
    warnings: [],
  };
  expect(await service.reload()).toMatchObject({ outcome: 'refused', problems: [{ message: 'no' }] });
  edited({ metrics: [disputeRate({ id: 'another' })] });
  expect(await service.reload()).toMatchObject({
    outcome: 'taken',
    orphans: [{ metric: 'dispute_rate', slice: 'all', missing: 'metric' }],
  });
  await expect.poll(said(IN_EFFECT)).toBe(true);
  expect(await alerts()).toMatchObject([{ state: 'firing' }]);
});

it('goes on with the old configuration when the new one cannot be started', async () => {
  const { service: settings } = live.settings;
  const taken = Number(new URL(live.proxy.url).port);
  edited({ service: { ...settings, http: { ...settings.http, port: taken } } });
  expect(await service.reload()).toMatchObject({ outcome: 'taken' });
  await expect.poll(said(OLD_GOES_ON)).toBe(true);
  await expect.poll(() => alerts().catch(() => [])).toMatchObject([{ state: 'firing' }]);
  expect(live.roots()).toHaveLength(1);
});

it('lets nothing go while the store is away, because it could not be started again', async () => {
  edited({});
  live.proxy.away = true;
  await expect(service.reload()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
  live.proxy.away = false;
  expect(await alerts()).toMatchObject([{ state: 'firing' }]);
  expect(live.logged.filter((line) => line.includes('"listening"'))).toHaveLength(2);
});

it('says that it has failed when the store goes away in the middle, so that whoever supervises it starts it anew', async () => {
  edited({});
  await service.reload();
  live.proxy.away = true;
  expect(await service.failed).toContain('the store cannot be reached');
});
