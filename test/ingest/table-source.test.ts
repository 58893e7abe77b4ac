import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FileIngestRequest, ingestFile } from '../../src/ingest/file-source.js';
import { loadMap, parseMap } from '../../src/ingest/map-file.js';
import { wallClock } from '../../src/model/clock.js';
import { StagingTables } from '../../src/store/staging-area.js';
import type { Store } from '../../src/store/store.js';
import { testDatabase } from '../support/store.js';
import { MemorySink } from './memory-sink.js';

const folder = mkdtempSync(join(tmpdir(), 'redress-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Columns id: Int64, placed: local timestamp, delivered: UTC timestamp, price: Decimal, country, gift, tags, address. */
const ORDERS = new URL('tables/orders.parquet', import.meta.url).pathname;
const SHOP = '../shared/data/online-retail/online-retail.csv.gz';
if (!existsSync(SHOP)) process.stderr.write(`\nLEFT OUT: the shop's year, because there is no ${SHOP}\n\n`);

let store: Store;
let sink: MemorySink;
beforeAll(async () => {
  store = (await testDatabase()).store;
});
beforeEach(() => {
  sink = new MemorySink();
});

const ingest = (request: FileIngestRequest) =>
  ingestFile(
    { sink, staging: new StagingTables(store), clock: wallClock, limits: { maxEventBytes: 100_000 } },
    request,
  );

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const events = () => [...sink.events.values()].map(({ event }) => event);
const rejections = () =>
  [...sink.rejected.values()].map(({ arrival, reason, field }) => [
    arrival.position.replace(/^.*:/, ''),
    reason,
    field,
  ]);

async function stagingTables(): Promise<number> {
  const text =
    "SELECT count() AS tables FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'staging_')";
  for await (const [row] of store.rows<{ tables: number }>(text)) return row?.tables ?? 0;
  return 0;
}

describe('a CSV file whose columns are called as fields are', () => {
  const rows = [
    'event_id;type;occurred_at;region;amount;attributes.sku;origin_at;text',
    'a;order.placed;2026-04-01T12:00:00Z;GB;12.50;s1;2026-03-31T12:00:00+01:00;"one; two\n""three"""',
    'b;order.placed;1775044800000;;;;;',
    'c;order.placed;2026-04-01 12:00:00;GB;;;;',
    'd;order.placed;2026-04-01T12:00:00Z;GB;1;s;;text;and;more',
    'e;order.placed',
  ].join('\r\n');

  it('has the separator that it is told, where none of the usual ones would be guessed', async () => {
    const path = file(
      'stars.csv',
      'event_id*type*occurred_at*region\na*order.placed*2026-04-01T12:00:00Z*GB,FR\n',
    );
    expect(await ingest({ path, format: 'csv', delimiter: '*' })).toMatchObject({ accepted: 1, rejected: 0 });
    expect(events()[0]?.region).toBe('GB,FR');
    const tabs = file('tabs.tsv', 'event_id\ttype\toccurred_at\nb\torder.placed\t2026-04-01T12:00:00Z\n');
    expect(await ingest({ path: tabs })).toMatchObject({ format: 'csv', accepted: 1 });
  });

  it('is loaded, with quotes, line breaks in cells and any separator; its bad rows are kept', async () => {
    expect(await ingest({ path: file('plain.csv', `\ufeff${rows}`) })).toEqual({
      format: 'csv',
      accepted: 2,
      rejected: 3,
    });
    expect(events()[0]).toMatchObject({
      eventId: 'a',
      occurredAt: Date.UTC(2026, 3, 1, 12),
      amount: '12.5',
      attributes: { sku: 's1' },
      originAt: Date.UTC(2026, 2, 31, 11),
      text: 'one; two\n"three"',
    });
    expect(events()[1]).toMatchObject({
      occurredAt: 1_775_044_800_000,
      region: '',
      amount: null,
      attributes: {},
    });
    expect(rejections()).toEqual([
      ['row 3', 'invalid_date', 'occurred_at'],
      ['row 4', 'invalid_value', ''],
      ['row 5', 'invalid_value', ''],
    ]);
    expect([...sink.rejected.values()].map(({ raw }) => JSON.parse(raw))).toMatchObject([
      { event_id: 'c', occurred_at: '2026-04-01 12:00:00', region: 'GB' },
      { event_id: 'd', _extra: 'and more' },
      { event_id: 'e' },
    ]);
    expect(await stagingTables()).toBe(0);
  });

  it('is the same from a packed pipe, when it is said to be CSV', async () => {
    const pipe = Readable.from([gzipSync(rows)]);
    expect(await ingest({ path: '-', format: 'csv', standardInput: pipe })).toMatchObject({ accepted: 2 });
  });

  it('rejects rows with bytes that are not UTF-8', async () => {
    const path = file(
      'latin.csv',
      Buffer.from(
        'event_id,type,occurred_at,region\na,order.placed,2026-04-01T12:00:00Z,Curaçao\nb,order.placed,2026-04-01T12:00:00Z,GB\n',
        'latin1',
      ),
    );
    expect(await ingest({ path })).toMatchObject({ accepted: 1 });
    expect(rejections()).toEqual([['row 1', 'invalid_utf8', 'region']]);
  });

  it.each([
    [
      'other.csv',
      'order,when\n1,2\n',
      /other\.csv: there is no column event_id, type, occurred_at.*Its columns are order, when\. A map file \(--map\)/,
    ],
    [
      'more.csv',
      'event_id,type,occurred_at,sku\na,b,c,d\n',
      /more\.csv: sku: no event has such a field; call it attributes\.sku/,
    ],
    ['nameless.csv', 'event_id,,type\n', /nameless\.csv:1: column 2 of the header has no name/],
    ['twice.csv', 'event_id,type,type\n', /twice\.csv:1: two columns are called type/],
    ['rowless.csv', 'event_id,type,occurred_at\n', /rowless\.csv: there is no event in it/],
    ['book.csv', 'PK\u0003\u0004\u0014', /book\.csv: is a workbook or an archive: save it as CSV/],
    ['not.parquet', 'event_id,type', /not\.parquet: is not a Parquet file/],
  ])('%s: says what is wrong with the table', async (name, content, message) => {
    await expect(ingest({ path: file(name, content) })).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(message),
    });
    expect(await stagingTables()).toBe(0);
  });

  it('says that a packed one breaks off', async () => {
    const header = 'event_id,type,occurred_at\n';
    const body = Array.from(
      { length: 50_000 },
      (_, i) => `e${(i * 7919) % 50_000},order.placed,2026-04-01T12:00:00Z\n`,
    );
    const packed = gzipSync(header + body.join(''));
    const path = file('broken.csv.gz', packed.subarray(0, packed.length - 100));
    await expect(ingest({ path })).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(/broken\.csv\.gz, as gzip: breaks off before its end/),
    });
    expect(await stagingTables()).toBe(0);
  });

  it('names the expression that fails at a value, and how only its row would be rejected', async () => {
    const path = file('strict.csv', 'id;day\n1;03.05.2026 14:30\n2;soon\n');
    const fields = [
      'event_id: id',
      'type: "\'order.placed\'"',
      "occurred_at: parseDateTime(day, '%d.%m.%Y %H:%i')",
    ];
    const refusal = async (lines: readonly string[]): Promise<string> => {
      const map = parseMap('strict.yaml', `events:\n  - ${lines.join('\n    ')}\n`);
      return ingest({ path, map }).then(
        () => 'nothing was refused',
        (error: Error) => error.message,
      );
    };
    // An amount that is text is read here, a row without one becomes an event inside the store.
    const decoded = await refusal([...fields, 'amount: id']);
    expect(decoded).toMatch(
      /^strict\.yaml:4:18 {2}occurred_at: parseDateTime\(.*\): Value 733 .*, at row 2\. .*OrNull/,
    );
    expect(decoded).not.toMatch(/staging_|__table/);
    expect(await refusal(fields)).toBe(decoded);
    expect(await stagingTables()).toBe(0);
  });

  it('is UTF-16 just as well, as spreadsheets write what they call Unicode text', async () => {
    const rows = 'event_id\ttype\toccurred_at\ttext\n1\torder.placed\t2026-03-03T10:00:00Z\tMüller €\n';
    const path = join(folder, 'unicode.txt');
    writeFileSync(path, Buffer.from(`\ufeff${rows}`, 'utf16le'));
    expect(await ingest({ path, format: 'csv' })).toMatchObject({ accepted: 1, rejected: 0 });
    expect(sink.events.get('1')?.event.text).toBe('Müller €');
  });
});

