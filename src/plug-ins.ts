import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { builtinDetectors } from '../detectors/index.js';
import type { LoadPlugIn } from './config/plug-ins.js';
import type { Detector } from './detection/contract.js';
import { messageOf } from './model/errors.js';
import { COMBINED } from './model/verdict.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Loads somebody else's detector: a file (`./my-detector.js`, from the folder) or a package that is installed beside
 * the folder or beside Redress. Null for a name that is neither, which then is no detector at all.
 */
export const loadPlugIn: LoadPlugIn = async (use, folder) => {
  const path = isPath(use) ? resolve(folder, use) : packageEntry(use, [folder, HERE]);
  if (path === null) return null;
  if (!existsSync(path)) return { ok: false, message: `there is no file ${path}` };
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    return { ok: false, message: `'${use}' cannot be loaded: ${messageOf(error)}${remedyFor(error, path)}` };
  }
  const checked = read(module.default);
  return typeof checked === 'string'
    ? { ok: false, message: `'${use}' is not a detector: ${checked}` }
    : { ok: true, detector: checked };
};

/** The detectors that configuration may name: those that come with Redress, and the way to others. */
export const knownDetectors = { detectors: builtinDetectors, loadPlugIn };

/** What most often keeps Node from loading a file that is right in itself; empty for what is not that. */
export function remedyFor(error: unknown, path: string): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND')
    return '. What a plug-in imports is looked for from where it lies: install it there';
  return error instanceof SyntaxError && path.endsWith('.js')
    ? '. A file of modules is called .mjs, unless the package.json above it has "type": "module"'
    : '';
}

function isPath(use: string): boolean {
  return use.startsWith('./') || use.startsWith('../') || isAbsolute(use);
}

/** A detector as the contract wants it, or what is wrong with it. */
function read(value: unknown): Detector | string {
  if (value === undefined) return 'it has no default export';
  if (typeof value !== 'object' || value === null) return 'its default export is not an object';
  const { name, description, create, parameters = z.strictObject({}) } = value as Partial<Detector>;
  if (typeof name !== 'string' || !NAME.test(name)) return 'its name must be a word of a-z, 0-9 and -';
  if (name === COMBINED || builtinDetectors.some((detector) => detector.name === name))
    return `its name '${name}' is taken by Redress itself`;
  if (typeof description !== 'string' || description === '') return 'it has no description';
  if (typeof create !== 'function') return 'it has no function create';
  if (!('_zod' in (parameters as object))) return 'its parameters are no schema of zod 4';
  return { ...(value as Detector), parameters };
}

/** The file that a package is entered by; null where no such package is installed at any of the places. */
function packageEntry(name: string, places: readonly string[]): string | null {
  for (const place of places) {
    try {
      return createRequire(join(resolve(place), 'from.js')).resolve(name);
    } catch (error) {
      // A package of modules alone is not to be required, and still there.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') continue;
      const entry = moduleEntry(name, resolve(place));
      if (entry !== null) return entry;
    }
  }
  return null;
}

/** What `exports` says of those who import the package. */
function moduleEntry(name: string, from: string): string | null {
  const manifest = join(from, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) return dirname(from) === from ? null : moduleEntry(name, dirname(from));
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown };
  const entry = conditionOf((exports as Record<string, unknown>)['.'] ?? exports);
  return entry === null ? null : join(dirname(manifest), entry);
}

function conditionOf(target: unknown): string | null {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return null;
  const { node, import: imported, default: usual } = target as Record<string, unknown>;
  return conditionOf(node ?? imported ?? usual ?? null);
}
