/** What `package-lock.json` says of packages, as far as their licences go. */
export interface Lockfile {
  packages: Readonly<Record<string, { version?: string; license?: string; dev?: boolean }>>;
}

/** Licences that ask for nothing but to be named, or to have changes to their own files published. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-3.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'PSF-2.0',
  'Unlicense',
]);

/** What packages say in their own words, or what a registry leaves out of the lockfile: looked up by hand, with where. */
const BY_HAND: Readonly<Record<string, { licence: string; source: string }>> = {
  '@chdb/lib-darwin-arm64': {
    licence: 'Apache-2.0',
    source: 'as @chdb/lib-linux-x64-gnu, of the same sources',
  },
  '@chdb/lib-darwin-x64': {
    licence: 'Apache-2.0',
    source: 'as @chdb/lib-linux-x64-gnu, of the same sources',
  },
  '@chdb/lib-linux-arm64-gnu': {
    licence: 'Apache-2.0',
    source: 'as @chdb/lib-linux-x64-gnu, of the same sources',
  },
  'dejavu-fonts-ttf': {
    licence: 'Bitstream Vera and Arev, changes in the public domain',
    source:
      "its LICENSE; fonts may be used, embedded and sold with programs, not under the fonts' own names once changed",
  },
};

/** A package that a user's installation has. */
interface Licensed {
  name: string;
  version: string;
  licence: string;
  /** Where the licence is from, when it is not the lockfile. */
  source: string;
}

/**
 * The licences of everything that an installation without development tools has, by name. Throws with the name of every
 * package whose licence is not known, or not one of those that are taken.
 */
export function licencesOf({ packages }: Lockfile): Licensed[] {
  const found = Object.entries(packages)
    .filter(([path, { dev = false }]) => path !== '' && !dev)
    .map(([path, { version = '', license = '' }]): Licensed => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const byHand = BY_HAND[name];
      return byHand === undefined
        ? { name, version, licence: license, source: '' }
        : { name, version, ...byHand };
    });
  const refused = found.filter(({ licence, source }) => source === '' && !isAllowed(licence));
  if (refused.length > 0)
    throw new Error(
      `look at the licences of ${refused.map(({ name, licence }) => `${name} (${licence || 'none'})`).join(', ')}: scripts/licence-list.ts says which are taken`,
    );
  return [...new Map(found.map((each) => [`${each.name} ${each.version}`, each])).values()].sort((a, b) =>
    a.name === b.name ? (a.version < b.version ? -1 : 1) : a.name < b.name ? -1 : 1,
  );
}

/** `docs/licences.md`. */
export function licencesPage(licensed: readonly Licensed[]): string {
  const rows = licensed.map(
    ({ name, version, licence, source }) => `| ${name} | ${version} | ${licence} | ${source} |`,
  );
  return [
    '# Licences of what Redress is made with',
    '',
    'What an installation has beside Redress itself, read from `package-lock.json` by `npm run licences`. Development tools are',
    'not listed, because nobody receives them. A test fails when the page is stale or a licence is not one that is taken',
    '(`scripts/licence-list.ts`).',
    '',
    '| package | version | licence | where it is not from the lockfile |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Of `A OR B` one is enough, of `A AND B` all are needed. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some(isAllowed);
  return plain.split(' AND ').every((licence) => ALLOWED.has(licence));
}
