import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const readRepositoryFile = (path: string): string => readFileSync(ROOT + path, 'utf8');

export interface Manifest {
  engines: { node: string };
  scripts: Record<string, string>;
  bin: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

export const manifest = (): Manifest => JSON.parse(readRepositoryFile('package.json')) as Manifest;