const ORDER_MAP = `timezone: Asia/Tokyo
events:
  - event_id: concat('o', toString(id))
    type: "'order.placed'"
    occurred_at: parseDateTime64BestEffortOrNull(placed, 3)
    amount: price
    region: country
    attributes: { gift: gift }
  - event_id: concat('d', toString(id))
    type: "'order.delivered'"
    occurred_at: delivered
    where: delivered IS NOT NULL
`;

describe('a Parquet file with a map', () => {
  it('gives one event a row and template, with exact decimals and local times in the zone of the map', async () => {
    for (const path of [ORDERS, file('orders.parquet.gz', gzipSync(readFileSync(ORDERS)))]) {
      sink = new MemorySink();
      const map = parseMap('orders.yaml', ORDER_MAP);
      expect(await ingest({ path, map })).toEqual({ format: 'parquet', accepted: 4, rejected: 1 });
      expect(
        events().map(({ eventId, type, occurredAt, amount, attributes }) => [
          eventId,
          type,
          new Date(occurredAt).toISOString(),
          amount,
          attributes,
        ]),
      ).toEqual([
        ['o1', 'order.placed', '2026-04-01T03:00:00.000Z', '12.34', { gift: 'true' }],
        ['d1', 'order.delivered', '2026-04-03T12:00:00.000Z', null, {}],
        ['o2', 'order.placed', '2026-04-02T03:00:00.500Z', '0.1', { gift: 'false' }],
        ['d3', 'order.delivered', '2026-04-03T12:00:00.000Z', null, {}],
      ]);
      expect(rejections()).toEqual([['row 3, event 1', 'missing_field', 'occurred_at']]);
    }
  });

  it('names the place, the expression and the columns there are when the map does not fit', async () => {
    const text = ORDER_MAP.replace('region: country', 'region: contry').replace(
      'amount: price',
      'amount: nonsense(price)',
    );
    const refused = ingest({ path: ORDERS, map: parseMap('orders.yaml', text) });
    await expect(refused).rejects.toMatchObject({ code: 'config_invalid' });
    const problems = await refused.catch((error: Error) => error.message.split(/\n(?=orders\.yaml)/));
    expect(problems).toEqual([
      expect.stringMatching(/^orders\.yaml:6:13 {2}amount: nonsense\(price\): /),
      expect.stringMatching(
        /^orders\.yaml:7:13 {2}region: contry: .*the table has the columns id, placed, delivered, price, country, gift, tags, address, and _row/s,
      ),
    ]);
    expect(await stagingTables()).toBe(0);
  });
});

