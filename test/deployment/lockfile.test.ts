import { expect, test } from 'vitest';
import { readRepositoryFile } from './repository.js';

interface Lockfile {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

// `npm ci` refuses a lockfile that leaves them out, and npm leaves them out when a registry does not have them.
test("the lockfile has every platform's optional packages, so that npm ci takes it anywhere", () => {
  const { packages } = JSON.parse(readRepositoryFile('package-lock.json')) as Lockfile;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
