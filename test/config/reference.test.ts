import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configurationReference } from '../../src/config/reference.js';
import { readRepositoryFile } from '../deployment/repository.js';

it('docs/configuration.md is what redress schema reference prints', () => {
  expect(readRepositoryFile('docs/configuration.md')).toBe(configurationReference());
});

it('tells of every environment variable that the program reads', () => {
  const read = new Set(
    ['src/config/environment.ts', 'src/cli/service-client.ts', 'src/cli/context.ts'].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\b((?:REDRESS|SLACK|KAFKA|CLICKHOUSE)_[A-Z_]+)\b/g)].map(
        ([, name]) => name as string,
      ),
    ),
  );
  expect(read.size).toBeGreaterThan(8);
  for (const name of read) expect(configurationReference()).toContain(name);
});
