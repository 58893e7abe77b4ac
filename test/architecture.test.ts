/** Which room may import which, and what may stand where: the house's rules, read off the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * What each room may import, apart from itself: a room, one file of it, or (`type`) types alone. The rooms from
 * `messages` on put the others together; `app.ts` at the top of `src` is the room `app`, but `index.ts` there is the
 * package for plug-in authors.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  // Configuration names detectors from outside, and hands on what the contract says they are.
  config: ['model', 'type detection'],
  store: ['model'],
  // Between bytes and rows nothing is put together that would be taken apart again, so ingest packs events as the
  // store takes them; what a row is stays the store's.
  ingest: ['model', 'store/event-rows.ts', 'type store'],
  metrics: ['model', 'type store'],
  detection: ['model'],
  detectors: ['model', 'detection/contract.ts'],
  analysis: ['model', 'type store'],
  alerts: ['model'],
  notify: ['model'],
  followups: ['model'],
  // What a click on a message carries is said by who writes the message, and so are the forms and views that answer
  // it; and what counts as loopback must be the same when the configuration is checked and when a caller is.
  http: [
    'model',
    'type ingest',
    'type alerts',
    'type followups',
    'type notify',
    'notify/slack-actions.ts',
    'notify/slack-follow-up-form.ts',
    'notify/slack-follow-up-forms.ts',
    'notify/slack-form.ts',
    'notify/slack-subject.ts',
    'notify/slack-text.ts',
    'notify/slack-views.ts',
    'notify/story-words.ts',
    'notify/wording.ts',
    'config/check-service.ts',
  ],
  simulation: ['model'],
  dashboards: [],
  messages: ['*'],
  pipeline: ['*'],
  app: ['*'],
  backtest: ['*'],
  service: ['*'],
  cli: ['*'],
  index: ['*'],
  main: ['cli'],
};

/** Who may import what comes last, even of those who may import everything. */
const LAST: Readonly<Record<string, readonly string[]>> = {
  messages: ['pipeline', 'app', 'service', 'cli'],
  pipeline: ['app', 'backtest', 'service', 'cli'],
  backtest: ['cli'],
  service: ['cli'],
  cli: ['main'],
  main: [],
};

/** Packages that are a way out of the program, and the one file that goes it. */
const ONE_DOOR: Readonly<Record<string, string>> = {
  '@clickhouse/client': 'src/store',
  kafkajs: 'src/ingest',
  '@slack/web-api': 'src/notify',
  '@slack/socket-mode': 'src/http',
  'node-cron': 'src/service',
  'date-holidays': 'src/config',
};

/** Where time is an argument: what is decided there must be decided the same way in a replay. */
const DECIDES =
  /^(detectors\/|src\/(alerts|followups|metrics|detection|analysis|simulation|model|messages|pipeline|backtest)\/|src\/notify\/.*-message\.ts)/;
/** The wall clock itself, which everything else is given. */
const CLOCK = 'src/model/clock.ts';

const SQL_ROOMS = /^src\/(store|dashboards)\//;

interface Import {
  target: string;
  isType: boolean;
}

interface Source {
  path: string;
  text: string;
  imports: readonly Import[];
}

const sources: Source[] = ['src', 'detectors']
  .flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(ROOT + path, 'utf8');
    return { path, text, imports: importsOf(text) };
  });

/** `import`, `export … from` and `import()`, in code that the formatter has laid out. */
function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const declared = [...code.matchAll(/^(?:import|export)\s+(type\s)?([^'"`;]*?\sfrom\s+)?'([^']+)'/gm)].map(
    ([, type, names = '', target = '']) => ({ target, isType: type !== undefined || namesTypesOnly(names) }),
  );
  const called = [...code.matchAll(/\bimport\('([^']+)'\)(\.\w)?/g)].map(([, target = '', member]) => ({
    target,
    // `import('x').Name` stands only where a type is expected.
    isType: member !== undefined && /\.[A-Z]/.test(member),
  }));
  return [...declared, ...called];
}

/** `import { type A, type B }` leaves nothing to run but the import itself. */
function namesTypesOnly(names: string): boolean {
  const inBraces = /^\{([^}]*)\}\s+from\s+$/.exec(names)?.[1];
  if (inBraces === undefined) return false;
  const parts = inBraces.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').every((part) => part.startsWith('type '));
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** The room of a file, by its path from the root. */
function roomOf(path: string): string {
  const parts = path.split('/');
  if (parts[0] === 'detectors') return 'detectors';
  const [, name = ''] = parts;
  if (parts.length > 2) return name;
  return name === 'index.ts' || name === 'main.ts' ? name.replace('.ts', '') : 'app';
}

function fileOf(from: string, target: string): string {
  return relative(ROOT, join(ROOT, dirname(from), target)).replace(/\.js$/, '.ts');
}

/** What the files of a room import of the sources. */
function neighbours(room: string): { path: string; file: string; isType: boolean }[] {
  return sources
    .filter(({ path }) => roomOf(path) === room)
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target.startsWith('.') && !target.endsWith('.json'))
        .map(({ target, isType }) => ({ path, file: fileOf(path, target), isType })),
    );
}

