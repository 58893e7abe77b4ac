import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RedressError } from '../model/errors.js';

const WILD = /[*?[]/;

/**
 * The files that names and patterns stand for, in order and each once. `*` and `?` stay within a folder's name,
 * `**` goes through folders, `[a-c]` is one of the characters. For patterns that no shell has expanded. Throws
 * `input_unreadable` for a pattern that nothing matches.
 */
export async function expandPaths(names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const name of names) {
    if (!WILD.test(name)) {
      found.add(name);
      continue;
    }
    const matches = await matching(name);
    if (matches.length === 0) throw new RedressError('input_unreadable', `${name}: no file has such a name`);
    for (const match of matches) found.add(match);
  }
  return [...found];
}

async function matching(pattern: string): Promise<string[]> {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  return (await walk(pattern.startsWith('/') ? '/' : '', parts)).sort();
}

async function walk(folder: string, parts: readonly string[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [];
  if (!WILD.test(part)) {
    const path = join(folder, part);
    return rest.length === 0 ? listed(folder, (entry) => entry === part, 'file') : walk(path, rest);
  }
  if (part === '**') {
    const here = await walk(folder, rest);
    const folders = await listed(folder, (entry) => !entry.startsWith('.'), 'folder');
    const below = await Promise.all(folders.map((inner) => walk(inner, parts)));
    return [...here, ...below.flat()];
  }
  const named = expression(part);
  // What begins with a dot is hidden, unless it is asked for.
  const matches = (entry: string) => named.test(entry) && (part.startsWith('.') || !entry.startsWith('.'));
  if (rest.length === 0) return listed(folder, matches, 'file');
  const folders = await listed(folder, matches, 'folder');
  return (await Promise.all(folders.map((inner) => walk(inner, rest)))).flat();
}

async function listed(
  folder: string,
  matches: (name: string) => boolean,
  kind: 'file' | 'folder',
): Promise<string[]> {
  // A folder that is not there, or may not be read, has nothing that matches.
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() === (kind === 'folder') && matches(entry.name))
    .map((entry) => join(folder, entry.name));
}

function expression(part: string): RegExp {
  const source = part.replace(/\[([^\]]+)\]|\*|\?|[.+^${}()|\\[\]]/g, (sign, set: string | undefined) => {
    if (set !== undefined) return `[${set.replace(/^!/, '^').replace(/\\/g, '\\\\')}]`;
    if (sign === '*') return '[^/]*';
    return sign === '?' ? '[^/]' : `\\${sign}`;
  });
  return new RegExp(`^${source}$`, 'u');
}
