import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../src/store/embedded/engine.js';
import { configurationFolder, jsonLines, newFolder, RunningCommand, redress } from './process.js';

const event = (id: string, more: object = {}) =>
  JSON.stringify({ event_id: id, type: 'order.placed', occurred_at: '2026-03-03T10:00:00Z', ...more });

describe('redress ingest', { timeout: 60_000 }, () => {
  let config: string;
  let folder: string;
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  beforeAll(() => {
    config = configurationFolder().config;
    folder = newFolder();
  });

  it('keeps what is good of a bad file, says what is wrong, and counts a second loading once', async () => {
    const lines = [
      event('e1'),
      event('e2', { occurred_at: '2026-03-03T10:00:00' }),
      '{"event_id":',
      event('e3', { amount: 'much' }),
      '[]',
      event('e4', { text: 'x'.repeat(1_100_000) }),
      event('e5', { text: 'x'.repeat(5_000) }),
      event('e1'),
    ];
    const mixed = file(
      'mixed.ndjson',
      Buffer.concat([Buffer.from(lines.join('\n')), Buffer.from([0x0a, 0xff, 0xfe, 0x0a])]),
    );
    const paths = [mixed, file('again.ndjson.gz', gzipSync(event('e1')))];
    const { status, out, err } = await redress(['ingest', '--json', '--config', config, ...paths]);
    expect([status, err]).toEqual([0, '']);
    expect(jsonLines(out)).toMatchObject([
      { file: mixed, accepted: 3, rejected: 6 },
      { file: paths[1], accepted: 1, rejected: 0 },
    ]);

    const second = await redress(['ingest', '--config', config, ...paths]);
    expect(second.status).toBe(0);
    expect(second.out).toMatch(/order\.placed +2 /);
    expect(second.out).toMatch(/malformed_json +1 .*mixed\.ndjson:3/);
    for (const reason of ['invalid_date occurred_at', 'not_an_object', 'too_large', 'invalid_utf8'])
      expect(second.out).toMatch(new RegExp(`${reason} +1 `));
  });

  it('reads standard input', async () => {
    const { config: own } = configurationFolder();
    const input = [event('s1'), event('s2')].join('\n');
    const args = ['ingest', '--json', '--config', own, '--format', 'ndjson', '-'];
    const { status, out } = await new RunningCommand(args, { input }).finished;
    expect([status, jsonLines(out)]).toMatchObject([0, [{ accepted: 2, rejected: 0 }]]);
  });

  it('names the file that is not there or is empty, and the column that a map wants', async () => {
    const empty = await redress(['ingest', '--config', config, file('empty.ndjson', '')]);
    expect([empty.status, empty.out]).toEqual([1, '']);
    expect(empty.err).toContain('empty.ndjson: is empty');

    const missing = await redress(['ingest', '--config', config, join(folder, 'nowhere.ndjson')]);
    expect([missing.status, missing.out]).toEqual([1, '']);
    expect(missing.err).toContain('nowhere.ndjson');

    const map = file(
      'map.yaml',
      'events:\n  - event_id: OrderNo\n    type: "\'order.placed\'"\n    occurred_at: Date\n',
    );
    const table = file('table.csv', 'Number,Date\n1,2026-03-03 10:00:00\n');
    const wrong = await redress(['ingest', '--config', config, '--map', map, table]);
    expect(wrong.status).toBeGreaterThan(0);
    expect(wrong.out).toBe('');
    expect(wrong.err).toContain('OrderNo');
    expect(wrong.err).not.toMatch(/^\s+at /m);
  });

  it('shows in a dry run what the first rows would become, and writes nothing', async () => {
    const { config: own } = configurationFolder();
    const table = file('dry.csv', 'Order|Date\n7|2026-03-03 10:00:00\n8|soon\n9|2026-03-03 11:00:00\n');
    const map = file(
      'dry.yaml',
      'timezone: Europe/London\nevents:\n  - event_id: Order\n    type: "\'order.placed\'"\n    occurred_at: parseDateTimeBestEffortOrNull(Date)\n',
    );
    const dry = await redress(['ingest', '--dry-run', '--rows', '2', '--config', own, '--map', map, table]);
    expect(dry.status).toBe(0);
    expect(dry.out).toContain('nothing is written');
    expect(dry.out).toContain(
      '"event_id":"7","type":"order.placed","occurred_at":"2026-03-03T10:00:00.000Z"',
    );
    expect(dry.out).toMatch(/dry\.csv:row 2 {2}rejected: missing_field occurred_at: .*\n.*"Date":"soon"/);
    expect(dry.out).not.toContain('"event_id":"9"');

    const glob = await redress([
      'ingest',
      '--json',
      '--config',
      own,
      '--map',
      map,
      join(folder, 'dr[xy].csv'),
    ]);
    expect(jsonLines(glob.out)).toMatchObject([{ file: table, accepted: 2, rejected: 1 }]);
    const wrong = await redress(['ingest', '--config', own, '--delimiter', 'ab', table]);
    expect([wrong.status, wrong.out]).toEqual([2, '']);
  });

  it('loads the other files when one is broken, and says which and how much of it was kept', async () => {
    const { config: own } = configurationFolder();
    const whole = gzipSync(Array.from({ length: 3_000 }, (_, index) => event(`cut-${index}`)).join('\n'));
    const paths = [file('first.ndjson', event('many-1')), join(folder, 'cut.ndjson.gz')];
    paths.push(file('header.csv', 'event_id,type,occurred_at\n'), file('last.ndjson', event('many-2')));
    writeFileSync(paths[1] as string, whole.subarray(0, whole.length - 20));
    const { status, out, err } = await redress(['ingest', '--json', '--config', own, ...paths]);
    expect(status).toBe(1);
    expect(jsonLines(out)).toMatchObject([
      { file: paths[0], accepted: 1 },
      { file: paths[3], accepted: 1 },
    ]);
    expect(err).toMatch(/cut\.ndjson\.gz, as gzip: .*; [\d,]+ inputs that came before are kept/);
    expect(err).toContain('header.csv: there is no event in it');
    expect(err).toContain('2 of 4 files could not be read whole');

    const shown = [join(folder, 'nowhere.ndjson'), paths[2] as string, paths[3] as string];
    const dry = await redress(['ingest', '--dry-run', '--config', own, ...shown]);
    expect([dry.status, dry.err]).toEqual([
      1,
      expect.stringContaining('nowhere.ndjson: there is no such file'),
    ]);
    expect(dry.out).toMatch(/header\.csv: nothing is written.*\nnothing: there is no row/);
    expect(dry.out).toContain('many-2');
  });

  it('says which folder another process holds', async () => {
    const { config: held, data } = configurationFolder();
    const holder = await startEngine({ folder: data });
    const { status, out, err } = await redress(['ingest', '--config', held, file('one.ndjson', event('h1'))]);
    await holder.stop();
    expect([status, out]).toEqual([1, '']);
    expect(err).toContain(`another process holds the data folder ${data}`);
  });
});
