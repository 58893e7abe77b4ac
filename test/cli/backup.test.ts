import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../src/cli/program.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { Store } from '../../src/store/store.js';

const folder = mkdtempSync(join(tmpdir(), 'redress-backup-'));
const config = join(folder, 'config');
const data = join(folder, 'data');
const backup = join(folder, 'away', 'monday');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function redress(...args: string[]): Promise<{ status: number; said: string }> {
  const said: string[] = [];
  const io = { out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
  const status = await run(['--config', config, ...args], io);
  return { status, said: said.join('\n') };
}

async function load(id: string): Promise<void> {
  const file = join(folder, `${id}.ndjson`);
  writeFileSync(file, `{"event_id":"${id}","type":"order.placed","occurred_at":"2026-01-05T10:00:00Z"}\n`);
  expect(await redress('ingest', file)).toMatchObject({ status: 0 });
}

/** The events that the store has, asked of an engine of its own. */
async function stored(): Promise<string[]> {
  const engine = await startEngine({ folder: data });
  const store = new Store({ url: engine.url, username: 'default', password: '', database: 'redress' });
  try {
    const ids: string[] = [];
    for await (const rows of store.rows<{ event_id: string }>(
      'SELECT event_id FROM events ORDER BY event_id',
    ))
      ids.push(...rows.map((row) => row.event_id));
    return ids;
  } finally {
    await store.close();
    await engine.stop();
  }
}

beforeAll(async () => {
  cpSync('config', config, { recursive: true });
  writeFileSync(join(config, 'redress.yaml'), `clickhouse: { data: ${data}, port: 0 }\n`);
  await load('before');
});

it('brings back what was there when the backup was taken, and only that', async () => {
  expect(await redress('backup', backup)).toMatchObject({ status: 0 });
  await load('after');
  expect(await stored()).toEqual(['after', 'before']);

  const refused = await redress('restore', backup);
  expect(refused.status).toBe(1);
  expect(refused.said).toContain('has data; --replace puts the backup in its place');
  expect(await stored()).toEqual(['after', 'before']);

  expect(await redress('restore', backup, '--replace')).toMatchObject({ status: 0 });
  expect(await stored()).toEqual(['before']);
});

it('is taken while another process uses the store', async () => {
  const engine = await startEngine({ folder: data });
  const port = new URL(engine.url).port;
  writeFileSync(join(config, 'redress.yaml'), `clickhouse: { data: ${data}, port: ${port} }\n`);
  const during = join(folder, 'during');
  try {
    expect(await redress('backup', during)).toMatchObject({ status: 0 });
  } finally {
    await engine.stop();
    writeFileSync(join(config, 'redress.yaml'), `clickhouse: { data: ${data}, port: 0 }\n`);
  }
  rmSync(data, { recursive: true });
  expect((await redress('restore', during)).status).toBe(0);
  expect(await stored()).toEqual(['before']);
});

it('leaves the store as it is when the backup is damaged', async () => {
  const damaged = join(folder, 'damaged');
  cpSync(backup, damaged, { recursive: true });
  rmSync(join(damaged, 'data'), { recursive: true });
  writeFileSync(join(damaged, 'data'), '');
  expect((await redress('restore', damaged, '--replace')).status).toBe(1);
  expect(await stored()).toEqual(['before']);
  expect(readdirSync(join(data, 'backups'))).toEqual([]);
});

it.each([
  ['a folder that is there already', ['backup', folder], 'is there already'],
  ['a folder that is no backup', ['restore', folder], 'is not a folder that redress backup wrote'],
])('says so when it is given %s', async (_, args, words) => {
  const { status, said } = await redress(...args);
  expect(status).toBe(2);
  expect(said).toContain(words);
  expect(existsSync(folder)).toBe(true);
});
