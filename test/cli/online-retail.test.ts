import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../../src/store/embedded/engine.js';
import { Store } from '../../src/store/store.js';
import { ROOT } from '../deployment/repository.js';
import { configurationFolder, redress } from './process.js';

const FILE = join(ROOT, '../shared/data/online-retail/online-retail.csv.gz');
const EXAMPLE = join(ROOT, 'config/examples/online-retail');
const present = existsSync(FILE);
if (!present) process.stderr.write(`\nLEFT OUT: the shop's year, because ${FILE} is not there\n\n`);

/** The example's configuration over a store of the test's own. */
function exampleConfiguration() {
  const { data } = configurationFolder();
  const text = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8');
  return configurationFolder({
    ...Object.fromEntries(
      ['metrics.yaml', 'owners.yaml', 'escalation.yaml'].map((name) => [name, text(name)]),
    ),
    'redress.yaml': `${text('redress.yaml')}\nclickhouse: { data: ${JSON.stringify(data)}, port: 0 }\n`,
  });
}

describe.skipIf(!present)("the online shop's year", () => {
  it('is loaded to the line, summed up to the line, and stays the same when it is done twice', async () => {
    const { config } = exampleConfiguration();
    const map = join(ROOT, 'config/maps/online-retail.yaml');
    const once = async () => {
      const ingest = await redress(['ingest', '--config', config, '--map', map, FILE]);
      expect([ingest.status, ingest.err]).toEqual([0, '']);
      const replay = await redress(['replay', '--config', config]);
      expect([replay.status, replay.err]).toEqual([0, '']);
      return { ingest: ingest.out, replay: replay.out, stored: await stored(config) };
    };
    const first = await once();
    expect(first.ingest).toMatch(/order\.placed +532,618 +2010-12-01 to 2011-12-09/);
    expect(first.ingest).toMatch(/order\.cancelled +9,288 /);
    expect(first.stored.events).toEqual({ 'order.placed': 532_618, 'order.cancelled': 9_288 });
    expect(first.stored.points).toEqual({ orders: 532_618, cancelled: 9_288 });
    expect(first.stored.decided.alerts).toBeGreaterThan(0);
    expect(first.stored.decided.deliveries).toBeGreaterThan(0);

    // The cancellation rate, over all slices: the two days that stand out, and hardly anything else in 53 weeks.
    const { stoodOut, rateAlerts } = first.stored;
    expect(stoodOut).toEqual(expect.arrayContaining(['2011-02-11', '2011-10-06']));
    expect(rateAlerts).toBeLessThanOrEqual(53);
    // Neither the first six weeks, with twelve closed days at Christmas in them, nor a Saturday without trade.
    expect(stoodOut.filter((day) => day < '2011-01-15')).toEqual([]);
    expect(stoodOut.filter((day) => new Date(day).getUTCDay() === 6)).toEqual([]);
    expect(await once()).toEqual(first);
  }, 240_000);
});

/** The numbers that must be exact, read from the store by SQL. */
async function stored(config: string) {
  const folder = /data: "([^"]+)"/.exec(readFileSync(join(config, 'redress.yaml'), 'utf8'))?.[1] ?? '';
  const engine = await startEngine({ folder });
  const store = new Store({ url: engine.url, username: 'default', password: '', database: 'redress' });
  const counts = async (text: string) => {
    const found: Record<string, number> = {};
    for await (const rows of store.rows<{ name: string; n: number }>(text))
      for (const { name, n } of rows) found[name] = n;
    return found;
  };
  const days = async (text: string) => {
    const found: string[] = [];
    for await (const rows of store.rows<{ day: string }>(text)) found.push(...rows.map(({ day }) => day));
    return found;
  };
  const numbers = {
    stoodOut: await days(
      "SELECT DISTINCT toString(toDate(bucket_start, 'Europe/London')) AS day FROM verdicts WHERE metric = 'cancellation_rate' AND detector = 'combined' AND status = 'anomalous' ORDER BY day",
    ),
    rateAlerts: (
      await counts(
        "SELECT 'alerts' AS name, count() AS n FROM alerts WHERE metric = 'cancellation_rate' AND opened_at IS NOT NULL",
      )
    ).alerts,
    events: await counts('SELECT type AS name, count() AS n FROM events GROUP BY type'),
    points: await counts(
      "SELECT metric AS name, sum(value) AS n FROM points WHERE slice = 'all' AND metric IN ('orders', 'cancelled') GROUP BY metric",
    ),
    decided: await counts(
      "SELECT 'alerts' AS name, count() AS n FROM alerts UNION ALL SELECT 'deliveries', count() FROM deliveries UNION ALL SELECT 'verdicts', count() FROM verdicts UNION ALL SELECT 'points', count() FROM points",
    ),
  };
  await store.close();
  await engine.stop();
  return numbers;
}
