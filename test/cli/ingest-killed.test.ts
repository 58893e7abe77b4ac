import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { configurationFolder, newFolder, RunningCommand } from './process.js';

/** More than the store takes in one insert, of lines and of a table's rows. */
const EVENTS = 300_000;
/** Every so many there is one that is rejected. */
const BAD = 30_000;

let engine: EmbeddedEngine;
beforeAll(async () => {
  engine = await startEngine({ folder: newFolder() });
});
afterAll(() => engine.stop());

/** Answers 0 while there are no tables yet. */
async function counted(database: string, count: string, table: string): Promise<number> {
  const query = `SELECT ${count} FROM ${database}.${table}`;
  const answer = await fetch(engine.url, { method: 'POST', body: query });
  return answer.ok ? Number(await answer.text()) : 0;
}

const FORMATS = {
  ndjson: {
    head: '',
    line: (index: number, day: string) =>
      `{"event_id":"e${index}","type":"order.placed","occurred_at":"${day}T10:00:00Z"}\n`,
    map: null,
  },
  csv: {
    head: 'Nr;Day\n',
    line: (index: number, day: string) => `${index};${day}\n`,
    map: "events:\n  - event_id: concat('e', Nr)\n    type: \"'order.placed'\"\n    occurred_at: parseDateTimeOrNull(Day, '%Y-%m-%d')\n",
  },
};

it.each(Object.entries(FORMATS))(
  'a load of %s into a remote store that is killed is run again, and everything counts once',
  async (format, { head, line, map }) => {
    const folder = newFolder();
    const path = join(folder, `events.${format}`);
    const lines = Array.from({ length: EVENTS }, (_, index) =>
      line(index, index % BAD === 7 ? 'soon' : '2026-03-03'),
    );
    const database = `killed_${format}`;
    const { config } = configurationFolder({
      'redress.yaml': `clickhouse: { url: "${engine.url}", database: ${database} }\nhttp: { port: 0 }\n`,
    });
    const mapFile = join(folder, 'map.yaml');
    writeFileSync(mapFile, map ?? '');
    const load = () =>
      new RunningCommand([
        'ingest',
        '--json',
        '--config',
        config,
        ...(map === null ? [] : ['--map', mapFile]),
        path,
      ]);

    // A pipe in the file's place: the load is in the middle of it until it is killed.
    execFileSync('mkfifo', [path]);
    const first = load();
    const pipe = createWriteStream(path);
    pipe.on('error', () => {});
    await once(pipe, 'open');
    pipe.write(head + lines.slice(0, -1).join(''));
    await expect
      .poll(() => counted(database, 'count()', 'events_log'), { timeout: 60_000, interval: 100 })
      .toBeGreaterThan(0);
    first.child.kill('SIGKILL');
    await first.finished;
    pipe.destroy();
    rmSync(path);
    writeFileSync(path, head + lines.join(''));

    const { status, err } = await load().finished;
    expect([status, err]).toEqual([0, '']);
    const rejected = EVENTS / BAD;
    expect(await counted(database, 'count()', 'events')).toBe(EVENTS - rejected);
    expect(await counted(database, 'uniqExact(event_id)', 'events')).toBe(EVENTS - rejected);
    expect(await counted(database, 'count()', 'rejected_events')).toBe(rejected);
  },
  120_000,
);
