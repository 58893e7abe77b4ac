import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.js';

const folder = mkdtempSync(join(tmpdir(), 'redress-detect-'));

function fileOf(name: string, rows: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}

const hour = (at: number): string => new Date(Date.UTC(2024, 0, 1, at)).toISOString();
const rate = fileOf('rate.csv', [
  'timestamp,numerator,denominator',
  ...Array.from({ length: 600 }, (_, at) => `${hour(at)},${at === 500 ? 60 : 20 + (at % 7)},1000`),
]);
const value = fileOf('value.csv', [
  'timestamp,value',
  ...Array.from({ length: 600 }, (_, at) => `${hour(at)},${at === 500 ? 600 : 100 + ((at * 37) % 11)}`),
]);

async function redress(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { status, out, err: err.join('\n') };
}

describe('redress detect', () => {
  test('judges several files in one run; with --json one line a point and nothing else', async () => {
    const { status, out, err } = await redress('--json', 'detect', rate, value);
    expect(status).toBe(0);
    const lines = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(1_200);
    expect(lines[500]).toMatchObject({
      file: rate,
      timestamp: hour(500),
      status: 'anomalous',
      numerator: 60,
      direction: 'up',
    });
    expect(lines[0]).toMatchObject({ status: 'not_evaluable', reason: 'cold_start', score: null });
    expect(lines[1_100]).toMatchObject({ file: value, status: 'anomalous' });
    expect(err).toContain('600 points of 600 rows, read as a rate');
  });

  test('tells of an episode by the value that lies furthest out', async () => {
    const { out } = await redress('detect', value);
    expect(out.join('\n')).toMatch(/ 600 +10\d\.?\d* +\d\.\d\d +up/);
  });

  test('says what was found in the file: how a date was read, and the place of each row that was not', async () => {
    const days = Array.from({ length: 12 }, (_, at) => `0${at + 1}/02/2024,${at}`.replace(/^0(\d\d)/, '$1'));
    const file = fileOf('days.csv', [
      'when,orders',
      ...days.slice(0, 9),
      'soon,3',
      '04/02/2024,x',
      ...days.slice(9),
    ]);
    const { status, out } = await redress('detect', file);
    expect(status).toBe(0);
    expect(out[0]).toContain(`${file}  12 points of 14 rows, read as a value: orders`);
    expect(out[0]).toContain('read as 2024-01-02 00:00 to 2024-12-02 00:00 UTC');
    expect(out[0]).toMatch(/bucket +1 month/);
    expect(out[0]).toContain(`${file}:11: 'soon' is no time`);
    expect(out[0]).toContain(`${file}:12: 'x' is no number`);
  });

  test('judges the column that is asked for', async () => {
    const wide = fileOf('wide.csv', [
      'day,a,b,c',
      ...Array.from({ length: 40 }, (_, at) => `${hour(24 * at)},1,2,${at}`),
    ]);
    expect((await redress('detect', wide)).err).toContain('several columns could be judged: a, b, c');
    const { out } = await redress('--json', 'detect', wide, '--value', 'c');
    expect(JSON.parse(out[39] ?? '')).toMatchObject({ value: 39 });
    const rated = await redress('--json', 'detect', wide, '--numerator', 'a', '--denominator', 'b');
    expect(JSON.parse(rated.out[0] ?? '')).toMatchObject({ value: 0.5, numerator: 1, denominator: 2 });
  });

  test('tells a person what stands out, as episodes', async () => {
    const { status, out } = await redress('detect', rate, '--use', 'z-score', '--param', 'width=5');
    expect(status).toBe(0);
    expect(out.join('\n')).toMatch(
      /1 of 600 points anomalous, in 1 episode; 24 not evaluable \(cold start\)/,
    );
    expect(out.join('\n')).toContain(hour(500));
  });

  test.each([
    [['--use', 'z-scor'], /no detector is called 'z-scor'.*z-score/],
    [['--use', 'z-score', '--param', 'widht=3'], /--param of z-score: .*widht/],
    [['--use', 'z-score', '--param', 'width=wide'], /--param of z-score: width: /],
    [['--use', 'threshold'], /--param of threshold: above: or below must be given/],
    [['--param', 'width'], /name=value/],
    [['--numerator', 'a'], /--numerator and --denominator go together/],
    [['--value', 'c', '--numerator', 'a', '--denominator', 'b'], /either --value/],
    [['--timezone', 'Europe/Lodnon'], /'Europe\/Lodnon' is not an IANA time zone/],
  ])('refuses %j as wrong usage', async (args, words) => {
    const { status, err } = await redress('detect', rate, ...args);
    expect(status).toBe(2);
    expect(err).toMatch(words);
  });

  test.each([
    [
      'a detector that throws',
      "observe() { throw new Error('no kettle') }",
      /'it' failed at 600 of 600 points, first at .*: no kettle/,
    ],
    [
      'an answer that is no number',
      'observe() { return { status: "judged", expected: NaN } }',
      /number that is not finite/,
    ],
    ['an answer that is nothing', 'observe() {}', /the answer is not a judgement/],
    [
      'a reason of its own',
      'observe() { return { status: "not_evaluable", reason: "monday" } }',
      /for cold_start or calendar alone/,
    ],
  ])('reports %s, and goes on', async (_what, observe, words) => {
    const plugIn = fileOf(`it-${observe.length}.mjs`, [
      `export default { name: 'it', description: 'x', create: () => ({ ${observe}, save: () => null }) };`,
    ]);
    const { status, out, err } = await redress('--json', 'detect', value, '--use', plugIn);
    expect(status).toBe(1);
    expect(out).toHaveLength(600);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ status: 'not_evaluable', reason: 'error' });
    expect(err).toMatch(words);
  });

  test('refuses a detector that makes no judge as wrong usage', async () => {
    const plugIn = fileOf('none.mjs', [
      "export default { name: 'none', description: 'x', create() { throw new Error('no kettle') } };",
    ]);
    expect(await redress('detect', value, rate, '--use', plugIn)).toMatchObject({
      status: 2,
      err: "the detector 'none' makes no judge: no kettle",
    });
  });

  test('judges the other files when one is none, and says which and that it failed', async () => {
    const empty = fileOf('empty.csv', []);
    const { status, out, err } = await redress('detect', empty, rate, join(folder, 'absent.csv'), value);
    expect(status).toBe(1);
    expect(out.join('\n').match(/points anomalous/g)).toHaveLength(2);
    expect(err).toMatch(/empty.csv: there is nothing in it.*absent.csv.*2 of 4 files were not judged/s);
  });

  test('fails with the name of a file that is not there', async () => {
    const { status, err } = await redress('detect', join(folder, 'absent.csv'));
    expect(status).toBe(1);
    expect(err).toContain('absent.csv');
  });
});
