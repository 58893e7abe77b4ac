import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load.js';
import { createDeciders } from '../../src/pipeline/deciding.js';
import { knownDetectors, remedyFor } from '../../src/plug-ins.js';
import { ratePoint } from '../detection/fixtures.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = join(ROOT, 'docs/plug-in');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-plug-ins-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(ROOT, 'node_modules/zod'), join(folder, 'node_modules/zod'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(use: string, more = '') {
  await writeFile(
    join(folder, 'metrics.yaml'),
    `- id: dispute_rate
  kind: ratio
  numerator: { event: dispute.opened }
  denominator: { event: order.delivered }
  detect:
    - use: ${use}
${more}`,
  );
  return loadConfiguration(folder, { env: {}, ...knownDetectors });
}

async function problems(use: string, more?: string): Promise<string[]> {
  const loaded = await load(use, more);
  return loaded.ok
    ? []
    : loaded.problems.map(
        ({ line, column, message }) => `${line}:${column} ${message.replaceAll(folder, '.')}`,
      );
}

async function configuration(use: string, more?: string): Promise<Configuration> {
  const loaded = await load(use, more);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('; '));
  return loaded.configuration;
}

/** What a configuration's detectors say of some quiet hours and a wild one, with a restart after the `cut`-th. */
function verdictsOf(loaded: Configuration, cut: number) {
  const [metric] = loaded.metrics;
  if (metric === undefined) throw new Error('no metric');
  const make = (saved: Parameters<typeof createDeciders>[1]['saved']) =>
    createDeciders(loaded, {
      saved,
      restateHorizon: 0,
      reportFault: ({ error }) => {
        throw error;
      },
    }).judging;
  let judging = make([]);
  return Array.from({ length: 14 }, (_, index) => {
    if (index === cut) judging = make(JSON.parse(JSON.stringify(judging.save())));
    const [judged] = judging.judgeBucket(metric, [ratePoint(index, index === 12 ? 90 : 10 + (index % 3))]);
    return judged?.verdicts[0];
  });
}

describe('the example of a plug-in', () => {
  it.each([
    ['as a file', './usual-range.mjs'],
    ['as a package', 'redress-usual-range'],
  ])('judges %s, and goes on after a restart', async (_how, use) => {
    if (use.startsWith('.')) await cp(join(EXAMPLE, 'usual-range.mjs'), join(folder, 'usual-range.mjs'));
    else await cp(EXAMPLE, join(folder, 'node_modules/redress-usual-range'), { recursive: true });
    const loaded = await configuration(use, '      points: 6\n  min_denominator: 1');
    expect(loaded.metrics[0]?.detect).toEqual([{ use: 'usual-range', params: { points: 6 } }]);
    const verdicts = verdictsOf(loaded, -1);
    expect(verdicts.map((verdict) => verdict?.status)).toEqual([
      ...Array.from({ length: 6 }, () => 'not_evaluable'),
      ...Array.from({ length: 6 }, () => 'normal'),
      'anomalous',
      'normal',
    ]);
    expect(verdicts[12]).toMatchObject({ detector: 'usual-range', direction: 'up' });
    expect(verdictsOf(loaded, 9)).toEqual(verdicts);
  });

  it('is checked for its parameters as any other detector is', async () => {
    await cp(join(EXAMPLE, 'usual-range.mjs'), join(folder, 'usual-range.mjs'));
    expect(await problems('./usual-range.mjs', '      point: 6\n      margin: wide')).toEqual([
      "7:7 unknown key 'point' (did you mean 'points'?) of detector ./usual-range.mjs",
      "8:15 must be a number, not 'wide'",
    ]);
  });

  it('judges a plain series on the command line', async () => {
    await cp(join(EXAMPLE, 'usual-range.mjs'), join(folder, 'usual-range.mjs'));
    const rows = Array.from({ length: 60 }, (_, hour) => {
      const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
      return `${at},${hour === 55 ? 500 : 100 + (hour % 5)}`;
    });
    await writeFile(join(folder, 'hours.csv'), ['timestamp,value', ...rows].join('\n'));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        'tsx',
        join(ROOT, 'src/main.ts'),
        'detect',
        join(folder, 'hours.csv'),
        '--use',
        join(folder, 'usual-range.mjs'),
      ],
      { cwd: ROOT },
    );
    expect(stdout).toContain('1 of 60 points anomalous');
  });
});

describe('a plug-in that is none', () => {
  it.each([
    ['a file that is not there', './absent.js', '', 'there is no file ./absent.js'],
    [
      'no default export',
      './it.mjs',
      'export const detector = 1;',
      "'./it.mjs' is not a detector: it has no default export",
    ],
    [
      'a name that is taken',
      './it.mjs',
      "export default { name: 'cusum', description: 'x', create() {} };",
      "'./it.mjs' is not a detector: its name 'cusum' is taken by Redress itself",
    ],
    [
      'no function create',
      './it.mjs',
      "export default { name: 'it', description: 'x' };",
      "'./it.mjs' is not a detector: it has no function create",
    ],
    [
      'parameters of another kind',
      './it.mjs',
      "export default { name: 'it', description: 'x', create() {}, parameters: {} };",
      "'./it.mjs' is not a detector: its parameters are no schema of zod 4",
    ],
    [
      'a judge that cannot observe',
      './it.mjs',
      "export default { name: 'it', description: 'x', create: () => ({}) };",
      "the detector 'it' makes a judge without observe and save",
    ],
    [
      'a judge that cannot be made',
      './it.mjs',
      "export default { name: 'it', description: 'x', create() { throw new Error('no kettle'); } };",
      "the detector 'it' makes no judge: no kettle",
    ],
    [
      'a module that breaks',
      './it.mjs',
      "throw new Error('out of order');",
      "'./it.mjs' cannot be loaded: out of order",
    ],
    [
      'a module that lacks another one',
      './it.mjs',
      "import 'left-out';",
      "'./it.mjs' cannot be loaded: Cannot find package 'left-out' imported from ./it.mjs. What a plug-in imports is looked for from where it lies: install it there",
    ],
    [
      'a package that is no detector',
      'zod',
      '',
      "'zod' is not a detector: its name must be a word of a-z, 0-9 and -",
    ],
  ])('is told so at its line: %s', async (_what, use, text, message) => {
    if (text !== '') await writeFile(join(folder, 'it.mjs'), text);
    expect(await problems(use)).toEqual([`6:12 ${message}`]);
  });

  it('because Node takes the file for no module is told how it is one', () => {
    // What loads modules in a test takes any file for one.
    const error = new SyntaxError('Cannot use import statement outside a module');
    expect(remedyFor(error, '/shop/it.js')).toContain('is called .mjs');
    expect(remedyFor(error, '/shop/it.mjs')).toBe('');
    expect(remedyFor(new Error('no kettle'), '/shop/it.js')).toBe('');
  });

  it('and is no package either is taken for a name that was mistyped', async () => {
    const [problem] = await problems('zscore');
    expect(problem).toContain("no detector is called 'zscore' (did you mean 'z-score'?)");
  });
});