describe.skipIf(!existsSync(SHOP))(`a shop's year from ${SHOP}`, () => {
  /** Of the events that the store has, which has made most of them by itself. */
  async function asked(columns: string, where: string): Promise<unknown[][]> {
    const found: unknown[][] = [];
    for await (const rows of store.tuples(`SELECT ${columns} FROM events WHERE ${where}`))
      found.push(...rows);
    return found;
  }

  it('is 532,618 placed and 9,288 cancelled lines, with its local times and amounts', async () => {
    const map = await loadMap('config/maps/online-retail.yaml');
    expect(await ingest({ path: SHOP, map })).toEqual({ format: 'csv', accepted: 541_906, rejected: 0 });
    const [counts] = await asked(
      `countIf(type = 'order.placed'), countIf(type = 'order.cancelled'),
       toFloat64(sumIf(amount, type = 'order.cancelled'))`,
      'true',
    );
    expect(counts).toEqual([532_618, 9_288, 896_812.49]);
    const columns = 'region, category, toFloat64(amount), currency, toUnixTimestamp64Milli(occurred_at)';
    expect(await asked(columns, "event_id = '536365:1'")).toEqual([
      ['United Kingdom', '85', 15.3, 'GBP', Date.parse('2010-12-01T08:26:00Z')],
    ]);
    // The shop's clock was an hour ahead of UTC in summer.
    expect(await asked('DISTINCT toUnixTimestamp64Milli(occurred_at)', "order_id = 'C551521'")).toEqual([
      [Date.parse('2011-05-01T10:58:00Z')],
    ]);
  }, 120_000);
});
