import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = (name: string): string => join(import.meta.dirname, name);

export interface Migration {
  number: number;
  name: string;
  statement: string;
}

/** The migrations in their order; a file's name begins with its number. */
export function migrations(): Migration[] {
  return readdirSync(folder('migrations'))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      statement: readFileSync(join(folder('migrations'), file), 'utf8'),
    }));
}

const read = new Map<string, string>();

/** The statement of `queries/NAME.sql`. */
export function queryText(name: string): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(join(folder('queries'), `${name}.sql`), 'utf8');
  read.set(name, text);
  return text;
}
