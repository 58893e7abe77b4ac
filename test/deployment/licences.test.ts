import { describe, expect, it } from 'vitest';
import { type Lockfile, licencesOf, licencesPage } from '../../scripts/licence-list.js';
import { readRepositoryFile } from './repository.js';

const lockfile = (packages: Lockfile['packages']): Lockfile => ({ packages });

describe('the licences of dependencies', () => {
  it('are listed as the lockfile has them now (npm run licences)', () => {
    const now = JSON.parse(readRepositoryFile('package-lock.json')) as Lockfile;
    expect(readRepositoryFile('docs/licences.md')).toBe(licencesPage(licencesOf(now)));
  });

  it.each(['GPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN README.md', '(MIT AND AGPL-3.0-only)', ''])(
    "are refused, with the package's name, where one says '%s'",
    (license) => {
      const packages = {
        'node_modules/a': { version: '1.0.0', license: 'MIT' },
        'node_modules/odd': { version: '1.0.0', license },
      };
      expect(() => licencesOf(lockfile(packages))).toThrow(`odd (${license || 'none'})`);
    },
  );

  it.each(['MIT', '(GPL-2.0 OR MIT)', '(ISC AND CC-BY-3.0)'])("are taken where one says '%s'", (license) => {
    const packages = { '': {}, 'node_modules/a/node_modules/@b/c': { version: '2.0.0', license } };
    expect(licencesOf(lockfile(packages))).toEqual([
      { name: '@b/c', version: '2.0.0', licence: license, source: '' },
    ]);
  });

  it('leave out what only development needs', () => {
    expect(licencesOf(lockfile({ 'node_modules/tool': { license: 'GPL-3.0-only', dev: true } }))).toEqual([]);
  });
});
