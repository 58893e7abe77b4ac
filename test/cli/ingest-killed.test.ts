import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { configurationFolder, newFolder, RunningCommand } from './process.js';

/** More than go to the store in one insert. */
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

const line = (index: number): string =>
  `{"event_id":"e${index}","type":"order.placed","occurred_at":"${index % BAD === 7 ? 'soon' : '2026-03-03'}T10:00:00Z"}\n`;

it('a load into a remote store that is killed is run again, and everything counts once', async () => {
  const path = join(newFolder(), 'events.ndjson');
  const lines = Array.from({ length: EVENTS }, (_, index) => line(index));
  const database = 'killed';
  const { config } = configurationFolder({
    'redress.yaml': `clickhouse: { url: "${engine.url}", database: ${database} }\nhttp: { port: 0 }\n`,
  });
  const load = () => new RunningCommand(['ingest', '--json', '--config', config, path]);

  // A pipe in the file's place: the load is in the middle of it until it is killed.
  execFileSync('mkfifo', [path]);
  const first = load();
  const pipe = createWriteStream(path);
  pipe.on('error', () => {});
  await once(pipe, 'open');
  pipe.write(lines.slice(0, -1).join(''));
  await expect
    .poll(() => counted(database, 'count()', 'events_log'), { timeout: 60_000, interval: 100 })
    .toBeGreaterThan(0);
  first.child.kill('SIGKILL');
  await first.finished;
  pipe.destroy();
  rmSync(path);
  writeFileSync(path, lines.join(''));

  const { status, err } = await load().finished;
  expect([status, err]).toEqual([0, '']);
  const rejected = EVENTS / BAD;
  expect(await counted(database, 'count()', 'events')).toBe(EVENTS - rejected);
  expect(await counted(database, 'uniqExact(event_id)', 'events')).toBe(EVENTS - rejected);
  expect(await counted(database, 'count()', 'rejected_events')).toBe(rejected);
}, 120_000);
