import { existsSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { all, build, run, stages } from './dockerfile.js';
import { manifest, ROOT, readRepositoryFile } from './repository.js';

const copies = stages.flat().filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'));
const sources = copies.flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));

describe('the image', () => {
  test('is built in two stages on the same Node, one that package.json allows', () => {
    expect(stages).toHaveLength(2);
    const images = stages.map((stage) => all(stage, 'FROM')[0]?.replace(/ AS build$/, ''));
    expect(new Set(images).size).toBe(1);
    const [, major] = /^node:(\d+)-bookworm-slim$/.exec(images[0] ?? '') ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(Number(/\d+/.exec(manifest().engines.node)?.[0]));
    // Even majors are the long-term ones.
    expect(Number(major) % 2).toBe(0);
  });

  test('copies only what is in the repository', () => {
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) expect(existsSync(ROOT + source), source).toBe(true);
  });

  test('copies nothing that .dockerignore keeps out', () => {
    const [first, ...kept] = readRepositoryFile('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    for (const source of sources) expect(kept).toContain(`!${source.split('/')[0]}`);
    for (const line of kept) expect(sources.map((source) => `!${source.split('/')[0]}`)).toContain(line);
  });

  test('copies folders to folders of the same name, as the compiled paths expect', () => {
    for (const { rest } of copies) {
      const [source = '', target] = rest.split(/\s+/);
      if (existsSync(ROOT + source) && statSync(ROOT + source).isDirectory()) expect(target).toBe(source);
    }
  });

  test('installs exactly the locked dependencies, builds, and leaves the development ones behind', () => {
    const commands = all(build, 'RUN').join(' && ');
    expect(commands).toMatch(/npm ci .*npm run build .*npm prune --omit=dev/);
    expect(all(run, 'COPY')).toContain('--from=build /app/node_modules node_modules');
  });

  test('runs as a user other than root, who owns the volume', () => {
    const words = run.map(({ word }) => word);
    expect(all(run, 'USER')).toEqual(['node']);
    expect(words.indexOf('USER')).toBeLessThan(words.indexOf('ENTRYPOINT'));
    expect(all(run, 'VOLUME')).toEqual(['/data']);
    const made = run.findIndex(({ rest }) => rest === 'mkdir /data && chown node:node /data');
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(words.indexOf('USER'));
  });

  test("starts the service as package.json's own command does", () => {
    const entry = JSON.parse(all(run, 'ENTRYPOINT')[0] ?? '[]') as string[];
    expect(entry).toEqual(['node', manifest().bin.redress?.replace('./', '')]);
    expect(JSON.parse(all(run, 'CMD')[0] ?? '[]')).toEqual(['start']);
  });

  test('asks its own health endpoint on the port that it exposes', () => {
    const [check = ''] = all(run, 'HEALTHCHECK');
    const command = JSON.parse(check.slice(check.indexOf('['))) as string[];
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(command[2]).toContain(`http://127.0.0.1:${all(run, 'EXPOSE')[0]}/healthz`);
    // Throws when the one-liner is not JavaScript.
    expect(() => new Function(command[2] ?? '')).not.toThrow();
  });
});
