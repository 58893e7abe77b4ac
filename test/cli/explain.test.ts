import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.js';

const folder = mkdtempSync(join(tmpdir(), 'redress-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

async function explain(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(['explain', ...args], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { status, out, err: err.join('\n'), lines: () => out.map((line) => JSON.parse(line)) };
}

const REGIONS = ['GB', 'DE', 'FR', 'ES'];
const CATEGORIES = ['toys', 'books', '"shoes, boots"'];
const cells = REGIONS.flatMap((region) => CATEGORIES.map((category) => ({ region, category })));

const forecast = [
  'region,category,real,predict',
  ...cells.map(({ region, category }) => `${region},${category},${region === 'GB' ? 300 : 150},150`),
];
const rates = [
  'minute,region,category,disputes,orders',
  ...[0, 60, 120, 180].flatMap((minute) =>
    cells.map(
      ({ region, category }) =>
        `${minute},${region},${category},${minute === 180 && category === 'toys' ? 90 : 20},1000`,
    ),
  ),
];
const RATE = ['--time', 'minute', '--numerator', 'disputes', '--denominator', 'orders'];
const COUNT = ['--value', 'real', '--forecast', 'predict'];

describe('redress explain FILE', () => {
  test('answers NDJSON, one line a slice, best first', async () => {
    const answer = await explain(write('count.csv.gz', forecast), '--dims', 'region,category', ...COUNT);
    expect(answer.status).toBe(0);
    const [first, ...others] = answer.lines();
    expect(first).toMatchObject({ rank: 1, slice: { region: 'GB' }, explained: 1, excess: 450, cause: true });
    expect(first.confidence).toBeGreaterThan(0.5);
    expect(others.every(({ cause }) => cause === false)).toBe(true);
    expect(answer.lines().map(({ rank }) => rank)).toEqual(answer.lines().map((_, index) => index + 1));
  });

  test('explains a rate against the buckets before, all or as many as are asked for', async () => {
    const path = write('rate.csv', rates);
    for (const baseline of [[], ['--baseline', '1']]) {
      const answer = await explain(path, ...RATE, '--at', '180', ...baseline);
      expect(answer.lines()[0]).toMatchObject({ slice: { category: 'toys' }, cause: true });
    }
  });

  test('reads several files in one go, and says which it refused', async () => {
    const good = write('good.csv', forecast);
    const bad = write('bad.csv', ['region,category,real,predict', 'GB,toys,many,3']);
    const answer = await explain(bad, good, '--dims', 'region,category', ...COUNT);
    expect(answer.status).toBe(1);
    expect(answer.err).toContain(`${bad}: line 2: 'many' is not a number`);
    expect(answer.lines()[0]).toMatchObject({ file: good, rank: 1 });
  });

  test('prints a page to read', async () => {
    const answer = await explain(write('page.csv', rates), ...RATE, '--at', '180', '--table');
    expect(answer.out.join('\n')).toMatch(/1 +cause +category=toys +360/);
    expect(answer.out.join('\n')).toContain('happened inside the slices');
  });

  test('draws a picture, but only of one file and into a PNG', async () => {
    const path = write('drawn.csv', forecast);
    const picture = join(folder, 'drawn.png');
    expect((await explain(path, '--dims', 'region,category', ...COUNT, '--chart', picture)).status).toBe(0);
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG');
    for (const [args, words] of [
      [[path, '--chart', `${picture}.svg`], 'must end in .png'],
      [[path, '--chart', join(folder, 'nowhere', 'a.png')], 'no such file or directory'],
      [[path, path, '--chart', picture], 'of one file'],
    ] as const) {
      const answer = await explain(...args, '--dims', 'region,category', ...COUNT);
      expect(answer.status).toBe(2);
      expect(answer.err).toContain(words);
    }
  });

  test.each([
    ['an empty file', ['']],
    ['a header alone', ['region,category,real,predict']],
    ['a forecast of zeros', ['region,category,real,predict', 'GB,toys,3,0']],
    ['a number that is missing', ['region,category,real,predict', 'GB,toys,,3']],
  ])('refuses %s', async (_what, lines) => {
    const answer = await explain(write('refused.csv', lines), '--dims', 'region,category', ...COUNT);
    expect({ status: answer.status, out: answer.out }).toEqual({ status: 1, out: [] });
    expect(answer.err).toMatch(/refused\.csv: \S/);
  });

  test.each([
    ['no baseline', '0', 'no baseline'],
    ['no row at the time', '170', 'the nearest is at 180'],
  ])('refuses a rate with %s', async (_what, at, words) => {
    const answer = await explain(write('rate.csv', rates), ...RATE, '--at', at);
    expect(answer).toMatchObject({ status: 1, out: [] });
    expect(answer.err).toContain(words);
  });

  test('refuses negative counts of a rate, but takes negative amounts of a sum', async () => {
    const negative = [...rates, '180,GB,toys,-5,1000'];
    expect((await explain(write('negative.csv', negative), ...RATE, '--at', '180')).err).toContain(
      '-5 is negative',
    );
    const sums = [...forecast, 'IT,toys,-900,150'];
    const answer = await explain(write('sums.csv', sums), '--dims', 'region,category', ...COUNT);
    expect(answer.status).toBe(0);
  });

  test.each([
    ['a column that is not there', ['--dims', 'planet', ...COUNT], "no column 'planet'"],
    ['no figures', ['--dims', 'region'], 'are wanted'],
    ['figures of two kinds', [...COUNT, '--at', '3'], 'go without'],
    ['a figure as a dimension', ['--dims', 'real', ...COUNT], 'cannot be a dimension'],
  ])('calls %s wrong usage', async (_what, args, words) => {
    const answer = await explain(write('usage.csv', forecast), ...args);
    expect(answer.status).toBe(2);
    expect(answer.err).toContain(words);
  });
});
