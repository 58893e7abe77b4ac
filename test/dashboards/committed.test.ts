import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { register } from '../../src/cli/dashboards.js';
import { dashboardFiles } from '../../src/dashboards/files.js';

const committed = fileURLToPath(new URL('../../dashboards/', import.meta.url));

test.each(dashboardFiles())(
  "the committed $path is what 'redress dashboards' writes",
  ({ path, content }) => {
    expect(existsSync(join(committed, path))).toBe(true);
    expect(readFileSync(join(committed, path), 'utf8')).toBe(content);
  },
);

test('no dashboard is committed that the command does not write', () => {
  const written = dashboardFiles().map(({ path }) => path);
  for (const name of readdirSync(committed).filter((entry) => entry.endsWith('.json')))
    expect(written).toContain(name);
});

test.each([{ json: false }, { json: true }])(
  'the command writes and names every file: %o',
  async ({ json }) => {
    const folder = mkdtempSync(join(tmpdir(), 'redress-dashboards-'));
    const said: string[] = [];
    const program = new Command().option('--json');
    register(program, { out: (text) => said.push(text), err: () => {} });
    await program.parseAsync(['dashboards', '--out', folder, ...(json ? ['--json'] : [])], { from: 'user' });
    const paths = dashboardFiles().map(({ path }) => join(folder, path));
    expect(said).toEqual(json ? paths.map((written) => JSON.stringify({ written })) : paths);
    for (const [index, { content }] of dashboardFiles().entries())
      expect(readFileSync(paths[index] ?? '', 'utf8')).toBe(content);
  },
);
