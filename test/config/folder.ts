import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load.js';
import { formatProblem, formatProblems } from '../../src/config/problems.js';
import { detectors } from './known-detectors.js';

/** A folder of configuration for each test, which has one metric at first. */
export let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-config-'));
  await write('metrics.yaml', '- { id: orders, kind: count, of: { event: order.placed } }');
});
afterEach(() => rm(folder, { recursive: true }));

export const write = (name: string, text: string) => writeFile(join(folder, name), text);
export const load = (env: Record<string, string> = {}) => loadConfiguration(folder, { env, detectors });

/** What the folder says; throws when it is wrong. */
export async function configuration(env: Record<string, string> = {}): Promise<Configuration> {
  const loaded = await load(env);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.configuration;
}

/** What is wrong with it. */
export async function problems(env: Record<string, string> = {}): Promise<string[]> {
  const loaded = await load(env);
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}