function mayImport(room: string, file: string, isType: boolean): boolean {
  const target = roomOf(file);
  if (target === room) return true;
  const after = LAST[target];
  if (after !== undefined) return after.includes(room);
  return (ALLOWED[room] ?? []).some((rule) => covers(rule, file, isType));
}

function covers(rule: string, file: string, isType: boolean): boolean {
  if (rule === '*') return true;
  const what = rule.replace(/^type /, '');
  return (what === rule || isType) && (what === roomOf(file) || file === `src/${what}`);
}

test('the reader of imports tells types from what runs', () => {
  const text = `import { a, type B } from './values.js';
import type { C } from './types.js';
import { type D, type E } from './only-types.js';
import type {
  F,
} from './lines.js';
import './effects.js';
export * from './again.js';
// import { g } from './comment.js';
const lazy = await import('./lazy.js');
const named: import('./named.js').Name = lazy.named;
export const text = 'not from here';`;
  expect(importsOf(text)).toEqual([
    { target: './values.js', isType: false },
    { target: './types.js', isType: true },
    { target: './only-types.js', isType: true },
    { target: './lines.js', isType: true },
    { target: './effects.js', isType: false },
    { target: './again.js', isType: false },
    { target: './lazy.js', isType: false },
    { target: './named.js', isType: true },
  ]);
});

describe('the rooms', () => {
  test('are all in the table', () => {
    for (const { path } of sources) expect(Object.keys(ALLOWED), path).toContain(roomOf(path));
  });

  test.each(Object.keys(ALLOWED))('import only what the table allows: %s', (room) => {
    const trespasses = neighbours(room)
      .filter(({ file, isType }) => !mayImport(room, file, isType))
      .map(({ path, file, isType }) => `${path} imports ${isType ? 'types of ' : ''}${file}`);
    expect(trespasses).toEqual([]);
  });

  test('have no permission that nobody uses', () => {
    const unused = Object.entries(ALLOWED).flatMap(([room, rules]) =>
      rules
        .filter((rule) => rule !== '*')
        .filter((rule) => !neighbours(room).some(({ file, isType }) => covers(rule, file, isType)))
        .map((rule) => `${room}: ${rule}`),
    );
    expect(unused).toEqual([]);
  });

  test('have no circle of imports between files, not even of types', () => {
    const edges = new Map(
      sources.map(({ path, imports }) => [
        path,
        imports.filter(({ target }) => target.startsWith('.')).map(({ target }) => fileOf(path, target)),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('the ways out', () => {
  test.each(Object.entries(ONE_DOOR))('%s is imported in one file', (name, folder) => {
    const doors = sources.filter(({ imports }) =>
      imports.some(({ target }) => target === name || target.startsWith(`${name}/`)),
    );
    expect(doors).toHaveLength(1);
    expect(doors[0]?.path.startsWith(`${folder}/`)).toBe(true);
  });

  test('are not in the model, which knows of packages only the schema language', () => {
    const packages = sources
      .filter(({ path }) => path.startsWith('src/model/'))
      .flatMap(({ imports }) => imports.map(({ target }) => target))
      .filter((target) => !target.startsWith('.'));
    expect([...new Set(packages)]).toEqual(['zod']);
  });
});

describe('time', () => {
  test('is never read where something is decided', () => {
    const readers = sources
      .filter(({ path }) => DECIDES.test(path) && path !== CLOCK)
      .filter(({ text }) =>
        /\bDate\.now\b|\bnew Date\(\)|\bDateTime\.(now|local|utc)\(\)|\bperformance\.now\b/.test(
          withoutComments(text),
        ),
      )
      .map(({ path }) => path);
    expect(readers).toEqual([]);
  });

  test('and chance are never left to the machine where something is decided', () => {
    const gamblers = sources
      .filter(({ path }) => DECIDES.test(path))
      .filter(({ text }) => /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/.test(withoutComments(text)))
      .map(({ path }) => path);
    expect(gamblers).toEqual([]);
  });
});

describe('SQL', () => {
  test('is in files of the store', () => {
    const files = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
    for (const path of files.filter((name) => name.endsWith('.sql'))) expect(path).toMatch(/^store\//);
  });

  test('is written in code only by the store and the dashboards', () => {
    const writers = sources
      .filter(({ path }) => !SQL_ROOMS.test(path))
      .filter(({ text }) =>
        /['"`]\s*(SELECT\s|INSERT INTO\s|ALTER TABLE\s|CREATE TABLE\s)/.test(withoutComments(text)),
      )
      .map(({ path }) => path);
    expect(writers).toEqual([]);
  });
});
