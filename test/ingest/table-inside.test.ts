import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecodeLimits } from '../../src/ingest/decode.js';
import { ingestFile } from '../../src/ingest/file-source.js';
import { parseMap } from '../../src/ingest/map-file.js';
import { SimulatedClock } from '../../src/model/clock.js';
import { EventLog } from '../../src/store/event-log.js';
import { StagingTables } from '../../src/store/staging-area.js';
import { testDatabase } from '../support/store.js';

const NOW = Date.UTC(2026, 4, 1);
const ROWS = 2_000;
const folder = mkdtempSync(join(tmpdir(), 'redress-inside-'));
const parquet = join(folder, 'orders.parquet');
const csv = join(folder, 'orders.csv');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A table with everything in it that a decoder may accept, refuse or read in another way than expected. */
const ORDERS = `
  SELECT
    if(n % 41 = 0, '', if(n % 43 = 0, repeat('x', 129), concat('e', toString(n % 3500)))) AS event_id,
    ['order.placed', 'order.delivered', 'dispute.opened', 'Order.placed', 'a.b.c', '_a.b'][1 + n % (if(n % 10 = 0, 6, 3))] AS type,
    fromUnixTimestamp64Micro(toInt64(if(n % 37 = 0, 946684799999999, 1777593600000000 - 90000000000 + n * 54321987)), 'UTC') AS occurred_at,
    [NULL, '', 'GB', 'Bäckerei 北京', 'a\\tb', 'a\\0b', 'tab', char(255), repeat('y', 256), repeat('y', 257)][1 + intHash32(n) % if(n % 5 = 0, 10, 4)] AS region,
    CAST(if(n % 7 = 0, NULL, if(n % 47 = 0, 100000000000000 + n - 1000, (toInt64(n) - 1000) / 7)) AS Nullable(Decimal(24, 4))) AS amount,
    ['EUR', '', 'GBP', 'eur', 'EURO'][1 + n % if(n % 11 = 0, 5, 3)] AS currency,
    CAST(if(n % 3 = 0, NULL, fromUnixTimestamp64Milli(toInt64(1700000000000 + n * 12345678), 'UTC')) AS Nullable(DateTime64(3, 'UTC'))) AS due_at,
    if(n % 2 = 0, '', concat('p', toString(n % 5))) AS \`attributes.plan\`,
    if(n % 53 = 0, 'x\\ny', 'kept') AS \`attributes.größe\`
  FROM (SELECT number AS n FROM numbers(${ROWS}))`;

beforeAll(async () => {
  const { address } = await testDatabase();
  const written = async (query: string) =>
    Buffer.from(await (await fetch(address.url, { method: 'POST', body: query })).arrayBuffer());
  const latin = ORDERS.replaceAll('größe', 'size');
  writeFileSync(
    parquet,
    await written(`${latin} FORMAT Parquet SETTINGS output_format_parquet_string_as_string = 1`),
  );
  const rows = `SELECT *, toString(occurred_at) AS at FROM (${latin})`;
  writeFileSync(csv, await written(`${rows} FORMAT CSVWithNames`));
  // Rows with a cell too many are not what they seem.
  writeFileSync(csv, '"e9","order.placed","","","","","","","","2026-04-30 12:00:00","more"\n', {
    flag: 'a',
  });
});

/** What a load leaves in an empty store; `here` has every row decoded by the decoder. */
async function loaded(path: string, where: 'inside' | 'here', map?: string) {
  const { store } = await testDatabase();
  const limits: DecodeLimits = { maxEventBytes: 10_000 };
  const log = new EventLog(store);
  let decoded = 0;
  const result = await ingestFile(
    {
      sink: {
        write: (batch) => {
          decoded += batch.accepted.count;
          return log.write(batch);
        },
      },
      staging: new StagingTables(store),
      clock: new SimulatedClock(NOW),
      limits: where === 'inside' ? limits : { ...limits, protect: (event) => event },
    },
    { path, ...(map === undefined ? {} : { map: parseMap('map.yaml', map) }) },
  );
  const all = async (table: string) => {
    const found: unknown[] = [];
    // The insert that a row came with is another one each time.
    const columns = table === 'events_log' ? '* EXCEPT (is_deleted, batch)' : '*';
    for await (const rows of store.rows(`SELECT ${columns} FROM ${table} ORDER BY position`))
      found.push(...rows);
    return found;
  };
  // The comparison would be of the same with itself if both went the same way.
  if (where === 'inside') expect(decoded).toBeLessThan(result.accepted / 2);
  else expect(decoded).toBe(result.accepted);
  return { result, events: await all('events_log'), rejected: await all('rejected_events_log') };
}

it('gives the same events and the same rejections whether the store accepts rows or the decoder does', async () => {
  const [inside, here] = await Promise.all([loaded(parquet, 'inside'), loaded(parquet, 'here')]);
  expect(inside.events).toEqual(here.events);
  expect(inside.rejected).toEqual(here.rejected);
  expect(inside.result).toEqual(here.result);
  expect(inside.result.accepted).toBeGreaterThan(ROWS / 3);
  expect(inside.result.rejected).toBeGreaterThan(ROWS / 20);
});

it('does so through a map, with a filter, a time zone and a row that has too many cells', async () => {
  const map = `timezone: Europe/London
where: region != 'GB'
events:
  - event_id: event_id
    type: type
    occurred_at: parseDateTime64BestEffortOrNull(at)
    region: region
    amount: toDecimal64OrNull(amount, 4)
    attributes: { plan: upper("attributes.plan") }`;
  const [inside, here] = await Promise.all([loaded(csv, 'inside', map), loaded(csv, 'here', map)]);
  expect(inside).toEqual(here);
  expect(inside.result.accepted).toBeGreaterThan(ROWS / 4);
  expect(inside.rejected).toContainEqual(
    expect.objectContaining({ detail: expect.stringContaining('more cells') }),
  );
});
