import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What is written above an exported thing in `detectors/`. */
export interface Docstring {
  /** Its file, from the project's folder on. */
  file: string;
  kind: 'class' | 'function' | 'detector';
  text: string;
}

/** A docstring, with nothing between it and what it is about. */
const EXPORTED =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n(?:export )?(class|function|const) (\w+)(?: = defineDetector)?[(<{\s]/g;

/** The docstrings of detectors, classes and functions by their names. */
export function docstringsOf(root: string): ReadonlyMap<string, Docstring> {
  const found = new Map<string, Docstring>();
  for (const name of readdirSync(join(root, 'detectors'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const path = join(root, 'detectors', name);
    for (const match of readFileSync(path, 'utf8').matchAll(EXPORTED)) {
      const [whole, comment = '', word, symbol = ''] = match;
      const kind = whole.includes('defineDetector') ? 'detector' : word === 'const' ? null : word;
      if (kind === null) continue;
      found.set(symbol, {
        file: relative(root, path),
        kind: kind as Docstring['kind'],
        text: plain(comment),
      });
    }
  }
  return found;
}

/** Without the stars, and without what is said of parameters one by one. */
function plain(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const end = lines.findIndex((line) => line.startsWith('@'));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}

const LINK = /\{@link (\w+)(?:\.\w+)?\}/g;

/**
 * A detector's docstring as Markdown. The classes that it names are told of below it, in their own words; what those name
 * in turn is a link to the source.
 */
export function proseOf(symbol: string, docstrings: ReadonlyMap<string, Docstring>): string {
  const own = docstrings.get(symbol);
  if (own === undefined) throw new Error(`nothing is written above ${symbol}`);
  const named = [...own.text.matchAll(LINK)].map(([, name = '']) => name);
  const parts = named.filter((name) => docstrings.get(name)?.kind === 'class');
  const below = parts.map((name) => {
    const part = docstrings.get(name) as Docstring;
    return `**${name}.** ${linked(part.text, docstrings, [])}`;
  });
  return [linked(own.text, docstrings, parts), ...below].join('\n\n');
}

function linked(text: string, docstrings: ReadonlyMap<string, Docstring>, below: readonly string[]): string {
  return text.replace(LINK, (_, name: string) => {
    const target = docstrings.get(name);
    if (below.includes(name)) return `**${name}**`;
    return target === undefined ? `\`${name}\`` : `[${name}](../${target.file})`;
  });
}
