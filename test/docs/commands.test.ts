/** What the documentation tells people to type must be what the program takes. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { manifest, ROOT, readRepositoryFile } from '../deployment/repository.js';
import { codeOn, commandsOn, PAGES } from './documented.js';

/** The program with every action taken out. */
async function parser(): Promise<Command> {
  const program = await createProgram({ out: () => {}, err: () => {} });
  const disarm = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => {});
    for (const inner of command.commands) disarm(inner.exitOverride());
  };
  disarm(program);
  return program;
}

const commands = PAGES.flatMap((page) =>
  commandsOn(page)
    // A name alone, such as `redress alerts`, tells of a command and need not have its arguments.
    .filter((args) => args.some((arg) => arg.startsWith('-')) || args.length > 1)
    .map((args) => ({ page, args, command: args.join(' ') })),
);

describe('the documentation', () => {
  it('has commands of the program on most of its pages', () => {
    expect(commands.length).toBeGreaterThan(20);
  });

  it.each(commands)(
    'names a command that there is, with options that it takes: $page: redress $command',
    async ({ args }) => {
      // Placeholders stand for what the reader puts in: a number where one is wanted.
      const filled = args.map((arg) => (/^(N|…|\.\.\.)$/.test(arg) ? '1' : arg));
      const program = await parser();
      await expect(program.parseAsync(filled, { from: 'user' })).resolves.toBeDefined();
    },
  );

  it.each(PAGES)('runs only scripts that there are: %s', (page) => {
    const scripts = codeOn(page).flatMap((line) =>
      [...line.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name as string),
    );
    for (const name of scripts) expect(Object.keys(manifest().scripts)).toContain(name);
  });

  it.each(PAGES)('leads to pages and pictures that there are: %s', (page) => {
    const folder = page.includes('/') ? 'docs/' : '';
    const links = [...readRepositoryFile(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, to]) => to as string,
    );
    for (const link of links) expect(existsSync(`${ROOT}${folder}${link}`), link).toBe(true);
  });
});
