import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FileIngestRequest, type FileProgress, ingestFile } from '../../src/ingest/file-source.js';
import { parseMap } from '../../src/ingest/map-file.js';
import { wallClock } from '../../src/model/clock.js';
import { StagingTables } from '../../src/store/staging-area.js';
import type { Store } from '../../src/store/store.js';
import { testDatabase } from '../support/store.js';
import { MemorySink } from './memory-sink.js';

const folder = mkdtempSync(join(tmpdir(), 'redress-foreign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let store: Store;
let sink: MemorySink;
let engineUrl = '';
beforeAll(async () => {
  const database = await testDatabase();
  store = database.store;
  engineUrl = database.address.url;
});
beforeEach(() => {
  sink = new MemorySink();
});

const ingest = (request: FileIngestRequest) =>
  ingestFile(
    { sink, staging: new StagingTables(store), clock: wallClock, limits: { maxEventBytes: 100_000 } },
    request,
  );
const refusal = (request: FileIngestRequest): Promise<string> =>
  ingest(request).then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );
const mapOf = (...lines: string[]) => parseMap('map.yaml', lines.join('\n'));

function file(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const found = () => [...sink.events.values()].map(({ event }) => event);
const rejections = () =>
  [...sink.rejected.values()].map(({ arrival, reason, detail }) => [
    arrival.position.replace(/^.*:/, ''),
    reason,
    detail,
  ]);
const HEADER = 'event_id,type,occurred_at,region';
const row = (id: string, region = 'GB') => `${id},order.placed,2026-03-03T10:00:00Z,${region}`;

describe('a row that `where` leaves out', () => {
  const rows = ['id;day;state', '1;2026-03-03 10:00:00;ok', '2;soon;draft', '3;2026-03-05 10:00:00;ok'];
  const STRICT = "occurred_at: parseDateTime(day, '%Y-%m-%d %H:%i:%s')";
  const event = ['  - event_id: id', '    type: "\'order.placed\'"', `    ${STRICT}`];

  it('is not asked what its expressions say, whether rows become events in the store or here', async () => {
    const path = file('drafts.csv', ...rows);
    const inside = mapOf("where: state != 'draft'", 'events:', ...event);
    expect(await ingest({ path, map: inside })).toMatchObject({ accepted: 2, rejected: 0 });
    expect(sink.events.size).toBe(0);
    // An amount that is text is read by the decoder.
    const here = mapOf("where: state != 'draft'", 'events:', ...event, '    amount: id');
    expect(await ingest({ path, map: here })).toMatchObject({ accepted: 2, rejected: 0 });
    expect([...sink.events.keys()]).toEqual(['1', '3']);
  });

  it('neither for the one event of several that it does not give', async () => {
    const map = mapOf(
      'events:',
      ...event,
      "    where: state != 'draft'",
      "  - event_id: concat('all:', id)",
      '    type: "\'order.seen\'"',
      "    occurred_at: toDateTime('2026-03-03 00:00:00')",
    );
    expect(await ingest({ path: file('two.csv', ...rows), map })).toMatchObject({ accepted: 5, rejected: 0 });
  });

  it('is not blamed when another row fails, which is named', async () => {
    const path = file('soon.csv', ...rows, '4;later;ok', '5;never;ok');
    for (const more of [[], ['    amount: id']]) {
      const message = await refusal({
        path,
        map: mapOf("where: state != 'draft'", 'events:', ...event, ...more),
      });
      expect(message).toMatch(/^map\.yaml:5:18 {2}occurred_at: parseDateTime.*, at row 4\. .*OrNull/);
    }
  });
});

describe('rows of CSV', () => {
  it('are none where a line is blank, or has separators only', async () => {
    const path = file('gaps.csv', HEADER, row('a'), '', ',,,', row('b'), '', '');
    expect(await ingest({ path })).toMatchObject({ accepted: 2, rejected: 0 });
    expect([...sink.events.values()].map(({ arrival }) => arrival.position)).toEqual([
      `${path}:row 1`,
      `${path}:row 4`,
    ]);
  });

  it('may all end in separators, as spreadsheets write them', async () => {
    const path = file('wide.csv', `${HEADER},,`, `${row('a')},,`, `${row('b')},`, `${row('c')},,more`);
    expect(await ingest({ path })).toMatchObject({ accepted: 2, rejected: 1 });
    expect(rejections()).toEqual([
      ['row 3', 'invalid_value', 'the row has more cells than the header has columns'],
    ]);
    expect(JSON.parse([...sink.rejected.values()][0]?.raw ?? '')).toMatchObject({ _extra: 'more' });
  });

  it('may have blanks around quotes, NULL as databases write it, and cells that are empty', async () => {
    const path = file('odd.csv', HEADER, '"a" ,"order.placed" , 2026-03-03T10:00:00Z ,\\N', row('b', ''));
    expect(await ingest({ path })).toMatchObject({ accepted: 2, rejected: 0 });
    expect(found().map(({ eventId, region }) => [eventId, region])).toEqual([
      ['a', ''],
      ['b', ''],
    ]);
  });

  it.each([
    ['a cell', 'b,order.placed,2026-03-03T10'],
    ['a quoted cell', 'b,order.placed,"2026-03-03T10:00:00Z'],
    ['its separators', 'b,order.placed,2026-03-03T10:00:00Z'],
  ])('are rejected when the file ends within %s', async (_, cut) => {
    expect(await ingest({ path: file('cut.csv', HEADER, row('a'), cut) })).toMatchObject({
      accepted: 1,
      rejected: 1,
    });
    expect(rejections()).toEqual([
      ['row 2', 'invalid_value', 'the row has fewer cells than the header has columns'],
    ]);
  });

  it.each([[], ['    amount: id']])(
    'that are cut off are not left out for what they seem to say',
    async (...more) => {
      const map = mapOf(
        "where: state = 'ok'",
        'events:',
        '  - event_id: id',
        '    type: "\'order.placed\'"',
        "    occurred_at: parseDateTime(day, '%Y-%m-%d')",
        ...more,
      );
      const path = file('state.csv', 'id;day;state', '1;2026-03-03;ok', '2;soon;draft', '3;2026-');
      expect(await ingest({ path, map })).toMatchObject({ accepted: 1, rejected: 1 });
      expect(rejections()[0]?.[0]).toBe('row 3');
    },
  );

  it('have more cells than the header even if the first of them is empty', async () => {
    await ingest({ path: file('beyond.csv', HEADER, `${row('a')},,x,y`) });
    expect(rejections()).toEqual([
      ['row 1', 'invalid_value', 'the row has more cells than the header has columns'],
    ]);
  });

  it('keep what is not UTF-8 byte by byte, as lines do', async () => {
    const path = join(folder, 'latin.csv');
    writeFileSync(path, `${HEADER}\n${row('a', 'Málaga')}`, 'latin1');
    await ingest({ path });
    expect(JSON.parse([...sink.rejected.values()][0]?.raw ?? '')).toMatchObject({ region: 'Málaga' });
  });

  it('are kept as the events that they would be, so that they are fed again without a map', async () => {
    const path = file(
      'sku.csv',
      'event_id,type,occurred_at,attributes.sku',
      'a,order.placed,2026-03-03T10:00:00,s1',
    );
    await ingest({ path });
    const [rejected] = [...sink.rejected.values()];
    const mended = file('sku.ndjson', (rejected?.raw ?? '').replace('10:00:00', '10:00:00Z'));
    expect(await ingest({ path: mended })).toMatchObject({ accepted: 1, rejected: 0 });
    expect(found()[0]?.attributes).toEqual({ sku: 's1' });
  });

  it('that cannot be told apart end the load with one line that names the row', async () => {
    const message = await refusal({ path: file('torn.csv', HEADER, row('a'), '"b"x,order.placed,1,2') });
    expect(message).toMatch(/torn\.csv:row 2: cannot be read as CSV: .*expected ','/);
    expect(message).not.toContain('\n');
  });

  it('say which expression gave nothing where a field is missing', async () => {
    const map = mapOf(
      'events:',
      '  - event_id: id',
      '    type: "\'order.placed\'"',
      "    occurred_at: parseDateTimeOrNull(day, '%Y')",
    );
    await ingest({ path: file('when.csv', 'id;day', '1;soon'), map });
    expect(rejections()).toEqual([
      ['row 1', 'missing_field', "every event has it, and parseDateTimeOrNull(day, '%Y') gives nothing here"],
    ]);
  });
});

describe('NDJSON of foreign objects', () => {
  const orders = [
    "where: state != 'draft' AND Nr != ''",
    'events:',
    "  - event_id: concat('o', Nr)",
    '    type: "\'order.placed\'"',
    "    occurred_at: parseDateTimeOrNull(Ordered, '%d.%m.%Y')",
    '    amount: Total',
  ];
  // A key that comes late is no column; the whole line has it.
  const map = mapOf(...orders, '    attributes:', "      late: JSONExtractString(_line, 'late')");
  const lines = [
    '{"Nr": 1, "Ordered": "03.03.2026", "Total": 12.5, "state": null, "it\'s": [1, {"a": true}]}',
    '',
    '{"Nr": 2, "Ordered": "soon"}',
    '{"Nr": 3, "Ordered": "03.',
    '{"Nr": 4, "state": "draft"}',
    '[5]',
    '{"Nr": 6, "Ordered": "04.03.2026", "Total": "1.15", "late": "yes"}\r',
  ];

  it('becomes events by a map, its keys as columns of text; what does not is kept as it came', async () => {
    const path = file('foreign.ndjson', ...lines);
    expect(await ingest({ path, map })).toEqual({ format: 'ndjson', accepted: 2, rejected: 3 });
    expect(found().map(({ eventId, amount, attributes }) => [eventId, amount, attributes])).toEqual([
      ['o1', '12.5', {}],
      ['o6', '1.15', { late: 'yes' }],
    ]);
    expect(rejections().map(([place, reason]) => [place, reason])).toEqual([
      ['row 3', 'missing_field'],
      ['row 4', 'malformed_json'],
      ['row 6', 'not_an_object'],
    ]);
    expect([...sink.rejected.values()].map(({ raw }) => raw)).toEqual([lines[2], lines[3], lines[5]]);
  });

  it('may come by a pipe, and names the keys that there are when the map wants another', async () => {
    const pipe = Readable.from([lines.slice(0, 1).join('\n')]);
    expect(await ingest({ path: '-', map, standardInput: pipe })).toMatchObject({
      accepted: 1,
    });
    const other = mapOf('events:', '  - { event_id: nr, type: "\'a.b\'", occurred_at: Ordered }');
    expect(await refusal({ path: file('keys.ndjson', ...lines), map: other })).toMatch(
      /map\.yaml:2:17 {2}event_id: nr: .*the table has the columns Nr, Ordered, Total, state, it's, late, and _row/s,
    );
  });

  it('takes the rows of a table that were rejected, mended, by the same map', async () => {
    const path = file('orders.csv', 'Nr;Ordered;Total;state', '7;33.03.2026;1;', '8;03.03.2026;1;');
    await ingest({ path, map: mapOf(...orders) });
    const [rejected] = [...sink.rejected.values()];
    const mended = file('mended.ndjson', (rejected?.raw ?? '').replace('33.', '13.'));
    expect(await ingest({ path: mended, map: mapOf(...orders) })).toMatchObject({ accepted: 1, rejected: 0 });
    expect([...sink.events.keys()]).toEqual(['o8', 'o7']);
  });
});

describe('structures in Parquet', () => {
  const write = async (name: string, columns: string): Promise<string> => {
    const query = `SELECT 'a' AS event_id, 'order.placed' AS type, toDateTime64('2026-03-03 10:00:00', 3, 'UTC') AS occurred_at,
      ${columns} FORMAT Parquet SETTINGS output_format_parquet_string_as_string = 1`;
    const answer = await fetch(engineUrl, { method: 'POST', body: query });
    const path = join(folder, name);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    return path;
  };

  it('are attributes where a map of texts is called so, as a column of events is', async () => {
    const path = await write(
      'attributes.parquet',
      "map('plan', 'gold', 'größe', 'XL') AS attributes, [1, 2] AS items",
    );
    expect(await ingest({ path })).toMatchObject({ accepted: 1, rejected: 0 });
    expect(found()[0]?.attributes).toEqual({ plan: 'gold', größe: 'XL' });
  });

  it('are for a map to take apart: lists, maps and groups within each other', async () => {
    const columns =
      "[(1.5, ['x']), (2.5, ['y', 'z'])]::Array(Tuple(price Float64, tags Array(String))) AS items, map('k', (7, 'deep')::Tuple(n Int32, s String)) AS more";
    const map = mapOf(
      'events:',
      '  - event_id: event_id',
      '    type: type',
      '    occurred_at: occurred_at',
      '    amount: items[2].price',
      '    region: items[2].tags[-1]',
      "    category: more['k'].s",
    );
    await ingest({ path: await write('deep.parquet', columns), map });
    expect(found()[0]).toMatchObject({ amount: '2.5', region: 'z', category: 'deep' });
  });
});

describe('the progress of a table', () => {
  it('goes forward: of one that is mapped here, first on its way to the store and then through its rows', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => row(`e${index}`));
    const seen: FileProgress[] = [];
    await ingest({ path: file('long.csv', HEADER, ...rows), onProgress: (progress) => seen.push(progress) });
    const stages = seen.map(({ stage }) => stage);
    expect(stages.indexOf('loading')).toBeGreaterThan(0);
    expect(stages.lastIndexOf('sending')).toBeLessThan(stages.indexOf('loading'));
    for (const stage of ['sending', 'loading'] as const) {
      const shares = seen.filter((progress) => progress.stage === stage).map(({ share }) => share ?? -1);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    }
    expect(seen.at(-1)).toMatchObject({ share: 1, read: 20_000, accepted: 20_000 });
  });
});
