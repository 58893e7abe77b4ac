import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RedressError } from '../model/errors.js';
import { CONFIGURATION_FILES } from './load.js';

/**
 * Writes the annotated configuration of the demo's marketplace into a folder, for a user to edit, and answers
 * the files' paths. The folder is made when it is not there. Throws `usage` and writes nothing when it holds
 * any of the files already.
 */
export async function writeStartingConfiguration(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  const names = Object.values(CONFIGURATION_FILES);
  const taken = names.filter((name) => present.includes(name));
  if (taken.length > 0) {
    throw new RedressError('usage', `${folder} already has ${taken.join(', ')}; nothing was written`);
  }
  const written = names.map((name) => join(folder, name));
  const origin = packagedConfiguration();
  for (const [index, name] of names.entries()) await copyFile(join(origin, name), written[index] as string);
  return written;
}

/** The `config` folder that is delivered with the program, from its sources as well as from `dist`. */
export function packagedConfiguration(): string {
  return join(dirname(createRequire(import.meta.url).resolve('#package.json')), 'config');
}
