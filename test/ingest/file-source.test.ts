import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { expandPaths } from '../../src/ingest/expand-paths.js';
import { type FileIngestRequest, ingestFile, previewFile } from '../../src/ingest/file-source.js';
import type { StagingArea } from '../../src/ingest/staging.js';
import { SimulatedClock } from '../../src/model/clock.js';
import { MemorySink } from './memory-sink.js';

const folder = mkdtempSync(join(tmpdir(), 'redress-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clock = new SimulatedClock(Date.UTC(2026, 4, 1));
const noStaging: StagingArea = {
  create: async () => {
    throw new Error('lines need no staging');
  },
};
let sink: MemorySink;
beforeEach(() => {
  sink = new MemorySink();
});

const ingest = (request: FileIngestRequest, maxEventBytes = 100_000) =>
  ingestFile({ sink, staging: noStaging, clock, limits: { maxEventBytes } }, request);

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const line = (id: string) =>
  JSON.stringify({ event_id: id, type: 'order.placed', occurred_at: '2026-04-30T00:00:00Z' });
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => `${line(`e${index}`)}\n`).join('');

describe('a file of NDJSON', () => {
  it('is loaded whole, packed or not, with a byte order mark, Windows line ends, blank lines and no last line feed', async () => {
    const content = `\ufeff${line('a')}\r\n\r\n  \n${line('b')}\n${line('c')}`;
    for (const path of [file('plain.ndjson', content), file('packed.jsonl.gz', gzipSync(content))]) {
      sink = new MemorySink();
      expect(await ingest({ path })).toEqual({ format: 'ndjson', accepted: 3, rejected: 0 });
      expect([...sink.events.values()].map(({ arrival }) => arrival.position)).toEqual([
        `${path}:1`,
        `${path}:4`,
        `${path}:5`,
      ]);
    }
  });

  it('may be packed with zstd, in several frames, and says where it breaks off', async () => {
    const path = new URL('packed/two-frames.ndjson.zst', import.meta.url).pathname;
    expect(await ingest({ path })).toEqual({ format: 'ndjson', accepted: 20_001, rejected: 0 });
    expect(sink.events.has('last')).toBe(true);

    const whole = readFileSync(path);
    sink = new MemorySink();
    await expect(
      ingest({ path: file('cut.ndjson.zst', whole.subarray(0, whole.length - 40)) }),
    ).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(/cut\.ndjson\.zst, as zstd: cannot be read on/),
    });
    expect(sink.events.size).toBe(20_000);
  });

  it('keeps what is good around what is not, each with its line', async () => {
    const bad = [Buffer.from('{"event_id":\n'), Buffer.from([0xff, 0x0a]), Buffer.from('{}\n')];
    const path = file(
      'bad.ndjson',
      Buffer.concat([Buffer.from(lines(2)), ...bad, Buffer.from(line('last'))]),
    );
    expect(await ingest({ path })).toMatchObject({ accepted: 3, rejected: 3 });
    expect([...sink.rejected].map(([position, { reason, field }]) => [position, reason, field])).toEqual([
      [`${path}:3`, 'malformed_json', ''],
      [`${path}:4`, 'invalid_utf8', ''],
      [`${path}:5`, 'missing_field', 'event_id'],
    ]);
  });

  it('does not hold a line of many megabytes in memory to reject it', async () => {
    const megabytes = 300;
    const piece = Buffer.alloc(1 << 20, 'x');
    function* body() {
      yield Buffer.from(`${line('before')}\n`);
      for (let index = 0; index < megabytes; index++) yield piece;
      yield Buffer.from(`\n${line('after')}\n`);
    }
    const before = process.memoryUsage().rss;
    await ingest({ path: '-', standardInput: Readable.from(body()) });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
    expect([...sink.events.keys()]).toEqual(['before', 'after']);
    expect([...sink.rejected.values()]).toMatchObject([
      {
        reason: 'too_large',
        detail: `${megabytes << 20} bytes, at most 100000 are taken; the first 4096 are kept`,
      },
    ]);
  });

  it('is loaded twice as if once, and its later content wins', async () => {
    const path = file('again.ndjson', `${lines(10)}nonsense\n`);
    await ingest({ path });
    clock.advanceTo(clock.now() + 1_000);
    writeFileSync(path, `${lines(10).replaceAll('order.placed', 'order.shipped')}nonsense\n`);
    await ingest({ path });
    expect(sink.events.size).toBe(10);
    expect(sink.rejected.size).toBe(1);
    expect(new Set([...sink.events.values()].map(({ event }) => event.type))).toEqual(
      new Set(['order.shipped']),
    );
  });

  it('goes to the store in large batches, and says how far it has come', async () => {
    const path = file('many.ndjson', lines(110_000));
    const seen: number[] = [];
    await ingest({
      path,
      onProgress: (progress) => {
        expect(progress.bytesRead).toBeLessThanOrEqual(progress.bytesTotal ?? 0);
        seen.push(progress.accepted);
      },
    });
    expect(seen.at(-1)).toBe(110_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(sink.writes).toBeGreaterThanOrEqual(2);
    expect(sink.largest).toBeLessThanOrEqual(105_000);
  });

  it('is waited for while the store is away for a moment', async () => {
    sink.away = true;
    setTimeout(() => {
      sink.away = false;
    }, 300);
    expect(await ingest({ path: file('wait.ndjson', lines(5)) })).toMatchObject({ accepted: 5 });
    expect(sink.failures).toBeGreaterThanOrEqual(1);
  });
});

