// `npm run licences`: writes docs/licences.md from the lockfile, and fails when it has a licence that is not taken.
import { readFileSync, writeFileSync } from 'node:fs';
import { type Lockfile, licencesOf, licencesPage } from './licence-list.js';

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
writeFileSync('docs/licences.md', licencesPage(licencesOf(lockfile)));
