/** The program as it is built, which is not how the other tests run it: from what the image copies, and nothing else. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, build } from './dockerfile.js';
import { ROOT } from './repository.js';

const app = mkdtempSync(join(tmpdir(), 'redress-built-'));
const out = join(app, 'dist/src');

function redress(args: readonly string[], cwd = app): string {
  return execFileSync(process.execPath, [join(out, 'main.js'), ...args], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

beforeAll(() => {
  for (const rest of all(build, 'COPY')) {
    const [target = '', ...from] = rest.split(/\s+/).reverse();
    for (const source of from)
      cpSync(ROOT + source, join(app, target, target === source ? '' : source), { recursive: true });
  }
  symlinkSync(`${ROOT}node_modules`, join(app, 'node_modules'));
  execFileSync('npm', ['run', 'build'], { cwd: app, stdio: 'pipe' });
  cpSync(`${ROOT}config`, join(app, 'config'), { recursive: true });
}, 180_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

test('says what it can do', () => {
  expect(redress(['--help'])).toContain('start');
});

test('has no part that cannot be loaded', { timeout: 60_000 }, () => {
  const parts = readdirSync(out).filter((name) => /-[A-Z0-9]{8}\.js$/.test(name));
  expect(parts.length).toBeGreaterThan(20);
  const load = parts.map((name) => `await import(${JSON.stringify(join(out, name))});`).join('\n');
  execFileSync(process.execPath, ['--input-type=module', '--eval', load], { stdio: 'pipe' });
});

test('serves, reads its store and ends when it is told to', { timeout: 60_000 }, async () => {
  const config = join(app, 'served');
  redress(['init', config]);
  writeFileSync(
    join(config, 'redress.yaml'),
    `clickhouse: { data: ${JSON.stringify(join(app, 'data'))}, port: 0 }\nhttp: { port: 0 }\nkafka: { brokers: ["127.0.0.1:1"], topics: [events] }\n`,
  );
  const child = spawn(process.execPath, [join(out, 'main.js'), 'start', '--json', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const event = { event_id: 'e1', type: 'order.placed', occurred_at: Date.now() };
  const answer = await fetch(`${address}/v1/events`, { method: 'POST', body: JSON.stringify(event) });
  expect(await answer.json()).toEqual({ accepted: 1, rejected: [] });
  await expect.poll(() => log, { timeout: 20_000 }).toContain('waiting for Kafka');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('takes a detector that imports it', { timeout: 60_000 }, () => {
  const folder = join(app, 'elsewhere');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(app, join(folder, 'node_modules/redress'));
  symlinkSync(`${ROOT}node_modules/zod`, join(folder, 'node_modules/zod'));
  writeFileSync(
    join(folder, 'limit.js'),
    `import { defineDetector } from 'redress';
import { z } from 'zod';
export default defineDetector({
  name: 'limit',
  description: 'Above a limit.',
  parameters: z.strictObject({ limit: z.number().default(5) }),
  create: ({ limit }) => ({
    observe: ({ value }) => ({ status: 'judged', expected: 0, lower: 0, upper: limit, score: value / limit, direction: 'up' }),
    save: () => null,
  }),
});
`,
  );
  writeFileSync(join(folder, 'series.csv'), 'timestamp,value\n2026-01-05T10:00Z,1\n2026-01-05T11:00Z,9\n');
  const said = redress(['detect', 'series.csv', '--use', './limit.js', '--json'], folder);
  expect(
    said
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each).score),
  ).toEqual([0.2, 1.8]);
});

test('names the sources that a fault went through', () => {
  const fault = "process.stdout.write = () => { throw new Error('on purpose'); }";
  const main = ['--import', `data:text/javascript,${fault}`, join(out, 'main.js')];
  const run = () => execFileSync(process.execPath, [...main, 'schema'], { cwd: app, stdio: 'pipe' });
  expect(run).toThrow(/on purpose[\s\S]*src\/cli\/schema\.ts:\d+/);
});

test('draws pictures', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">R</text></svg>';
  const picture = execFileSync(process.execPath, [join(out, 'picture-process.js'), '1'], { input: svg });
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
});

test('has the licences of what is inside it', () => {
  const licences = readFileSync(join(app, 'dist/licences.txt'), 'utf8');
  expect(licences).toMatch(/^fastify \d+\.\d+\.\d+ \(MIT\)\n\nMIT License/m);
});

test('declares what plug-in authors import', () => {
  expect(readFileSync(join(out, 'index.d.ts'), 'utf8')).toContain('defineDetector');
  expect(readdirSync(join(out, 'detection'))).toContain('contract.d.ts');
});