describe('a preview', () => {
  it('shows what the first inputs would become, and reads no further', async () => {
    const path = file('preview.ndjson', `${line('a')}\nnonsense\n${lines(200_000)}`);
    const shown: string[] = [];
    const parts = { staging: noStaging, clock, limits: { maxEventBytes: 1_000 } };
    for await (const { accepted, rejected } of previewFile(parts, { path }, 3))
      shown.push(accepted?.event.eventId ?? rejected?.reason ?? '');
    expect(shown).toEqual(['a', 'malformed_json', 'e0']);
  });
});

describe('patterns of file names', () => {
  it('stand for the files that match them, in order and once', async () => {
    const root = mkdtempSync(join(folder, 'patterns-'));
    mkdirSync(join(root, 'may', 'eu'), { recursive: true });
    for (const name of ['b.csv', 'a.csv', 'c.txt', '.hidden.csv', 'may/d1.csv', 'may/eu/d2.csv'])
      writeFileSync(join(root, name), '');
    const expanded = async (...patterns: string[]) =>
      (await expandPaths(patterns.map((it) => join(root, it)))).map((path) => path.slice(root.length + 1));
    expect(await expanded('*.csv', 'a.csv')).toEqual(['a.csv', 'b.csv']);
    expect(await expanded('**/*.csv')).toEqual(['a.csv', 'b.csv', 'may/d1.csv', 'may/eu/d2.csv']);
    expect(await expanded('m?y/d[0-9].csv')).toEqual(['may/d1.csv']);
    expect(await expanded('[!a].csv')).toEqual(['b.csv']);
    expect(await expandPaths(['-', 'named.csv'])).toEqual(['-', 'named.csv']);
    await expect(expanded('*.parquet')).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(/\*\.parquet: no file has such a name$/),
    });
  });
});

describe('standard input', () => {
  it('is NDJSON unless something else is said, known again when it is piped again, whatever its chunks', async () => {
    const bytes = Buffer.from(`${lines(2_000)}nonsense\n`);
    for (const chunk of [bytes.length, 1_000, 70_000]) {
      clock.advanceTo(clock.now() + 1_000);
      const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
        bytes.subarray(index * chunk, (index + 1) * chunk),
      );
      await ingest({ path: '-', standardInput: Readable.from(chunks) });
    }
    expect([...sink.rejected.keys()]).toEqual([expect.stringMatching(/^-[0-9a-f]{16}:2001$/)]);
    await ingest({ path: '-', standardInput: Readable.from([Buffer.from('other\nnonsense\n')]) });
    expect(sink.rejected.size).toBe(3);
  });
});

describe('a file that cannot be loaded says why', () => {
  it.each([
    ['empty.ndjson', '', /empty\.ndjson: is empty, there is nothing to load/],
    ['empty.csv', '', /empty\.csv: is empty/],
    ['packed-empty.ndjson.gz', gzipSync(''), /packed-empty\.ndjson\.gz: is empty/],
    ['blank.ndjson', '\n \n', /blank\.ndjson: there is no event in it/],
  ])('%s', async (name, content, message) => {
    await expect(ingest({ path: file(name, content) })).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(message),
    });
  });

  it('one that is not there, and a folder', async () => {
    await expect(ingest({ path: join(folder, 'absent.ndjson') })).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(/absent\.ndjson: there is no such file/),
    });
    await expect(ingest({ path: folder })).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(/this is a folder/),
    });
  });

  it('a packed one that breaks off, of which the beginning is kept', async () => {
    const whole = gzipSync(Buffer.from(lines(200_000)), { level: 1 });
    const path = file('broken.ndjson.gz', whole.subarray(0, whole.length / 2));
    await expect(ingest({ path })).rejects.toMatchObject({
      code: 'input_unreadable',
      message: expect.stringMatching(/broken\.ndjson\.gz, as gzip: breaks off before its end/),
    });
    expect(sink.events.size).toBeGreaterThan(50_000);
    expect(sink.events.has('e0')).toBe(true);
  });
});
