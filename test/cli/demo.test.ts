import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jsonLines, newFolder, redress } from './process.js';

const PNG = '89504e470d0a1a0a';

it('shows a small marketplace through the whole pipeline, with charts, and leaves no store behind', async () => {
  const folder = newFolder();
  const [store, charts] = [join(folder, 'store'), join(folder, 'charts')];
  mkdirSync(store);
  writeFileSync(join(store, 'redress-demo'), 'of an earlier demo');
  const small = ['--days', '25', '--data', store, '--out', charts];
  const { status, out, err } = await redress(['demo', '--json', ...small]);
  expect([status, err]).toEqual([0, '']);
  expect(jsonLines(out).length).toBeGreaterThan(0);
  const drawn = readdirSync(charts);
  expect(drawn.length).toBeGreaterThan(0);
  for (const chart of drawn)
    expect(readFileSync(join(charts, chart)).subarray(0, 8).toString('hex'), chart).toBe(PNG);
  expect(existsSync(store)).toBe(false);
}, 120_000);

it('leaves a folder alone that holds something else than an earlier demo', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'thesis.md'), 'years of work');
  const { status, err } = await redress(['demo', '--data', folder]);
  expect([status, err]).toEqual([
    2,
    expect.stringContaining(`${folder} is not a demo's folder and is left alone`),
  ]);
  expect(readFileSync(join(folder, 'thesis.md'), 'utf8')).toBe('years of work');
});
