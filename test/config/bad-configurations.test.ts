import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { formatProblem } from '../../src/config/problems.js';
import { detectors } from './known-detectors.js';

const BAD = fileURLToPath(new URL('bad', import.meta.url));

/** The problems as the terminal shows them, with paths that do not depend on where the repository is. */
async function problemsOf(rule: string): Promise<string[]> {
  const folder = join(BAD, rule);
  const loaded = await loadConfiguration(folder, { env: {}, detectors });
  if (loaded.ok) return [];
  return loaded.problems.map((problem) =>
    formatProblem({ ...problem, file: relative(folder, problem.file) }),
  );
}

describe('a configuration that breaks a rule', () => {
  it.each(readdirSync(BAD))('is told so, at the place: %s', async (rule) => {
    const expected = readFileSync(join(BAD, rule, 'problems.txt'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(await problemsOf(rule)).toEqual(expected);
  });

  it('hears of twenty mistakes in three files at once, each on its own line', async () => {
    const problems = await problemsOf('twenty-mistakes');
    expect(problems).toHaveLength(20);
    const places = problems.map((problem) => problem.split('  ')[0]);
    expect(new Set(places).size).toBe(20);
    const lines = places.filter((place) => place?.startsWith('metrics')).map((place) => place?.split(':')[1]);
    expect(lines).toEqual([
      '1',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '11',
      '13',
      '15',
      '16',
      '17',
      '19',
      '20',
    ]);
  });

  it('keeps what a secret says to itself', async () => {
    const said = (await problemsOf('secret-in-file')).join('\n');
    expect(said).not.toMatch(/hunter2|1234567890/);
  });
});
